//! Where lines break: a tree of elements, printed with the comments that lie between them.

use super::super::Comment;
use crate::span::Span;

/// Lines are broken where they would be longer.
pub(super) const WIDTH: usize = 110;

/// Comments at the end of lines begin at this column, or after a space where the line is longer.
const COMMENT_COLUMN: usize = 60;

/// Types and modifiers align unless they begin further right than this.
const MAX_ALIGNED: usize = 36;

/// Something that has a line of its own, or shares one with its neighbours.
pub(super) struct Element {
    /// Where it stood, if it comes from a text.
    pub(super) at: Span,
    pub(super) docs: Option<String>,
    pub(super) body: Body,
    /// Without a text, a blank line stands between elements of different groups.
    pub(super) group: &'static str,
}

pub(super) enum Body {
    /// A line, broken between its parts where it is too long.
    Parts(Vec<String>),
    /// A field: its name, its type and default, and the rest; aligned with its neighbours.
    Field { name: String, ty: String, rest: String },
    /// Elements between braces.
    Block(Block),
}

pub(super) struct Block {
    /// What stands before each brace: one, or more for `if … else …`.
    pub(super) sections: Vec<(String, Vec<Element>)>,
    /// After the last brace.
    pub(super) tail: String,
    /// Between elements on one line.
    pub(super) separator: &'static str,
    /// Without a text: whether it goes on one line if it fits.
    pub(super) fold: Fold,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    IfItFits,
    Never,
}

impl Element {
    pub(super) fn line(at: Span, text: impl Into<String>) -> Self {
        Self::parts(at, vec![text.into()])
    }

    pub(super) fn parts(at: Span, parts: Vec<String>) -> Self {
        Self {
            at,
            docs: None,
            body: Body::Parts(parts),
            group: "",
        }
    }

    pub(super) fn block(at: Span, head: String, children: Vec<Self>, fold: Fold) -> Self {
        let block = Block {
            sections: vec![(head, children)],
            tail: String::new(),
            separator: "  ",
            fold,
        };
        Self {
            at,
            docs: None,
            body: Body::Block(block),
            group: "",
        }
    }

    pub(super) fn docs(mut self, docs: Option<&String>) -> Self {
        self.docs = docs.cloned();
        self
    }

    /// All of it on one line, if nothing in it needs more.
    fn on_one_line(&self) -> Option<String> {
        if self.docs.is_some() {
            return None;
        }
        match &self.body {
            Body::Parts(parts) => Some(parts.join(" ")),
            Body::Field { name, ty, rest } if rest.is_empty() => Some(format!("{name} {ty}")),
            Body::Field { name, ty, rest } => Some(format!("{name} {ty} {rest}")),
            Body::Block(block) => {
                let mut text = String::new();
                for (i, (head, children)) in block.sections.iter().enumerate() {
                    let children: Option<Vec<String>> = children.iter().map(Self::on_one_line).collect();
                    let children = children?;
                    let space = if i == 0 { "" } else { " " };
                    text += &match children.as_slice() {
                        [] => format!("{space}{head} {{}}"),
                        children => format!("{space}{head} {{ {} }}", children.join(block.separator)),
                    };
                }
                Some(text + &block.tail)
            }
        }
    }
}

/// Prints elements, and every comment exactly once, at the element it stood before or beside.
pub(super) struct Printer<'p> {
    text: &'p str,
    comments: std::iter::Peekable<std::slice::Iter<'p, Comment>>,
    out: String,
    indent: usize,
    /// The end of what was printed last, in the source.
    last_end: Option<u32>,
    /// Whether a block has just been opened, after which no blank line stands.
    fresh: bool,
}

impl<'p> Printer<'p> {
    pub(super) fn new(text: &'p str, comments: &'p [Comment]) -> Self {
        let comments = comments.iter().peekable();
        Self {
            text,
            comments,
            out: String::new(),
            indent: 0,
            last_end: None,
            fresh: true,
        }
    }

    /// The whole file.
    pub(super) fn print(mut self, elements: &[Element]) -> String {
        self.elements(elements, u32::MAX);
        self.comments_before(u32::MAX);
        self.out
    }

    /// Elements one below the other, up to the offset where what holds them ends.
    fn elements(&mut self, elements: &[Element], end: u32) {
        let mut at = 0;
        while at < elements.len() {
            let run = elements[at..]
                .iter()
                .take_while(|element| matches!(element.body, Body::Field { .. }))
                .count();
            let widths = widths(&elements[at..at + run]);
            for i in at..at + run.max(1) {
                let limit = elements[i + 1..]
                    .iter()
                    .find(|next| !next.at.is_none())
                    .map_or(end, |next| next.at.start);
                self.element(
                    &elements[i],
                    i.checked_sub(1).map(|before| &elements[before]),
                    widths,
                    limit,
                );
            }
            at += run.max(1);
        }
    }

    fn element(&mut self, element: &Element, before: Option<&Element>, widths: (usize, usize), limit: u32) {
        if !element.at.is_none() {
            self.comments_before(element.at.start);
        }
        self.blank_line(element, before);
        if let Some(docs) = &element.docs {
            for line in docs.split('\n') {
                self.line(format!("/// {line}").trim_end());
            }
        }
        match &element.body {
            Body::Parts(parts) => self.parts(parts),
            Body::Field { name, ty, rest } => {
                let (name_width, ty_width) = widths;
                let line = format!("{name:name_width$} {ty:ty_width$}  {rest}");
                self.line(line.trim_end());
            }
            Body::Block(block) => self.block(element, block),
        }
        self.comments_beside(element.at, limit);
    }

