//! The namer: legal, unique physical names that derive from path and kind.
//!
//! Whole namespaces are named at once, so that names don't depend on order: whoever clashes (folded, where the engine
//! folds), is too long or has an illegal character takes a hash of its own path. Names of an earlier version go first.
//!
//! Parent and namespace differ: an index is within its table, but its name may have to be unique in the schema. So a
//! namespace is a text that the backend chooses, and `within` is what the thing is part of.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::backend::naming::{Given, LengthUnit, Limits, Mapping, NameId, Named, Noun};
use crate::kernel::{ElementId, Kernel};

/// A thing that wants a name.
#[derive(Clone, Debug)]
pub struct Wanted<'n> {
    /// The element that it realises.
    pub element: ElementId,
    /// What kind of thing it is.
    pub noun: Noun,
    /// The thing that it is part of.
    pub within: Option<NameId>,
    /// The name it would like; also what tells it from others of the same element and noun.
    pub name: Cow<'n, str>,
}

/// Gives names.
#[derive(Debug)]
pub struct Namer<'k> {
    kernel: &'k Kernel,
    limits: Limits,
    given: Option<&'k Given>,
    taken: BTreeMap<Cow<'static, str>, BTreeSet<String>>,
    mapping: Mapping,
}

impl<'k> Namer<'k> {
    /// A namer with nothing named.
    pub fn new(kernel: &'k Kernel, limits: Limits, given: Option<&'k Given>) -> Self {
        Self {
            kernel,
            limits,
            given,
            taken: BTreeMap::new(),
            mapping: Mapping::default(),
        }
    }

    /// Names things of one namespace, all at once; names given there before stay taken. Returns the ids in order.
    pub fn scope(&mut self, namespace: impl Into<Cow<'static, str>>, wanted: &[Wanted<'_>]) -> Vec<NameId> {
        let namespace = namespace.into();
        let mut taken = self.taken.remove(&namespace).unwrap_or_default();
        let mut wishes: BTreeMap<String, u32> = BTreeMap::new();
        for want in wanted {
            *wishes.entry(self.fold(&want.name)).or_default() += 1;
        }
        let mut names: Vec<Option<String>> = wanted.iter().map(|want| self.earlier(want)).collect();
        for name in names.iter().flatten() {
            taken.insert(self.fold(name));
        }
        for (want, name) in wanted.iter().zip(&mut names) {
            if name.is_some() {
                continue;
            }
            let folded = self.fold(&want.name);
            let free = wishes.get(&folded) == Some(&1) && !taken.contains(&folded) && self.legal(&want.name);
            let chosen = if free {
                want.name.clone().into_owned()
            } else {
                self.hashed(want, &taken)
            };
            taken.insert(self.fold(&chosen));
            *name = Some(chosen);
        }
        self.taken.insert(namespace, taken);
        let first = self.mapping.names.len() as u32;
        for (want, name) in wanted.iter().zip(names) {
            let name: Arc<str> = name.unwrap_or_default().into();
            self.mapping.names.push(Named {
                element: want.element,
                noun: want.noun,
                within: want.within,
                name,
            });
        }
        (first..self.mapping.names.len() as u32).map(NameId).collect()
    }

    /// The name of an id.
    pub fn name(&self, id: NameId) -> Arc<str> {
        Arc::clone(&self.mapping.name(id).name)
    }

    /// The mapping of all names given.
    pub fn finish(self) -> Mapping {
        self.mapping
    }

    fn earlier(&self, want: &Wanted<'_>) -> Option<String> {
        let given = self.given?;
        given
            .get(&(
                self.kernel.path(want.element),
                format!("{} {}", want.noun, want.name),
            ))
            .cloned()
    }

    fn fold(&self, name: &str) -> String {
        if self.limits.folds_case {
            name.to_lowercase()
        } else {
            name.to_owned()
        }
    }

    fn length(&self, name: &str) -> usize {
        match self.limits.unit {
            LengthUnit::Bytes => name.len(),
            LengthUnit::Characters => name.chars().count(),
        }
    }

    fn legal(&self, name: &str) -> bool {
        let length = self.length(name);
        length >= self.limits.min_len
            && length <= self.limits.max_len
            && name.chars().all(self.limits.allowed)
    }

    /// The wish cut to what is legal, then `_` and 8 hexadecimal digits of the path, kind and wish.
    fn hashed(&self, want: &Wanted<'_>, taken: &BTreeSet<String>) -> String {
        let path = self.kernel.path(want.element);
        let mut salt = 0u32;
        loop {
            let digest = fnv(&[path.as_str(), want.noun, &want.name, &salt.to_string()]);
            let suffix = format!("_{digest:08x}");
            let mut stem = String::new();
            for c in want.name.chars() {
                let c = if (self.limits.allowed)(c) { c } else { '_' };
                if self.length(&stem) + self.length(&suffix) + c.len_utf8() > self.limits.max_len {
                    break;
                }
                stem.push(c);
            }
            let name = format!("{stem}{suffix}");
            if !taken.contains(&self.fold(&name)) {
                return name;
            }
            salt += 1;
        }
    }
}

/// FNV-1a, folded to 32 bits: stable over versions and machines.
fn fnv(parts: &[&str]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    ((hash >> 32) ^ (hash & 0xffff_ffff)) as u32
}
