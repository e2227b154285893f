//! Texts: escaped segments, bytes as text, the canonical form of any value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::value::{Decimal, Value};

/// Separates segments; everything up to [`LAST`] is escaped, so that a separator is smaller than what a segment has.
const ESCAPE: char = '$';
/// The last character that is escaped: the escape itself.
const LAST: char = ESCAPE;
/// What is escaped moves up by so much, to printable characters in the same order.
const SHIFT: u8 = 0x30;

pub(super) fn escape(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for it in text.chars() {
        match u8::try_from(it) {
            Ok(code) if it <= LAST => segment.extend([ESCAPE, char::from(code + SHIFT)]),
            Ok(_) | Err(_) => segment.push(it),
        }
    }
    segment
}

pub(super) fn unescape(segment: &str) -> Option<String> {
    let mut text = String::with_capacity(segment.len());
    let mut rest = segment.chars();
    while let Some(it) = rest.next() {
        if it > LAST {
            text.push(it);
            continue;
        }
        let escaped = rest.next().filter(|_| it == ESCAPE)?;
        let code = u8::try_from(escaped).ok()?.checked_sub(SHIFT)?;
        text.push(Some(char::from(code)).filter(|it| *it <= LAST)?);
    }
    Some(text)
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|it| char::from(b"0123456789abcdef"[usize::from(it)]))
        .collect()
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// Bytes that are equal exactly where values are.
pub(super) fn canonical(value: &Value, form: &mut Vec<u8>) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        form.push(tag);
        form.extend((bytes.len() as u64).to_be_bytes());
        form.extend(bytes);
    };
    match value {
        Value::Null => sized(b'0', &[]),
        Value::Bool(it) => sized(b'b', &[u8::from(*it)]),
        Value::Int(it) => sized(b'i', &it.to_be_bytes()),
        Value::Decimal(it) => sized(b'd', shortest(*it).to_string().as_bytes()),
        Value::Float(it) => sized(b'f', &it.get().to_bits().to_be_bytes()),
        Value::Text(it) => sized(b't', it.as_bytes()),
        Value::Bytes(it) => sized(b'x', it),
        Value::Uuid(it) => sized(b'u', it),
        Value::Date(it) => sized(b'y', &it.to_be_bytes()),
        Value::Time(it) => sized(b'h', &it.to_be_bytes()),
        Value::Timestamp(it) => sized(b's', &it.to_be_bytes()),
        Value::Duration(it) => sized(b'p', &it.to_be_bytes()),
        Value::Enum(it) => sized(b'e', it.text.as_bytes()),
        Value::Json(it) => sized(b'j', it.as_bytes()),
        Value::List(items) => {
            form.push(b'l');
            form.extend((items.len() as u64).to_be_bytes());
            for item in items {
                canonical(item, form);
            }
        }
        Value::Map(members) => {
            form.push(b'm');
            form.extend((members.len() as u64).to_be_bytes());
            for (name, member) in members {
                form.extend((name.len() as u64).to_be_bytes());
                form.extend(name.as_bytes());
                canonical(member, form);
            }
        }
    }
}

/// The same number with as few digits behind the point as hold it.
fn shortest(mut it: Decimal) -> Decimal {
    while it.scale > 0 && it.mantissa % 10 == 0 {
        it = Decimal {
            mantissa: it.mantissa / 10,
            scale: it.scale - 1,
        };
    }
    it
}
