//! Which targets are meant: those that a model states, or others by name.

use std::fmt::Write as _;

use dbspec_core::backend::view::TargetName;
use dbspec_core::syntax::nearest;

use super::{NotATarget, Target, all, backend};

/// A target that is asked for and can't be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{asked}: {why}{}", near.as_ref().map(|it| format!("; the model has a target `{it}`")).unwrap_or_default())]
pub struct NotChosen {
    /// What is asked for.
    pub asked: String,
    /// Why there is no such target.
    pub why: NotATarget,
    /// A target of the model that was perhaps meant.
    pub near: Option<String>,
}

/// The stated targets that are asked for, by name, or others by engine and version (`postgres@17`); without any asked for all
/// that are stated, and every engine where none is.
///
/// # Errors
/// [`NotChosen`]
pub fn chosen(stated: Vec<Target>, asked: &[String]) -> Result<Vec<Target>, NotChosen> {
    if asked.is_empty() {
        // The reference engine has nothing to design; whoever wants to see it asks for it.
        let mut every = all();
        every.retain(|it| it.name.engine != "memory");
        return Ok(if stated.is_empty() { every } else { stated });
    }
    let mut rest = stated;
    let mut chosen: Vec<Target> = Vec::with_capacity(asked.len());
    for name in asked {
        if chosen.iter().any(|it| it.name.name == *name) {
            continue;
        }
        if let Some(at) = rest.iter().position(|it| it.name.name == *name) {
            chosen.push(rest.remove(at));
            continue;
        }
        let (engine, version) = match name.split_once('@') {
            Some((engine, version)) => (engine, Some(version)),
            None => (name.as_str(), None),
        };
        let (found, backend) = backend(engine, version).map_err(|why| {
            let names = rest.iter().chain(&chosen).map(|it| it.name.name.as_str());
            NotChosen {
                asked: name.clone(),
                why,
                near: nearest(name, names).map(str::to_owned),
            }
        })?;
        chosen.push(Target {
            name: TargetName {
                name: name.clone(),
                ..found
            },
            element: None,
            backend,
        });
    }
    Ok(chosen)
}

/// A target's name as a folder: whatever isn't a letter, a digit, `_` or `-` as its bytes, so that no name leads
/// elsewhere or meets one of the files beside.
pub fn folder(name: &str) -> String {
    let mut folder = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => folder.push(char::from(byte)),
            byte => {
                let _ = write!(folder, "%{byte:02X}");
            }
        }
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn no_name_leads_elsewhere() {
        assert_eq!(folder("main"), "main");
        assert_eq!(folder("../etc"), "%2E%2E%2Fetc");
        assert_eq!(folder("coverage.md"), "coverage%2Emd");
        assert_eq!(folder("é"), "%C3%A9");
    }
}
