//! The texts that spans point into.

use crate::span::{FileId, Span};

/// The source files of one model.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<Source>,
}

impl SourceMap {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A map of one file, whose id is the first.
    pub fn single(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut map = Self::new();
        map.add(name, text);
        map
    }

    /// Adds a file. Beyond 65,535 files the last id is given again, whose positions are then unknown.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u16::try_from(self.files.len()).unwrap_or(u16::MAX));
        self.files.push(Source::new(name, text));
        id
    }

    /// The file with that id.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(usize::from(id.0))
    }

    /// The file, line and column where a span starts; `None` for [`Span::NONE`] and unknown files.
    pub fn locate(&self, span: Span) -> Option<Location<'_>> {
        if span.is_none() {
            return None;
        }
        let source = self.get(span.file)?;
        let (line, column) = source.line_column(span.start);
        Some(Location {
            file: &source.name,
            line,
            column,
        })
    }

    /// The text of a span; `None` where it doesn't lie in a file.
    pub fn text(&self, span: Span) -> Option<&str> {
        self.get(span.file)?
            .text
            .get(span.start as usize..span.end as usize)
    }
}

/// One source file.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it is called in messages.
    pub name: String,
    /// Its text.
    pub text: String,
    line_starts: Vec<u32>,
}

impl Source {
    /// A file and its text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(newlines.map(|(at, _)| at as u32 + 1))
            .collect();
        Self {
            name: name.into(),
            text,
            line_starts,
        }
    }

    /// Line and column of an offset, both from 1; columns count scalar values.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        (line as u32, before.chars().count() as u32 + 1)
    }
}

/// A place for people: where a span starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// The file's name.
    pub file: &'a str,
    /// From 1.
    pub line: u32,
    /// From 1, in scalar values.
    pub column: u32,
}
