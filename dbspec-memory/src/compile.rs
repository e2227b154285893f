//! The reference engine as a backend: nothing to install, and an outcome for everything a model says.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};
use dbspec_core::backend::coverage::{FactOutcome, Outcome, QueryOutcome, RuleOutcome, WriteOutcome};
use dbspec_core::backend::naming::{LengthUnit, Limits};
use dbspec_core::backend::{Compile, DesignData, Faces, Figures, Lowering, Script};
use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::{
    Dir, EntityId, FactKind, Kernel, LeafId, LeafType, Query, RuleKind, Scalar, Shape, Subject,
};
use dbspec_core::query::{AccessPath, CondSet, fit, variants};
use serde::{Deserialize, Serialize};

/// Compiles for [`Memory`](crate::Memory), which has no options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reference;

/// What is kept, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// One table an entity.
    pub tables: Vec<Table>,
}

/// Rows of one entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The entity.
    pub name: String,
    /// The leaves of the key: rows are kept in its order.
    pub key: Vec<String>,
    /// What else rows are found by: the leaves of references and of unique, at-most and overlap rules.
    pub found_by: Vec<Vec<String>>,
}

impl DesignData for Design {
    const FORMAT: u32 = 1;
}

const JUDGED: LineId = LineId(0);
const OPAQUE: LineId = LineId(1);
const RETENTION: LineId = LineId(2);
const ROLES: LineId = LineId(3);
const FOUND: LineId = LineId(4);
const SCANNED: LineId = LineId(5);
const ATOMIC: LineId = LineId(6);
const USED: LineId = LineId(7);
const UNUSED: LineId = LineId(8);

const OWN: &str = "dbspec-memory's documentation";
const LAWS: Proof = Proof::Live("accepted operations break no rule");

static LINES: [Line; 9] = [
    Line {
        code: "MEM-JUDGED",
        says: "every write is judged by the evaluator before anything changes",
        when: When::Always,
        proof: LAWS,
        source: OWN,
    },
    Line {
        code: "MEM-OPAQUE",
        says: "whether a value is encrypted can't be told",
        when: When::Never("encrypted values are kept as they are given"),
        proof: Proof::Document,
        source: OWN,
    },
    Line {
        code: "MEM-RETENTION",
        says: "nothing is removed as time goes by",
        when: When::Never("there is no clock"),
        proof: Proof::Document,
        source: OWN,
    },
    Line {
        code: "MEM-ROLES",
        says: "policies bind nobody",
        when: When::Never("there are no roles"),
        proof: Proof::Document,
        source: OWN,
    },
    Line {
        code: "MEM-FOUND",
        says: "rows are found by the key, a unique rule or a reference",
        when: When::Always,
        proof: Proof::Document,
        source: OWN,
    },
    Line {
        code: "MEM-SCANNED",
        says: "all rows of the entity are read",
        when: When::Always,
        proof: Proof::Document,
        source: OWN,
    },
    Line {
        code: "MEM-ATOMIC",
        says: "changes are made together, once they are judged",
        when: When::Always,
        proof: LAWS,
        source: OWN,
    },
    Line {
        code: "MEM-USED",
        says: "names and who asks are used as they are",
        when: When::Always,
        proof: Proof::Document,
        source: OWN,
    },
    Line {
        code: "MEM-UNUSED",
        says: "nothing turns on it",
        when: When::Never("nothing is chosen or documented"),
        proof: Proof::Document,
        source: OWN,
    },
];

impl Compile for Reference {
    const NAME: &'static str = "memory";
    type Options = ();
    type Design = Design;

    fn options(&self) -> &() {
        &()
    }

    fn lines(&self) -> &'static [Line] {
        &LINES
    }

    fn limits(&self) -> Limits {
        Limits {
            max_len: usize::MAX,
            unit: LengthUnit::Characters,
            min_len: 1,
            folds_case: false,
            allowed: |_| true,
        }
    }

    fn lint(&self, _: &Kernel) -> Vec<Diagnostic> {
        Vec::new()
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &[]
    }

    fn build(&self, cx: &mut Lowering<'_>) -> Design {
        let kernel = cx.kernel;
        for (id, facet) in kernel.facets.iter() {
            let (outcome, line) = match facet.subject {
                Subject::Rule(rule) => rule_outcome(kernel, &kernel.rules[rule].kind),
                Subject::Query(query) => query_outcome(kernel, &cx.figures, &kernel.queries[query]),
                Subject::Write(_) | Subject::Entity(_) => (
                    Outcome::Write(WriteOutcome::Atomic {
                        bound: None,
                        at_most: None,
                    }),
                    ATOMIC,
                ),
                Subject::Fact(fact) => fact_outcome(kernel.facts[fact].kind),
            };
            cx.coverage.answer(id, outcome, None, line);
        }
        Design {
            tables: kernel
                .entities
                .ids()
                .map(|entity| table(kernel, entity))
                .collect(),
        }
    }

    fn render(_: &Design) -> Script {
        Script::default()
    }

    fn faces(&self) -> Faces<'_> {
        Faces::none()
    }
}