    fn line(&mut self, line: &str) {
        self.fresh = false;
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn parts(&mut self, parts: &[String]) {
        let whole = parts.join(" ");
        if self.indent + whole.chars().count() <= WIDTH || parts.len() == 1 {
            return self.line(&whole);
        }
        for (i, part) in parts.iter().enumerate() {
            let indent = if i == 0 { "" } else { "    " };
            self.line(&format!("{indent}{part}"));
        }
    }

    fn block(&mut self, element: &Element, block: &Block) {
        if let Some(line) = element.on_one_line()
            && self.folds(element, block, &line)
        {
            return self.line(&line);
        }
        let last = block.sections.len() - 1;
        for (i, (head, children)) in block.sections.iter().enumerate() {
            let open = if i == 0 {
                format!("{head} {{")
            } else {
                format!("}} {head} {{")
            };
            self.line(&open);
            if i == 0 {
                self.comment_beside_head(element.at);
                self.last_end = None;
            }
            self.fresh = true;
            self.indent += 2;
            let end = if element.at.is_none() { 0 } else { element.at.end };
            self.elements(children, end);
            if i == last && !element.at.is_none() {
                self.comments_before(element.at.end);
            }
            self.indent -= 2;
        }
        self.line(&format!("}}{}", block.tail));
    }

    /// Whether a block goes on one line: as in its source, else as its kind does; and it must fit and hold no comment.
    fn folds(&mut self, element: &Element, block: &Block, line: &str) -> bool {
        let wanted = match self.source(element.at) {
            Some(source) => !source.contains('\n'),
            None => block.fold == Fold::IfItFits,
        };
        let at = element.at;
        let commented = !at.is_none()
            && self
                .comments
                .peek()
                .is_some_and(|comment| comment.at.start < at.end);
        let empty = block.sections.iter().all(|(_, children)| children.is_empty());
        (wanted || empty) && !commented && self.indent + line.chars().count() <= WIDTH
    }

    fn source(&self, at: Span) -> Option<&'p str> {
        if at.is_none() {
            None
        } else {
            self.text.get(at.start as usize..at.end as usize)
        }
    }

    fn between(&self, start: u32, end: u32) -> &'p str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// One blank line where the source has some, or where groups differ.
    fn blank_line(&mut self, element: &Element, before: Option<&Element>) {
        let wanted = match (self.last_end, element.at.is_none()) {
            (Some(last), false) => self.is_blank_between(last, element.at.start),
            (None, false) | (Some(_), true) => false,
            (None, true) => before.is_some_and(|before| {
                let open = |element: &Element| match &element.body {
                    Body::Block(block) => block.fold == Fold::Never && !element.group.is_empty(),
                    Body::Parts(_) | Body::Field { .. } => false,
                };
                before.group != element.group || open(before) || open(element)
            }),
        };
        if wanted && !self.fresh {
            self.out.push('\n');
        }
    }

    fn is_blank_between(&self, start: u32, end: u32) -> bool {
        let gap = self.between(start, end);
        let space = &gap[..gap.len() - gap.trim_start().len()];
        space.matches('\n').count() > 1
    }

    /// The comments that stood before an offset, each on its line.
    fn comments_before(&mut self, offset: u32) {
        while let Some(comment) = self.comments.next_if(|comment| comment.at.start < offset) {
            let blank = self
                .last_end
                .is_some_and(|last| self.is_blank_between(last, comment.at.start));
            if blank && !self.fresh {
                self.out.push('\n');
            }
            self.line(&comment.text);
            self.last_end = Some(comment.at.end);
        }
    }

    /// The comment on the line where a block is opened.
    fn comment_beside_head(&mut self, at: Span) {
        if at.is_none() {
            return;
        }
        let (text, start) = (self.text, at.start as usize);
        let beside = |comment: &&Comment| {
            comment.at.start < at.end
                && text
                    .get(start..comment.at.start as usize)
                    .is_some_and(|head| !head.contains('\n'))
        };
        if let Some(comment) = self.comments.next_if(beside) {
            self.append(comment);
        }
    }

    /// The comments inside an element's line and the one after it.
    fn comments_beside(&mut self, at: Span, limit: u32) {
        if at.is_none() {
            return;
        }
        self.last_end = Some(at.end);
        let (text, end) = (self.text, at.end);
        let beside = |comment: &&Comment| {
            comment.at.start < end
                || comment.at.start < limit
                    && text
                        .get(end as usize..comment.at.start as usize)
                        .is_some_and(|gap| !gap.contains('\n'))
        };
        let mut first = true;
        while let Some(comment) = self.comments.next_if(beside) {
            if first {
                self.append(comment);
            } else {
                self.line(&comment.text);
            }
            first = false;
            self.last_end = Some(comment.at.end.max(end));
        }
    }

    /// Writes a comment at the end of the last line.
    fn append(&mut self, comment: &Comment) {
        self.out.pop();
        let line = self.out.rfind('\n').map_or(0, |newline| newline + 1);
        let width = self.out[line..].chars().count();
        let space = COMMENT_COLUMN.saturating_sub(width).max(1);
        self.out.extend(std::iter::repeat_n(' ', space));
        self.out.push_str(&comment.text);
        self.out.push('\n');
    }
}

/// How wide names and types are in a run of fields.
fn widths(fields: &[Element]) -> (usize, usize) {
    let (mut name_width, mut ty_width) = (0, 0);
    for field in fields {
        if let Body::Field { name, ty, rest } = &field.body {
            let (name, ty) = (name.chars().count(), ty.chars().count());
            if name <= MAX_ALIGNED {
                name_width = name_width.max(name);
            }
            if ty <= MAX_ALIGNED && !rest.is_empty() {
                ty_width = ty_width.max(ty);
            }
        }
    }
    (name_width, ty_width)
}
