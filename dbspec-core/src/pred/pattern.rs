//! The language's own small regular language: classes, repetition, alternation, always the whole string.
//!
//! ```text
//! pattern = branch { '|' branch }        branch = { piece }        piece = atom [ '*' | '+' | '?' | '{n}' | '{n,}' | '{n,m}' ]
//! atom    = character | '.' | '(' pattern ')' | '[' [ '^' ] { character [ '-' character ] | \d \w \s } ']'
//!         | '\' ( d | w | s | n | t | r | punctuation )
//! ```
//! `\d` is `[0-9]`, `\w` is `[A-Za-z0-9_]`, `\s` is space, tab, line feed and carriage return; `.` is any scalar value.
//! There are no anchors, back references or greediness. Repetition counts stop at 1000.

use std::collections::BTreeSet;

use crate::kernel::Pattern;

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regex {
    /// One scalar value of a class.
    Class {
        /// Whether the class is all but these.
        negated: bool,
        /// From and to, inclusive; in order, without overlaps.
        ranges: Vec<(char, char)>,
    },
    /// One after the other.
    Seq(Vec<Regex>),
    /// One of them.
    Alt(Vec<Regex>),
    /// Again and again.
    Repeat {
        /// What.
        of: Box<Regex>,
        /// At least.
        min: u32,
        /// At most, where there is a limit.
        max: Option<u32>,
    },
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {at} of the pattern")]
pub struct NotPattern {
    /// What is wrong.
    pub what: &'static str,
    /// Where, counted from 0 in scalar values.
    pub at: usize,
}

const MOST: u32 = 1000;

impl Pattern {
    /// The pattern's meaning.
    ///
    /// # Errors
    /// [`NotPattern`]
    pub fn parse(&self) -> Result<Regex, NotPattern> {
        let mut reader = Reader {
            text: self.0.chars().collect(),
            at: 0,
            depth: 0,
        };
        let regex = reader.alternatives()?;
        match reader.peek() {
            None => Ok(regex),
            Some(_) => Err(reader.wrong("a ) without its (")),
        }
    }
}

impl Regex {
    /// Whether the whole of a text follows the pattern.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.ends(&text, BTreeSet::from([0])).contains(&text.len())
    }

    /// Where a match that starts at one of these positions may end. Sets of positions, so that nothing is tried twice.
    fn ends(&self, text: &[char], starts: BTreeSet<usize>) -> BTreeSet<usize> {
        match self {
            Self::Class { negated, ranges } => {
                let within =
                    |it: &char| ranges.iter().any(|(from, to)| (from..=to).contains(&it)) != *negated;
                starts
                    .into_iter()
                    .filter(|at| text.get(*at).is_some_and(within))
                    .map(|at| at + 1)
                    .collect()
            }
            Self::Seq(parts) => parts.iter().fold(starts, |at, part| part.ends(text, at)),
            Self::Alt(parts) => parts
                .iter()
                .flat_map(|part| part.ends(text, starts.clone()))
                .collect(),
            Self::Repeat { of, min, max } => {
                let mut at = starts;
                for _ in 0..*min {
                    at = of.ends(text, at);
                }
                let (mut found, mut round) = (at.clone(), *min);
                while !at.is_empty() && max.is_none_or(|max| round < max) {
                    at = of.ends(text, at).difference(&found).copied().collect();
                    found.extend(&at);
                    round += 1;
                }
                found
            }
        }
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    depth: u32,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, it: char) -> bool {
        let found = self.peek() == Some(it);
        self.at += usize::from(found);
        found
    }

    fn wrong(&self, what: &'static str) -> NotPattern {
        NotPattern { what, at: self.at }
    }

    fn alternatives(&mut self) -> Result<Regex, NotPattern> {
        let mut parts = vec![self.sequence()?];
        while self.take('|') {
            parts.push(self.sequence()?);
        }
        Ok(one_or(parts, Regex::Alt))
    }

    fn sequence(&mut self) -> Result<Regex, NotPattern> {
        let mut parts = Vec::new();
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let atom = self.atom()?;
            parts.push(self.repeated(atom)?);
        }
        Ok(one_or(parts, Regex::Seq))
    }

    fn repeated(&mut self, of: Regex) -> Result<Regex, NotPattern> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                let min = self.number()?;
                let max = if self.take(',') {
                    if self.peek() == Some('}') {
                        None
                    } else {
                        Some(self.number()?)
                    }
                } else {
                    Some(min)
                };
                if self.peek() != Some('}') {
                    return Err(self.wrong("a { without its }"));
                }
                if max.is_some_and(|max| max < min) {
                    return Err(self.wrong("a repetition whose end is before its start"));
                }
                (min, max)
            }
            Some(_) | None => return Ok(of),
        };
        self.at += 1;
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
            return Err(self.wrong("a repetition of a repetition, which needs parentheses"));
        }
        Ok(Regex::Repeat {
            of: Box::new(of),
            min,
            max,
        })
    }

    fn number(&mut self) -> Result<u32, NotPattern> {
        let from = self.at;
        while self.peek().is_some_and(|it| it.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.text[from..self.at].iter().collect();
        digits
            .parse()
            .ok()
            .filter(|it| *it <= MOST)
            .ok_or_else(|| self.wrong("a count that is no number up to 1000"))
    }

    fn atom(&mut self) -> Result<Regex, NotPattern> {
        let Some(first) = self.peek() else {
            return Err(self.wrong("nothing"));
        };
        self.at += 1;
        match first {
            '(' => {
                self.depth += 1;
                if self.depth > 50 {
                    return Err(self.wrong("more than 50 nested parentheses"));
                }
                let inner = self.alternatives()?;
                self.depth -= 1;
                if self.take(')') {
                    Ok(inner)
                } else {
                    Err(self.wrong("a ( without its )"))
                }
            }
            '[' => self.class(),
            '.' => Ok(Regex::Class {
                negated: true,
                ranges: Vec::new(),
            }),
            '\\' => Ok(class(false, self.escaped()?)),
            '*' | '+' | '?' | '{' | '}' | ']' | '^' | '$' => {
                self.at -= 1;
                Err(self.wrong("a special character, which needs a \\ before it,"))
            }
            other => Ok(class(false, vec![(other, other)])),
        }
    }

    fn class(&mut self) -> Result<Regex, NotPattern> {
        let negated = self.take('^');
        let mut ranges = Vec::new();
        while !self.take(']') {
            let Some(first) = self.peek() else {
                return Err(self.wrong("a [ without its ]"));
            };
            self.at += 1;
            let from = if first == '\\' {
                let set = self.escaped()?;
                let &[(from, to)] = set.as_slice() else {
                    ranges.extend(set);
                    continue;
                };
                if from != to {
                    ranges.push((from, to));
                    continue;
                }
                from
            } else if first == '[' {
                return Err(self.wrong("a [ in a class, which needs a \\ before it,"));
            } else {
                first
            };
            if self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|it| *it != ']') {
                self.at += 1;
                let to = match self.peek() {
                    Some('\\') => {
                        self.at += 1;
                        self.escaped()?.first().map_or(from, |it| it.1)
                    }
                    Some(to) => {
                        self.at += 1;
                        to
                    }
                    None => return Err(self.wrong("a [ without its ]")),
                };
                if to < from {
                    return Err(self.wrong("a range whose end is before its start"));
                }
                ranges.push((from, to));
            } else {
                ranges.push((from, from));
            }
        }
        if ranges.is_empty() {
            Err(self.wrong("an empty class"))
        } else {
            Ok(class(negated, ranges))
        }
    }

    fn escaped(&mut self) -> Result<Vec<(char, char)>, NotPattern> {
        let Some(it) = self.peek() else {
            return Err(self.wrong("a \\ at the end"));
        };
        self.at += 1;
        let one = |it: char| Ok(vec![(it, it)]);
        match it {
            'd' => Ok(vec![('0', '9')]),
            'w' => Ok(vec![('A', 'Z'), ('a', 'z'), ('0', '9'), ('_', '_')]),
            's' => Ok(vec![(' ', ' '), ('\t', '\t'), ('\n', '\n'), ('\r', '\r')]),
            'n' => one('\n'),
            't' => one('\t'),
            'r' => one('\r'),
            other if other.is_ascii_punctuation() || other == ' ' => one(other),
            _ => {
                self.at -= 1;
                Err(self.wrong("an unknown escape"))
            }
        }
    }
}

