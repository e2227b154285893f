//! Arenas with newtyped ids.
//!
//! An id is a position in one arena of one kernel. It never leaves memory: files and messages speak of paths.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A newtyped position in an [`Arena`].
pub trait Id: Copy + Eq + Ord + fmt::Debug {
    /// The id at a position.
    fn new(index: u32) -> Self;
    /// The position of the id.
    fn index(self) -> u32;
}

/// Declares id types: `ids! { /// doc  EntityId }`.
#[macro_export]
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);
        impl $crate::arena::Id for $name {
            fn new(index: u32) -> Self { Self(index) }
            fn index(self) -> u32 { self.0 }
        }
    )*};
}

/// A growing list whose positions are ids.
#[derive(Clone, PartialEq, Eq)]
pub struct Arena<I, T> {
    items: Vec<T>,
    id: PhantomData<fn() -> I>,
}

impl<I: Id, T> Arena<I, T> {
    /// Adds an item and returns its id.
    pub fn push(&mut self, item: T) -> I {
        let id = I::new(self.items.len() as u32);
        self.items.push(item);
        id
    }

    /// The id that the next pushed item will get.
    pub fn next_id(&self) -> I {
        I::new(self.items.len() as u32)
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item of an id, if the id is of this arena.
    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index() as usize)
    }

    /// Ids and items, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.items
            .iter()
            .enumerate()
            .map(|(at, item)| (I::new(at as u32), item))
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
        (0..self.items.len() as u32).map(I::new)
    }

    /// The items of a run.
    pub fn slice(&self, run: Run<I>) -> &[T] {
        &self.items[run.start as usize..run.end as usize]
    }
}

impl<I, T> Default for Arena<I, T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            id: PhantomData,
        }
    }
}

impl<I, T: fmt::Debug> fmt::Debug for Arena<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.items).finish()
    }
}

impl<I: Id, T> Index<I> for Arena<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.items[id.index() as usize]
    }
}

impl<I: Id, T> IndexMut<I> for Arena<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index() as usize]
    }
}

/// Contiguous ids of one owner: the fields of an entity, the leaves of a field.
pub struct Run<I> {
    start: u32,
    end: u32,
    id: PhantomData<fn() -> I>,
}

impl<I: Id> Run<I> {
    /// The ids from `start` up to, not including, `end`.
    pub fn new(start: I, end: I) -> Self {
        Self {
            start: start.index(),
            end: end.index(),
            id: PhantomData,
        }
    }

    /// How many ids there are.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The first id, if there is one.
    pub fn first(self) -> Option<I> {
        (!self.is_empty()).then(|| I::new(self.start))
    }

    /// Whether the id is one of the run.
    pub fn contains(self, id: I) -> bool {
        (self.start..self.end).contains(&id.index())
    }

    /// Where the id stands in the run, counted from 0; `None` if it is not one of them.
    pub fn position(self, id: I) -> Option<usize> {
        self.contains(id).then(|| (id.index() - self.start) as usize)
    }

    /// The ids, in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator {
        (self.start..self.end).map(I::new)
    }
}

impl<I> Clone for Run<I> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<I> Copy for Run<I> {}
impl<I> Default for Run<I> {
    fn default() -> Self {
        Self {
            start: 0,
            end: 0,
            id: PhantomData,
        }
    }
}
impl<I> PartialEq for Run<I> {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.end == other.end
    }
}
impl<I> Eq for Run<I> {}
impl<I> Hash for Run<I> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.start.hash(state);
        self.end.hash(state);
    }
}
impl<I> fmt::Debug for Run<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
