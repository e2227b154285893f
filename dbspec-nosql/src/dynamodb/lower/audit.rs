//! Requests that find what broke a rule: a Scan whose filter says so where the engine can, else one of all the rows that
//! the rule binds.

use dbspec_core::backend::coverage::Audit;
use dbspec_core::kernel::{
    Atom, Cmp, EntityId, Expr, FieldId, Kernel, LeafId, LeafType, Place, Pred, RuleId, RuleKind, Scalar,
    SizeOf,
};
use dbspec_core::pred::Test;
use dbspec_core::program::to_json;
use dbspec_core::value::Value;
use serde_json::{Map, Value as Json, json};

use crate::dynamodb::design::{FIRST, SK};
use crate::dynamodb::layout::Layout;
use crate::dynamodb::types;

/// A Scan as it grows: its names and values stand behind placeholders.
struct Scan<'a> {
    layout: Layout<'a>,
    entity: EntityId,
    names: Vec<String>,
    values: Vec<Json>,
}

/// What finds the violations of a rule.
pub(super) fn audit(layout: Layout<'_>, rule: RuleId) -> Audit {
    let it = &layout.kernel.rules[rule];
    let mut scan = Scan {
        layout,
        entity: it.entity,
        names: Vec::new(),
        values: Vec::new(),
    };
    // No filter looks through a list.
    let listed = layout.item(it.entity).within.is_some();
    let broken = if listed { None } else { scan.broken(&it.kind) };
    if broken.is_none() {
        // A request that names what its filter doesn't speak of is refused.
        scan.names.clear();
        scan.values.clear();
    }
    Audit {
        text: scan.finish(broken).into(),
    }
}

