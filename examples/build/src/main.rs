//! A library whose types, queries and scripts `build.rs` has written: what is misspelt here doesn't compile.
//!
//! `cargo run -p dbspec-example-build`

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write as _};

use dbspec::Memory;
use dbspec::semantics::Context;
use dbspec::typed::{New, Query, Typed, Write};
use dbspec::value::Value;

mod schema {
    include!(concat!(env!("OUT_DIR"), "/library.rs"));
}

use schema::enums::{Condition, Shelf};
use schema::{keys, new, queries, scripts, writes};

/// The library on the reference engine; on a live one it is a client of `dbspec-live` that gets the same operations.
struct Library {
    rows: Memory,
    context: Context,
}

impl Library {
    fn new() -> Result<Self, Box<dyn Error>> {
        let kernel = schema::kernel()?;
        let context = Context {
            now: 0,
            seed: 0,
            session: vec![Value::Null; kernel.session.len()],
        };
        Ok(Self {
            rows: Memory::new(kernel),
            context,
        })
    }

    /// A new row; its key comes back.
    fn insert<N: New>(&mut self, row: &N) -> Result<N::Key, Box<dyn Error>> {
        let operation = row.operation(self.rows.kernel())?;
        self.context.seed += 1;
        let key = self.rows.apply(&operation, &self.context);
        Ok(N::key(self.rows.kernel(), &self.said(key)?)?)
    }

    fn write<W: Write>(&mut self, write: &W) -> Result<W::Returned, Box<dyn Error>> {
        let operation = write.operation(self.rows.kernel())?;
        self.context.seed += 1;
        let returned = self.rows.apply(&operation, &self.context);
        Ok(W::Returned::of(&self.said(returned)?)?)
    }

    fn query<Q: Query>(&self, query: &Q) -> Result<Vec<Q::Row>, Box<dyn Error>> {
        let answer = self.rows.answer(&query.asked(self.rows.kernel())?, &self.context);
        Ok(answer.rows.iter().map(Q::Row::of).collect::<Result<_, _>>()?)
    }

    fn said(&self, result: Result<Value, Vec<dbspec::kernel::Refusal>>) -> Result<Value, Box<dyn Error>> {
        result.map_err(|refusals| {
            let names: Vec<String> = refusals.iter().map(|it| self.rows.kernel().refusal(it)).collect();
            names.join(", ").into()
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for (file, text) in scripts::main::ALL.iter().chain(scripts::dynamodb::ALL) {
        writeln!(out, "{file}: {} lines", text.lines().count())?;
    }

    let mut library = Library::new()?;
    let author = library.insert(&new::Author::new("Mary Shelley".to_owned()))?;
    let tags = BTreeSet::from(["gothic".to_owned(), "classic".to_owned()]);
    let book = library.insert(&new::Book {
        price: Some("12.50".parse()?),
        ..new::Book::new(
            "9780141439471".to_owned(),
            "Frankenstein".to_owned(),
            author,
            Shelf::Fiction,
            tags,
            "2026-01-02".parse()?,
        )
    })?;
    let copy = library.insert(&new::Copy {
        owner: Some(book.clone()),
        condition: Some(Condition::Fresh),
        ..new::Copy::new(1)
    })?;
    let reader = library.insert(&new::Reader::new("Ada".to_owned()))?;

    let found = library.query(&queries::BooksOfAuthor {
        author,
        shelf: Some(Shelf::Fiction),
    })?;
    for book in &found {
        let copies: Vec<&str> = book.copies.iter().map(|it| it.condition.label()).collect();
        writeln!(
            out,
            "{} by {}: {}",
            book.title,
            book.author.name,
            copies.join(", ")
        )?;
    }
    for row in library.query(&queries::BooksOnShelf {})? {
        writeln!(out, "{} on {}", row.books, row.shelf.label())?;
    }

    let lent = library.write(&writes::Lend {
        copy,
        reader,
        on: "2026-02-03".parse()?,
    })?;
    writeln!(out, "lent on {}", lent.since)?;
    let loans = library.query(&queries::LoansOfReader { reader })?;
    let one = loans
        .iter()
        .find(|it| it.id == lent.id)
        .ok_or("the loan is there")?;
    writeln!(out, "{} has {}", one.reader.0, one.copy.owner.0)?;

    // A rule of the model is one in types too, or is refused by name.
    let early = new::Loan {
        back: Some("2026-01-01".parse()?),
        ..new::Loan::new(
            keys::Copy {
                owner: book,
                number: 1,
            },
            reader,
            "2026-02-03".parse()?,
        )
    };
    match library.insert(&early) {
        Ok(_) => return Err("a loan can't end before it begins".into()),
        Err(refused) => writeln!(out, "refused: {refused}")?,
    }
    Ok(())
}
