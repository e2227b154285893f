//! Writes that take more than a transaction at their declared maximum, with each row in an item of its own: how they are
//! held, or what does fit.

use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::kernel::{Write, WriteId};

use super::ITEMS;
use super::count::longest;
use super::embed::Embedding;
use crate::dynamodb::capability;

/// What a write comes to. The costs are in items.
pub(super) fn decide(embedding: &Embedding<'_>, write: WriteId) -> Option<Decision> {
    let chosen = embedding.chosen();
    let write = &chosen.kernel.writes[write];
    let apart = embedding.apart().call(write)?;
    let taken = chosen.call(write)?;
    if apart <= ITEMS && taken <= ITEMS {
        return None;
    }
    let holds = if taken <= ITEMS {
        embedding.apart().holds(write, ITEMS)
    } else {
        chosen.holds(write, ITEMS)
    };
    let mut alternatives = vec![Alternative {
        what: "several transactions".into(),
        cost: None,
        why_not: "a write that stops between them would be done in part".into(),
    }];
    alternatives.push(if taken < apart {
        Alternative {
            what: "an item for each owned row".into(),
            cost: Some(u64::from(apart) * 1000),
            why_not: held(holds, write),
        }
    } else {
        let within = embedding.within().and_then(|it| it.call(write));
        let within = within.filter(|it| *it < apart);
        Alternative {
            what: "owned rows in a list of their owner's item".into(),
            cost: within.map(|it| u64::from(it) * 1000),
            why_not: match within {
                Some(_) => "that is too much for a transaction as well".into(),
                None => "none of those that it writes is reached through its owner alone, bounded in number and bytes".into(),
            },
        }
    });
    let says = if taken <= ITEMS {
        "one transaction, since owned rows stand in their owner's item".into()
    } else {
        format!("one transaction; {}", held(holds, write)).into()
    };
    Some(Decision {
        element: write.element,
        code: "write-size",
        chosen: says,
        cost: Some(u64::from(taken) * 1000),
        alternatives,
        turned_on: Vec::new(),
        flips: match holds {
            Some(length) => format!("lists declared with at most {length} items").into(),
            None => format!("at most {ITEMS} items").into(),
        },
        line: Some(capability::ATOMIC),
    })
}

/// What a transaction holds of a write.
fn held(holds: Option<u32>, write: &Write) -> Box<str> {
    match holds {
        Some(length) => format!(
            "it holds lists of up to {length} of the declared {}; longer ones are refused as a limit",
            longest(write)
        )
        .into(),
        None => "what takes more than it holds is refused as a limit".into(),
    }
}
