//! Tables for terminals.

use std::fmt;

use anstyle::Style;

use crate::output::STRONG;

/// A cell: a text and how it looks.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::styled(text, Style::new())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl Cell {
    /// A cell that looks like that.
    pub(crate) fn styled(text: &str, style: Style) -> Self {
        Self {
            text: text
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
            style,
        }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// Rows under a heading, in columns as wide as they need to be.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
    widths: Vec<usize>,
}

impl Table {
    /// A table with a heading.
    pub(crate) fn new<C: Into<Cell>>(heading: impl IntoIterator<Item = C>) -> Self {
        let mut table = Self {
            rows: Vec::new(),
            widths: Vec::new(),
        };
        let heading = heading.into_iter().map(|cell| Cell {
            style: STRONG,
            ..cell.into()
        });
        table.row(heading);
        table
    }

    /// One more row.
    pub(crate) fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let row: Vec<Cell> = cells.into_iter().map(Into::into).collect();
        for (at, cell) in row.iter().enumerate() {
            let width = cell.width();
            match self.widths.get_mut(at) {
                Some(widest) => *widest = width.max(*widest),
                None => self.widths.push(width),
            }
        }
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let last = row.iter().rposition(|cell| !cell.text.is_empty());
            for (at, cell) in row.iter().enumerate() {
                if Some(at) > last {
                    break;
                }
                if at > 0 {
                    f.write_str("  ")?;
                }
                write!(f, "{0}{1}{0:#}", cell.style, cell.text)?;
                if Some(at) != last {
                    write!(f, "{:1$}", "", self.widths[at] - cell.width())?;
                }
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}
