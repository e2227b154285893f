//! UUIDs: their text, and fresh ones made from what is given.
//!
//! Nothing here draws randomness: whoever calls gives a seed that is new for every request, and a counter that rises
//! within it.

/// A text that is no UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a uuid such as 018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b")]
pub struct NotUuid;

/// `018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b`
pub fn print_uuid(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

/// The UUID of a text with or without hyphens, in any case.
///
/// # Errors
/// [`NotUuid`]
pub fn parse_uuid(text: &str) -> Result<[u8; 16], NotUuid> {
    let hyphens = text.len() == 36;
    let (mut bytes, mut at) = ([0; 16], 0);
    for (position, digit) in text.bytes().enumerate() {
        if hyphens && matches!(position, 8 | 13 | 18 | 23) {
            if digit == b'-' {
                continue;
            }
            return Err(NotUuid);
        }
        let value = char::from(digit).to_digit(16).ok_or(NotUuid)? as u8;
        let byte: &mut u8 = bytes.get_mut(at / 2).ok_or(NotUuid)?;
        *byte = *byte << 4 | value;
        at += 1;
    }
    if at == 32 { Ok(bytes) } else { Err(NotUuid) }
}

/// A time-ordered UUID (version 7): milliseconds, then the counter, then bits made from seed and counter.
pub fn uuid7(now_micros: i64, seed: u64, counter: u64) -> [u8; 16] {
    let millis = now_micros.div_euclid(1000).max(0).unsigned_abs();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    bytes[6..8].copy_from_slice(&((counter & 0xfff) as u16).to_be_bytes());
    bytes[8..].copy_from_slice(&mix(seed, counter).to_be_bytes());
    marked(bytes, 7)
}

/// A UUID of bits made from seed and counter alone (version 4).
pub fn uuid4(seed: u64, counter: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mix(seed ^ 0x5851_f42d_4c95_7f2d, counter).to_be_bytes());
    bytes[8..].copy_from_slice(&mix(seed, counter).to_be_bytes());
    marked(bytes, 4)
}

fn marked(mut bytes: [u8; 16], version: u8) -> [u8; 16] {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    bytes
}

/// `SplitMix64` over both numbers.
fn mix(seed: u64, counter: u64) -> u64 {
    let scramble = |mut it: u64| {
        it = it.wrapping_add(0x9e37_79b9_7f4a_7c15);
        it = (it ^ it >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ it >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ it >> 31
    };
    scramble(scramble(seed).wrapping_add(counter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back() {
        let text = "018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b";
        let bytes = parse_uuid(text).expect("a uuid");
        assert_eq!(print_uuid(&bytes), text);
        assert_eq!(parse_uuid("018F3A2B7C4D7E5F8A9B0C1D2E3F4A5B"), Ok(bytes));
        for wrong in [
            "",
            "018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5",
            "018f3a2b-7c4d-7e5f-8a9b00c1d2e3f4a5b",
            "g18f3a2b7c4d7e5f8a9b0c1d2e3f4a5b",
        ] {
            assert_eq!(parse_uuid(wrong), Err(NotUuid), "{wrong}");
        }
    }

    #[test]
    fn fresh_ones_are_marked_distinct_and_ordered_by_time() {
        let mut all = std::collections::BTreeSet::new();
        let mut last = [0; 16];
        for counter in 0..4096 {
            let it = uuid7(1_700_000_000_000_000, 7, counter);
            assert!(it > last && it[6] >> 4 == 7 && it[8] >> 6 == 2);
            last = it;
            all.extend([it, uuid4(7, counter), uuid4(8, counter)]);
        }
        assert!(uuid7(1_700_000_000_001_000, 3, 0) > last);
        assert_eq!(all.len(), 3 * 4096);
    }
}
