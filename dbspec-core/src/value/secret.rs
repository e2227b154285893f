//! Secrets of which only a hash is kept.

use sha2::Sha256;

/// Rounds of a fresh hash: OWASP's figure for PBKDF2-HMAC-SHA256, 2023.
pub const ROUNDS: u32 = 600_000;

/// `$pbkdf2-sha256$i=600000$<salt>$<hash>`, salt and hash as hexadecimal text.
pub fn hash_secret(plain: &str, salt: [u8; 16], rounds: u32) -> String {
    let hash = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(plain.as_bytes(), &salt, rounds.max(1));
    format!("$pbkdf2-sha256$i={rounds}${}${}", hex(&salt), hex(&hash))
}

/// Whether a plain text is the one that was hashed.
pub fn verify_secret(hashed: &str, plain: &str) -> bool {
    let parts: Vec<&str> = hashed.split('$').collect();
    let ["", "pbkdf2-sha256", rounds, salt, hash] = parts.as_slice() else {
        return false;
    };
    let (Some(rounds), Some(salt)) = (
        rounds.strip_prefix("i=").and_then(|it| it.parse().ok()),
        bytes(salt),
    ) else {
        return false;
    };
    let again = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(plain.as_bytes(), &salt, u32::max(rounds, 1));
    // Both are digests: comparing them in any time tells nothing of the secret.
    hex(&again) == *hash
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|it| char::from(b"0123456789abcdef"[usize::from(it)]))
        .collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |it: &u8| char::from(*it).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| Some((digit(pair.first()?)? * 16 + digit(pair.get(1)?)?) as u8))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_verifies() {
        let hashed = hash_secret("correct horse", [7; 16], 2);
        assert!(hashed.starts_with("$pbkdf2-sha256$i=2$0707"));
        assert!(verify_secret(&hashed, "correct horse"));
        assert!(!verify_secret(&hashed, "correct horsf"));
        assert!(!verify_secret("correct horse", "correct horse"));
    }
}