impl Scan<'_> {
    fn finish(mut self, broken: Option<String>) -> String {
        let mut filters = Vec::new();
        if let Some(tag) = self.layout.item(self.entity).tag.clone() {
            let value = self.value(json!({ "S": tag }));
            let name = self.name(SK);
            filters.push(if tag == FIRST {
                format!("{name} = {value}")
            } else {
                format!("begins_with({name}, {value})")
            });
        }
        filters.extend(broken);
        let mut request = Map::new();
        let table = &self.layout.table(self.entity).name;
        request.insert("TableName".into(), table.as_str().into());
        request.insert("ConsistentRead".into(), true.into());
        if !filters.is_empty() {
            request.insert("FilterExpression".into(), filters.join(" AND ").into());
        }
        let placed = |mark: char, at: usize| format!("{mark}{at}");
        if !self.names.is_empty() {
            let names = self.names.into_iter().enumerate();
            let names: Map<String, Json> = names.map(|(at, it)| (placed('#', at), it.into())).collect();
            request.insert("ExpressionAttributeNames".into(), names.into());
        }
        if !self.values.is_empty() {
            let values = self.values.into_iter().enumerate();
            let values: Map<String, Json> = values.map(|(at, it)| (placed(':', at), it)).collect();
            request.insert("ExpressionAttributeValues".into(), values.into());
        }
        Json::Object(request).to_string()
    }

    fn kernel(&self) -> &Kernel {
        self.layout.kernel
    }

    fn name(&mut self, name: &str) -> String {
        let at = self.names.iter().position(|it| it == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        format!("#{at}")
    }

    fn value(&mut self, value: Json) -> String {
        let at = self.values.iter().position(|it| *it == value).unwrap_or_else(|| {
            self.values.push(value);
            self.values.len() - 1
        });
        format!(":{at}")
    }

    fn attribute(&mut self, leaf: LeafId) -> String {
        let name = self.layout.item(self.entity).attributes[self.kernel().position(leaf)]
            .name
            .clone();
        self.name(&name)
    }

    /// That an attribute is absent or null.
    fn absent(&mut self, leaf: LeafId) -> String {
        let (name, null) = (self.attribute(leaf), self.value(json!({ "S": "NULL" })));
        format!("(attribute_not_exists({name}) OR attribute_type({name}, {null}))")
    }

    /// When a row breaks a rule; `None` where no filter tells.
    fn broken(&mut self, kind: &RuleKind) -> Option<String> {
        match kind {
            RuleKind::Type(leaf) => {
                let word = types::word(&self.kernel().leaves[*leaf].ty);
                let (name, ty) = (self.attribute(*leaf), self.value(json!({ "S": word })));
                let another = format!("NOT attribute_type({name}, {ty})");
                let broken = match self.outside(*leaf, &name) {
                    Some(outside) => format!("({another} OR {outside})"),
                    None => another,
                };
                Some(format!("NOT {} AND {broken}", self.absent(*leaf)))
            }
            RuleKind::Required(field) => self.missing(*field),
            RuleKind::Size {
                leaf,
                of: SizeOf::Items | SizeOf::Bytes,
                min,
                max,
            } => {
                let name = self.attribute(*leaf);
                let least = self.value(json!({ "N": min.to_string() }));
                let mut outside = format!("size({name}) < {least}");
                if let Some(max) = max {
                    let most = self.value(json!({ "N": max.to_string() }));
                    outside = format!("({outside} OR size({name}) > {most})");
                }
                Some(format!("NOT {} AND {outside}", self.absent(*leaf)))
            }
            RuleKind::Predicate {
                holds,
                on_write: false,
            } => self.unlike(holds),
            RuleKind::Version(leaf) => {
                let (name, one) = (self.attribute(*leaf), self.value(json!({ "N": "1" })));
                Some(format!("{name} < {one}"))
            }
            RuleKind::Size { .. }
            | RuleKind::Predicate { .. }
            | RuleKind::Key(_)
            | RuleKind::Unique { .. }
            | RuleKind::Reference { .. }
            | RuleKind::Bounds { .. }
            | RuleKind::AtMost { .. }
            | RuleKind::Overlap { .. }
            | RuleKind::Transition(_)
            | RuleKind::Derived { .. }
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. }
            | RuleKind::Secret(_)
            | RuleKind::Assert { .. } => None,
        }
    }

    /// That an attribute of the right type has a value that the leaf can't have, as far as a filter tells: how a number is
    /// rounded, how long a text is and how it is written it can't.
    fn outside(&mut self, leaf: LeafId, name: &str) -> Option<String> {
        let kernel = self.layout.kernel;
        let LeafType::Scalar(scalar) = &kernel.leaves[leaf].ty else {
            return None;
        };
        let (least, most) = match scalar {
            Scalar::Int16 => (i16::MIN.to_string(), i16::MAX.to_string()),
            Scalar::Int32 => (i32::MIN.to_string(), i32::MAX.to_string()),
            Scalar::Int64 | Scalar::Duration => (i64::MIN.to_string(), i64::MAX.to_string()),
            Scalar::Decimal { precision, scale } => {
                let nines = |many: u8| "9".repeat(usize::from(many));
                let most = match (precision.saturating_sub(*scale), *scale) {
                    (whole, 0) => nines(whole),
                    (0, scale) => format!("0.{}", nines(scale)),
                    (whole, scale) => format!("{}.{}", nines(whole), nines(scale)),
                };
                (format!("-{most}"), most)
            }
            // An IN has 100 values at most.
            Scalar::Enum(id) if kernel.enums[*id].labels.len() <= 100 => {
                let labels = kernel.enums[*id].labels.iter();
                let labels: Vec<String> = labels.map(|it| self.value(json!({ "S": it }))).collect();
                return Some(format!("NOT {name} IN ({})", labels.join(", ")));
            }
            Scalar::Bool
            | Scalar::Float64
            | Scalar::String { .. }
            | Scalar::Text
            | Scalar::Bytes { .. }
            | Scalar::Uuid
            | Scalar::Date
            | Scalar::Time
            | Scalar::Timestamp
            | Scalar::Enum(_)
            | Scalar::Json
            | Scalar::Hashed
            | Scalar::Encrypted { .. }
            | Scalar::Point
            | Scalar::Vector { .. } => return None,
        };
        let (least, most) = (
            self.value(json!({ "N": least })),
            self.value(json!({ "N": most })),
        );
        Some(format!("{name} < {least} OR {name} > {most}"))
    }

    fn missing(&mut self, field: FieldId) -> Option<String> {
        let leaves = self.kernel().fields[field].leaves;
        let required: Vec<LeafId> = leaves
            .iter()
            .filter(|leaf| !self.kernel().leaves[*leaf].nullable)
            .collect();
        if required.is_empty() {
            let all: Vec<String> = leaves.iter().map(|leaf| self.absent(leaf)).collect();
            return (!all.is_empty()).then(|| all.join(" AND "));
        }
        let one: Vec<String> = required.into_iter().map(|leaf| self.absent(leaf)).collect();
        Some(enclosed(&one, " OR "))
    }

    fn unlike(&mut self, holds: &Pred) -> Option<String> {
        let kernel = self.layout.kernel;
        let entity = self.entity;
        let nullable = |place: &Place| match place {
            Place::Leaf { leaf, .. } => kernel.entity_of(*leaf) != entity || kernel.leaves[*leaf].nullable,
            Place::Var { .. }
            | Place::Session { .. }
            | Place::Item { .. }
            | Place::Output(_)
            | Place::Now
            | Place::Today => true,
        };
        let test = holds.not_false(&nullable);
        let enclosed = is_enclosed(&test);
        let said = self.test(&test)?;
        Some(if enclosed {
            format!("NOT {said}")
        } else {
            format!("NOT ({said})")
        })
    }

    fn test(&mut self, test: &Test) -> Option<String> {
        match test {
            Test::Const(_) | Test::NotAtom(_) | Test::Any(..) | Test::None(..) => None,
            Test::Atom(atom) => self.atom(atom),
            Test::IsNull(expr) => {
                let leaf = own(expr)?;
                Some(self.absent(leaf))
            }
            Test::NotNull(expr) => {
                let leaf = own(expr)?;
                Some(format!("NOT {}", self.absent(leaf)))
            }
            Test::And(parts) => self.parts(parts, " AND "),
            Test::Or(parts) => self.parts(parts, " OR "),
        }
    }

    fn parts(&mut self, parts: &[Test], by: &str) -> Option<String> {
        let parts: Option<Vec<String>> = parts.iter().map(|it| self.test(it)).collect();
        Some(enclosed(&parts?, by))
    }

    fn atom(&mut self, atom: &Atom) -> Option<String> {
        match atom {
            Atom::Cmp(cmp, a, b) => {
                let leaf = own(a).or_else(|| own(b))?;
                let ordered = match &self.kernel().leaves[leaf].ty {
                    // What stands as a text that isn't in the values' order.
                    LeafType::Scalar(Scalar::Enum(_) | Scalar::Float64) => false,
                    LeafType::Scalar(_) => true,
                    LeafType::List(_) => return None,
                };
                let word = match cmp {
                    Cmp::Eq => "=",
                    Cmp::Ne => "<>",
                    Cmp::Lt if ordered => "<",
                    Cmp::Le if ordered => "<=",
                    Cmp::Gt if ordered => ">",
                    Cmp::Ge if ordered => ">=",
                    Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => return None,
                };
                let (a, b) = (self.operand(leaf, a)?, self.operand(leaf, b)?);
                Some(format!("{a} {word} {b}"))
            }
            Atom::In(of, list) if list.len() <= 100 => {
                let leaf = own(of)?;
                let name = self.attribute(leaf);
                let values: Option<Vec<String>> = list.iter().map(|it| self.operand(leaf, it)).collect();
                Some(format!("{name} IN ({})", values?.join(", ")))
            }
            Atom::StartsWith(of, with) => {
                let leaf = own(of)?;
                let (name, value) = (self.attribute(leaf), self.operand(leaf, with)?);
                Some(format!("begins_with({name}, {value})"))
            }
            Atom::Contains(of, with) => {
                let leaf = own(of)?;
                let (name, value) = (self.attribute(leaf), self.operand(leaf, with)?);
                Some(format!("contains({name}, {value})"))
            }
            Atom::In(..)
            | Atom::InVar(..)
            | Atom::EndsWith(..)
            | Atom::Matches(..)
            | Atom::Holds(_)
            | Atom::Has(..)
            | Atom::Overlaps(_)
            | Atom::Verify(..) => None,
        }
    }

    fn operand(&mut self, like: LeafId, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Value(value) => {
                let fitted = dbspec_core::semantics::fitted(self.kernel(), like, value)?;
                let codec = types::attribute(self.kernel(), &self.kernel().leaves[like].ty);
                let json = to_json(&codec.encode(&fitted).ok()?).ok()?;
                (fitted != Value::Null).then(|| self.value(json))
            }
            _ => own(expr).map(|leaf| self.attribute(leaf)),
        }
    }
}

/// Tests in parentheses, joined; one alone as it is, since the engine refuses parentheses around parentheses.
fn enclosed(parts: &[String], by: &str) -> String {
    match parts {
        [one] => one.clone(),
        many => format!("({})", many.join(by)),
    }
}

/// Whether a test's text stands in parentheses.
fn is_enclosed(test: &Test) -> bool {
    match test {
        Test::IsNull(_) => true,
        Test::And(parts) | Test::Or(parts) => match parts.as_slice() {
            [one] => is_enclosed(one),
            _ => true,
        },
        Test::Const(_)
        | Test::Atom(_)
        | Test::NotAtom(_)
        | Test::NotNull(_)
        | Test::Any(..)
        | Test::None(..) => false,
    }
}

/// The leaf of the row itself that an expression is.
fn own(expr: &Expr) -> Option<LeafId> {
    match expr {
        Expr::At(Place::Leaf { up: 0, via, leaf }) if via.is_empty() => Some(*leaf),
        _ => None,
    }
}