fn rule_outcome(kernel: &Kernel, kind: &RuleKind) -> (Outcome, LineId) {
    let (outcome, line) = match kind {
        RuleKind::Policy { .. } => (RuleOutcome::Unsupported, ROLES),
        RuleKind::KeepAtMost { .. } => (RuleOutcome::Unsupported, RETENTION),
        RuleKind::Secret(leaf) => match &kernel.leaves[*leaf].ty {
            LeafType::Scalar(Scalar::Encrypted { .. }) => (RuleOutcome::Unsupported, OPAQUE),
            LeafType::Scalar(_) | LeafType::List(_) => (RuleOutcome::Enforced, JUDGED),
        },
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Required(_)
        | RuleKind::Predicate { .. }
        | RuleKind::Key(_)
        | RuleKind::Unique { .. }
        | RuleKind::Reference { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::Assert { .. } => (RuleOutcome::Enforced, JUDGED),
    };
    (Outcome::Rule(outcome), line)
}

fn fact_outcome(kind: FactKind) -> (Outcome, LineId) {
    let (outcome, line) = match kind {
        FactKind::Name | FactKind::Session => (FactOutcome::Used, USED),
        FactKind::Documentation
        | FactKind::Volume
        | FactKind::Statistic
        | FactKind::Scale
        | FactKind::Determines
        | FactKind::Role
        | FactKind::Prefer
        | FactKind::Operate
        | FactKind::Load
        | FactKind::Personal
        | FactKind::Adoption
        | FactKind::Placement => (FactOutcome::Unused, UNUSED),
    };
    (Outcome::Fact(outcome), line)
}

/// The leaves that rows are found by without reading all: the key first.
fn found_by(kernel: &Kernel, entity: EntityId) -> Vec<(Vec<LeafId>, bool)> {
    let mut found = vec![(kernel.key_leaves(entity), true)];
    for (_, rule) in kernel.rules_of(entity) {
        if let RuleKind::Unique {
            leaves, filter: None, ..
        } = &rule.kind
        {
            found.push((leaves.clone(), true));
        }
    }
    for field in kernel.entities[entity].fields.iter() {
        if kernel.target(field).is_some() {
            found.push((kernel.fields[field].leaves.iter().collect(), false));
        }
    }
    found
}

fn table(kernel: &Kernel, entity: EntityId) -> Table {
    let name = |leaf: &LeafId| {
        let it = &kernel.leaves[*leaf];
        let mut name = kernel.fields[it.field].name.to_string();
        for part in &it.path {
            name.push('.');
            name.push_str(part);
        }
        name
    };
    let mut found = found_by(kernel, entity)
        .into_iter()
        .map(|(leaves, _)| leaves.iter().map(name).collect());
    Table {
        name: kernel.entities[entity].name.to_string(),
        key: found.next().unwrap_or_default(),
        found_by: found.collect(),
    }
}

/// The worst that absent optional parameters leave.
fn query_outcome(kernel: &Kernel, figures: &Figures<'_>, query: &Query) -> (Outcome, LineId) {
    let found = found_by(kernel, query.from);
    let of = |present: CondSet| {
        let fits = found.iter().filter_map(|(leaves, unique)| {
            let columns: Vec<_> = leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect();
            let path = AccessPath {
                columns: &columns,
                hash: columns.len(),
                sparse: !unique,
                nulls_last: true,
                filter: None,
                unique: unique.then_some(columns.len()),
            };
            let fit = fit(kernel, figures, query, present, &path)?;
            // One of several values is judged on all rows.
            let equal = fit.used.iter().all(|at| query.conds[at].shape == Shape::Eq);
            equal.then_some((fit.rows_read, fit.residual.len()))
        });
        fits.min()
    };
    let worst = variants(query)
        .into_iter()
        .map(|present| of(present).ok_or(present.len()))
        .try_fold((1, 0), |worst, found| found.map(|found| found.max(worst)));
    let (outcome, line) = match worst {
        Ok((rows_read, residual)) => (
            QueryOutcome::Served {
                rows_read,
                residual: u8::try_from(residual).unwrap_or(u8::MAX),
                probes: 1,
            },
            FOUND,
        ),
        Err(_) if query.full_read => (
            QueryOutcome::FullRead {
                rows_read: figures.rows(query.from).value,
            },
            SCANNED,
        ),
        Err(residual) => (
            QueryOutcome::Served {
                rows_read: figures.rows(query.from).value,
                residual: u8::try_from(residual).unwrap_or(u8::MAX),
                probes: 1,
            },
            SCANNED,
        ),
    };
    (Outcome::Query(outcome), line)
}