fn one_or(mut parts: Vec<Regex>, many: fn(Vec<Regex>) -> Regex) -> Regex {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn class(negated: bool, mut ranges: Vec<(char, char)>) -> Regex {
    ranges.sort_unstable();
    let mut merged: Vec<(char, char)> = Vec::new();
    for (from, to) in ranges {
        match merged.last_mut() {
            Some(last) if from as u32 <= last.1 as u32 + 1 => last.1 = last.1.max(to),
            Some(_) | None => merged.push((from, to)),
        }
    }
    Regex::Class {
        negated,
        ranges: merged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Result<Regex, NotPattern> {
        Pattern(text.into()).parse()
    }

    #[test]
    fn the_whole_string_follows_the_pattern() {
        for (text, yes, no) in [
            ("[A-Z]{3}-[0-9]+", ["ABC-1", "XYZ-0042"], ["ABC-", "xABC-1"]),
            ("(a|bc)*", ["", "abca"], ["b", "abcb"]),
            (r"\d{2,3}(\.\d)?", ["12", "123.4"], ["1", "1234"]),
            (r"[^\s,\]-]+", ["é", "a.b"], ["a b", "a-b"]),
            ("a{0}b|.", ["b", "x"], ["ab", ""]),
            (r"[+\-*/.]?\w*", ["-a_1", "."], ["a-", "--"]),
            ("(a*)*b{2,}", ["bb", "aabbb"], ["b", "aab"]),
        ] {
            let regex = pattern(text).expect(text);
            for good in yes {
                assert!(regex.matches(good), "{text} {good}");
            }
            for bad in no {
                assert!(!regex.matches(bad), "{text} {bad}");
            }
        }
        // Nothing is tried twice: what backtracking would take ages for is judged at once.
        assert!(
            !pattern("(a|a)*(a|a)*(a|aa)*c")
                .expect("a pattern")
                .matches(&"a".repeat(300))
        );
    }

    #[test]
    fn what_is_no_pattern_says_where() {
        for (text, at) in [
            ("a)", 1),
            ("(a", 2),
            ("[a", 2),
            ("[]", 2),
            ("a**", 2),
            ("*", 0),
            ("a{2,1}", 5),
            ("a{9999}", 6),
            (r"\q", 1),
            ("[z-a]", 4),
            ("^a$", 0),
        ] {
            assert_eq!(pattern(text).map_err(|it| it.at), Err(at), "{text}");
        }
    }
}
