//! "Did you mean …?"

/// So many candidates of about the same length are looked at, so that thousands of mistakes in a large model don't cost
/// the square of it.
const MOST: usize = 500;

/// The candidate that is nearest to what was written, if one is near enough to be a slip.
pub fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let written: Vec<char> = written.chars().flat_map(char::to_lowercase).take(64).collect();
    let allowed = match written.len() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let near = candidates.into_iter().filter_map(|candidate| {
        let chars: Vec<char> = candidate.chars().flat_map(char::to_lowercase).take(64).collect();
        (chars.len().abs_diff(written.len()) <= allowed).then_some((candidate, chars))
    });
    let scored = near.take(MOST).filter_map(|(candidate, chars)| {
        let distance = distance(&written, &chars);
        let slip = distance <= allowed && distance < written.len().max(chars.len()).div_ceil(2) + 1;
        slip.then_some((distance, candidate))
    });
    // The first of the nearest, so that the order of the candidates decides between equals.
    scored
        .reduce(|best, next| if next.0 < best.0 { next } else { best })
        .map(|(_, candidate)| candidate)
}

/// Edits between two words: insert, remove, replace, or swap two neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; width];
        for j in 1..width {
            let same = a[i - 1] == b[j - 1];
            let mut best = (last[j] + 1)
                .min(row[j - 1] + 1)
                .min(last[j - 1] + usize::from(!same));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
        }
        before = last;
        last = row;
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let words = ["entity", "enum", "access", "relation"];
        assert_eq!(nearest("entitiy", words), Some("entity"));
        assert_eq!(nearest("Enmu", words), Some("enum"));
        assert_eq!(nearest("acess", words), Some("access"));
        assert_eq!(nearest("table", words), None);
        assert_eq!(nearest("x", words), None);
    }
}
