//! What is served has a program, what isn't has none.

use dbspec_core::backend::coverage::{Outcome, QueryOutcome, WriteOutcome, subject_path};
use dbspec_core::backend::{AnyBackend, Compile, Lowered, NotServed, WriteKind};
use dbspec_core::kernel::{Facet, Subject};
use dbspec_core::program::Purpose;

use super::Found;

pub(super) fn programs<B: Compile>(backend: &B, lowered: &Lowered<B::Design>) -> Found {
    let any: &dyn AnyBackend = backend;
    let Some(ask) = any.asking() else { return Ok(()) };
    let erased = lowered.clone().erase();
    let kernel = lowered.kernel();
    for (facet, entry) in lowered.report().coverage.iter() {
        let of = kernel.facets[facet];
        let (asked, purpose) = match (of.subject, of.facet) {
            (Subject::Query(query), Facet::Answered) => {
                (ask.ask_query(&erased, query), Purpose::Query(query))
            }
            (Subject::Write(write), Facet::Called) => {
                (ask.ask_write(&erased, WriteKind::Call(write)), Purpose::Write)
            }
            (Subject::Entity(entity), Facet::InsertRow) => {
                (ask.ask_write(&erased, WriteKind::Insert(entity)), Purpose::Write)
            }
            (Subject::Entity(entity), Facet::UpdateRow) => {
                (ask.ask_write(&erased, WriteKind::Update(entity)), Purpose::Write)
            }
            (Subject::Entity(entity), Facet::DeleteRow) => {
                (ask.ask_write(&erased, WriteKind::Delete(entity)), Purpose::Write)
            }
            (
                Subject::Rule(_)
                | Subject::Query(_)
                | Subject::Write(_)
                | Subject::Entity(_)
                | Subject::Fact(_),
                _,
            ) => continue,
        };
        let at = |what: &str| format!("{} ({:?}): {what}", subject_path(kernel, facet), of.facet);
        match (is_served(&entry.outcome), asked) {
            (true, Ok(program)) if program.purpose() == purpose => {}
            (true, Ok(_)) => return Err(("a program is for what was asked", at("another purpose"))),
            (true, Err(NotServed { reason, .. })) => {
                return Err(("what is served has a program", at(&reason)));
            }
            (false, Ok(_)) => return Err(("what isn't served has no program", at("a program"))),
            (false, Err(NotServed { what, reason })) => {
                if what.trim().is_empty() || reason.trim().is_empty() {
                    return Err(("who gets no program is told why", at(&reason)));
                }
            }
        }
    }
    Ok(())
}

fn is_served(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Query(QueryOutcome::Served { .. } | QueryOutcome::FullRead { .. })
        | Outcome::Write(WriteOutcome::Atomic { .. }) => true,
        Outcome::Query(QueryOutcome::NotServed { .. })
        | Outcome::Write(WriteOutcome::NotServed)
        | Outcome::Rule(_)
        | Outcome::Fact(_) => false,
    }
}
