//! Plans written out in the language.

use std::fmt::Write as _;

use super::names::{Names, declared, quoted, read};
use super::plan::{
    AccessPlan, CheckPlan, ColumnPlan, EntityPlan, KeyPlan, ModelPlan, OnDeletePlan, RarePlan, TypePlan,
    UniquePlan,
};

impl ModelPlan {
    /// The model as text.
    pub fn text(&self) -> String {
        let mut names = Names::default();
        for word in ["Kind", "Phase", "Level", "Spot"] {
            names.reserve(word);
        }
        let entities: Vec<String> = self
            .entities
            .iter()
            .map(|entity| names.choose(entity.name))
            .collect();
        let mut out = String::from(
            "model generated\nenum Kind { red green \"odd label; '\" }\nenum Phase { open paid closed }\n\
             enum Level ordered { low mid high }\ntype Spot { x: int32  label: string(4)? }\n",
        );
        let mut accesses = String::new();
        for (at, plan) in self.entities.iter().enumerate() {
            Writer {
                entities: &entities,
                at,
                plan,
                owned: self.owned(at),
                fields: Vec::new(),
            }
            .entity(&mut out, &mut accesses);
        }
        for (number, relation) in self.relations.iter().enumerate() {
            let name = names.choose(relation.name);
            let (from, to) = (
                usize::from(relation.from) % entities.len(),
                usize::from(relation.to) % entities.len(),
            );
            let bound = relation.max.map_or(String::new(), |max| format!(" 0..{max}"));
            // Ends are named by their entities in snake case, unless both would have the same name.
            let plain = |name: &str| name.replace('_', "").to_lowercase();
            let alike = plain(&entities[from]) == plain(&entities[to]);
            let end = |end: &str, entity: usize| {
                if alike {
                    format!("({end}: {})", declared(&entities[entity]))
                } else {
                    declared(&entities[entity])
                }
            };
            let _ = writeln!(
                out,
                "relation {}: {}.near{number}{bound} *--* {}.far{number} {{ weight{number}: int32? }}",
                declared(&name),
                end("one", from),
                end("other", to),
            );
        }
        out + &accesses
    }

    /// The positions of the entities that one owns, and whether their key is or begins with an int32.
    fn owned(&self, by: usize) -> Vec<(usize, bool)> {
        let entities = self.entities.iter().enumerate();
        let owned = entities.filter(|(at, it)| {
            it.owner
                .is_some_and(|(owner, _)| *at > 0 && usize::from(owner) % *at == by)
        });
        owned
            .map(|(at, it)| (at, matches!(it.key, KeyPlan::Int | KeyPlan::Composite)))
            .collect()
    }
}

/// A field as the writer knows it.
struct Column {
    name: String,
    ty: TypePlan,
    nullable: bool,
}

struct Writer<'p> {
    entities: &'p [String],
    at: usize,
    plan: &'p EntityPlan,
    owned: Vec<(usize, bool)>,
    fields: Vec<Column>,
}

impl Writer<'_> {
    fn entity(mut self, out: &mut String, accesses: &mut String) {
        let mut names = Names::default();
        for word in ["owner", "version", "deleted_at", "key1", "key2"] {
            names.reserve(word);
        }
        if self.plan.documented {
            let _ = writeln!(out, "/// It's \"quoted\"; -- and $$more$$ */ \\ {}", self.at);
        }
        let _ = write!(out, "entity {}", declared(&self.entities[self.at]));
        if let (Some((owner, least)), true) = (self.plan.owner, self.at > 0) {
            let owner = usize::from(owner) % self.at;
            let _ = write!(
                out,
                " in {} as owned{} {}..9",
                declared(&self.entities[owner]),
                self.at,
                least / 3
            );
        }
        if self.plan.versioned {
            out.push_str(" @version");
        }
        if self.plan.soft && (self.at == 0 || self.plan.owner.is_none()) {
            out.push_str(" @soft_delete");
        }
        if self.plan.rare.contains(&RarePlan::AppendOnly) {
            out.push_str(" @append_only");
        }
        out.push_str(" {\n");
        self.key(out);
        for column in &self.plan.columns {
            let name = names.choose(column.name);
            self.column(out, column, name);
        }
        for (number, unique) in self.plan.uniques.iter().enumerate() {
            self.unique(out, number, unique);
        }
        for (number, check) in self.plan.checks.iter().enumerate() {
            if let Some(text) = self.check(check) {
                let _ = writeln!(out, "  check check{number}: {text}");
            }
        }
        for (number, rare) in self.plan.rare.iter().enumerate() {
            if let Some((inside, after)) = self.rare(number, *rare) {
                let _ = writeln!(out, "  {inside}");
                accesses.push_str(&after);
            }
        }
        out.push_str("  volume 100\n}\n");
        for (number, access) in self.plan.accesses.iter().enumerate() {
            if let Some(text) = self.access(access) {
                let _ = writeln!(accesses, "access query{}_{number} {text}", self.at);
            }
        }
    }

    fn key(&self, out: &mut String) {
        let mutable = self.plan.rare.contains(&RarePlan::MutableKey);
        let mutable = if mutable { " @mutable" } else { "" };
        let _ = match self.plan.key {
            KeyPlan::Int => writeln!(out, "  key1: int32 @key{mutable}"),
            KeyPlan::Sequence => writeln!(out, "  key1: int64 = sequence() @key"),
            KeyPlan::Text => writeln!(out, "  key1: string(6) @key{mutable}"),
            KeyPlan::Uuid => writeln!(out, "  key1: uuid = uuid7() @key"),
            KeyPlan::Composite => writeln!(
                out,
                "  key1: int32{mutable}\n  key2: string(6)\n  key (key1, key2)"
            ),
        };
    }

    /// A rarer rule: what stands in the entity, and what stands after all of them.
    fn rare(&self, number: usize, plan: RarePlan) -> Option<(String, String)> {
        let integer =
            |field: &Column| matches!(field.ty, TypePlan::Int16 | TypePlan::Int32 | TypePlan::Int64);
        let equal = |field: &Column| has_equality(field.ty) && !matches!(field.ty, TypePlan::Float);
        let owned = |pick: u16| {
            let owned = self.owned.get(usize::from(pick) % self.owned.len().max(1))?;
            Some(format!("owned{}", owned.0))
        };
        let entity = declared(&self.entities[self.at]);
        let (mut inside, mut after) = (String::new(), String::new());
        match plan {
            RarePlan::AtMost(by, most) => {
                inside = format!("at most {most} per ({})", declared(&self.pick(by, equal)?.name));
            }
            RarePlan::NoOverlap(by) => {
                let by = declared(&self.pick(by, equal)?.name);
                inside = format!("during{number}: range<date>?\n  no overlap ({by}, during{number})");
            }
            RarePlan::Count(pick) => {
                inside = format!("derive counted{number}: int64 = count({})", owned(pick)?);
            }
            RarePlan::Twice(of) => {
                let of = read(&self.pick(of, integer)?.name);
                inside = format!("derive twice{number}: int64? = {of} + {of}");
            }
            RarePlan::Sum => {
                let (owned, _) = self.owned.iter().find(|(_, summed)| *summed)?;
                inside = format!("derive summed{number}: int64 = sum(owned{owned}, key1)");
            }
            RarePlan::Assert(pick) => {
                after = format!(
                    "assert assert{}_{number} on {entity}: count({}) <= 2\n",
                    self.at,
                    owned(pick)?
                );
            }
            RarePlan::Along(pick) => {
                let to = self.pick(pick, |field| matches!(field.ty, TypePlan::Ref(..)))?;
                inside = format!("check along{number}: {}.key1 is not null", read(&to.name));
            }
            RarePlan::OnWrite(of) => {
                inside = format!(
                    "check written{number} on write: {} >= 1",
                    read(&self.pick(of, integer)?.name)
                );
            }
            RarePlan::Kept(from) => {
                let from = self.pick(from, |field| field.ty == TypePlan::Date)?;
                after = format!("keep {entity} at least 1 year from {}\n", declared(&from.name));
            }
            RarePlan::AppendOnly | RarePlan::MutableKey => return None,
        }
        Some((inside, after))
    }

    fn column(&mut self, out: &mut String, plan: &ColumnPlan, name: String) {
        let nullable = plan.nullable || matches!(plan.ty, TypePlan::Ref(_, OnDeletePlan::SetNull));
        let mut ty = match plan.ty {
            TypePlan::Bool => "bool".to_owned(),
            TypePlan::Int16 => "int16".to_owned(),
            TypePlan::Int32 => "int32".to_owned(),
            TypePlan::Int64 => "int64".to_owned(),
            TypePlan::Decimal => "decimal(6, 2)".to_owned(),
            TypePlan::BigDecimal => "decimal(38, 10)".to_owned(),
            TypePlan::Float => "float64".to_owned(),
            TypePlan::Str | TypePlan::Folded => "string(6)".to_owned(),
            TypePlan::Text => "text".to_owned(),
            TypePlan::Bytes => "bytes(8)".to_owned(),
            TypePlan::Uuid => "uuid".to_owned(),
            TypePlan::Date => "date".to_owned(),
            TypePlan::Time => "time".to_owned(),
            TypePlan::Timestamp => "timestamp".to_owned(),
            TypePlan::Duration => "duration".to_owned(),
            TypePlan::Enum => "Kind".to_owned(),
            TypePlan::Moving => "Phase".to_owned(),
            TypePlan::Ordered => "Level".to_owned(),
            TypePlan::Value => "Spot".to_owned(),
            TypePlan::Strings => "list<string(5)>".to_owned(),
            TypePlan::Range => "range<date>".to_owned(),
            TypePlan::Json => "json".to_owned(),
            TypePlan::Ref(to, _) => format!(
                "-> {}",
                declared(&self.entities[usize::from(to) % self.entities.len()])
            ),
        };
        if nullable {
            ty.push('?');
        }
        if let TypePlan::Ref(_, action) = plan.ty {
            ty.push_str(match action {
                OnDeletePlan::Restrict => " on delete restrict",
                OnDeletePlan::Cascade => " on delete cascade",
                OnDeletePlan::SetNull => " on delete set null",
            });
        }
        if plan.ty == TypePlan::Folded {
            ty.push_str(" @ignore_case");
        }
        if plan.ty == TypePlan::Strings {
            ty.push_str(" 0..3");
        }
        if plan.unique && has_equality(plan.ty) {
            ty.push_str(" @unique");
        }
        if plan.immutable && !matches!(plan.ty, TypePlan::Ref(_, OnDeletePlan::SetNull)) {
            ty.push_str(" @immutable");
        }
        let _ = writeln!(out, "  {}: {ty}", declared(&name));
        if plan.ty == TypePlan::Moving {
            let _ = writeln!(
                out,
                "  moves {} {{ open -> paid | closed, paid -> closed }}",
                declared(&name)
            );
        }
        self.fields.push(Column {
            name,
            ty: plan.ty,
            nullable,
        });
    }

    /// A field of those that fit, by a pick.
    fn pick(&self, pick: u16, fits: impl Fn(&Column) -> bool) -> Option<&Column> {
        let fitting: Vec<&Column> = self.fields.iter().filter(|field| fits(field)).collect();
        (!fitting.is_empty()).then(|| fitting[usize::from(pick) % fitting.len()])
    }

    fn unique(&self, out: &mut String, number: usize, plan: &UniquePlan) {
        let mut columns: Vec<&str> = Vec::new();
        for pick in &plan.columns {
            if let Some(field) = self.pick(*pick, |field| has_equality(field.ty))
                && !columns.contains(&&*field.name)
            {
                columns.push(&field.name);
            }
        }
        if columns.is_empty() {
            return;
        }
        let list: Vec<String> = columns.iter().map(|name| declared(name)).collect();
        let _ = write!(out, "  unique unique{number} ({})", list.join(", "));
        if plan.nulls_equal {
            out.push_str(" nulls equal");
        }
        if let Some(field) = plan
            .where_set
            .and_then(|pick| self.pick(pick, |field| field.nullable && is_plain(field.ty)))
        {
            let _ = write!(out, " where {} is not null", read(&field.name));
        }
        out.push('\n');
    }

    fn check(&self, plan: &CheckPlan) -> Option<String> {
        let integer =
            |field: &Column| matches!(field.ty, TypePlan::Int16 | TypePlan::Int32 | TypePlan::Int64);
        let string = |field: &Column| field.ty == TypePlan::Str;
        let nullable = |field: &Column| field.nullable && is_plain(field.ty);
        let name = |field: &Column| read(&field.name);
        Some(match plan {
            CheckPlan::AtLeast(column, least) => format!("{} >= {least}", name(self.pick(*column, integer)?)),
            CheckPlan::Ordered(low, high) => {
                format!(
                    "{} <= {}",
                    name(self.pick(*low, integer)?),
                    name(self.pick(*high, integer)?)
                )
            }
            CheckPlan::Implies(if_set, then) => format!(
                "{} is null or {} is not null",
                name(self.pick(*if_set, nullable)?),
                name(self.pick(*then, nullable)?)
            ),
            CheckPlan::Product(left, right, most) => {
                let (left, right) = (self.pick(*left, integer)?, self.pick(*right, integer)?);
                format!(
                    "{} * {} <= {most} or {} is null",
                    name(left),
                    name(right),
                    name(left)
                )
            }
            CheckPlan::OneOf(column, other) => {
                let text = format!("{} in [\"a\", \"b'\", \"\"]", name(self.pick(*column, string)?));
                match self.pick(*other, nullable) {
                    Some(other) => format!("{text} or {} is not null", name(other)),
                    None => text,
                }
            }
            CheckPlan::NotStarting(column) => {
                format!("not {} starts with \"z\"", name(self.pick(*column, string)?))
            }
        })
    }

    fn access(&self, plan: &AccessPlan) -> Option<String> {
        let entity = declared(&self.entities[self.at]);
        let equal = |field: &Column| has_equality(field.ty) && !matches!(field.ty, TypePlan::Float);
        let ordered = |field: &Column| is_ordered(field.ty);
        let by = |pick: u16| {
            self.pick(pick, equal)
                .map(|field| (read(&field.name), self.param(field)))
        };
        let path = |field: &Column| quoted(&field.name);
        let dir = |down: bool| if down { " desc" } else { "" };
        Some(match plan {
            AccessPlan::Key if self.plan.key == KeyPlan::Composite => {
                format!("(a: int32, b: string(6)) {{ from {entity} where key1 == $a and key2 == $b }}")
            }
            AccessPlan::Key => {
                let ty = match self.plan.key {
                    KeyPlan::Int => "int32",
                    KeyPlan::Sequence => "int64",
                    KeyPlan::Text => "string(6)",
                    KeyPlan::Uuid | KeyPlan::Composite => "uuid",
                };
                format!("(a: {ty}) {{ from {entity} where key1 == $a }}")
            }
            AccessPlan::Equal(column, order, down) => {
                let (name, param) = by(*column)?;
                let order = self.pick(*order, ordered).map_or(String::new(), |field| {
                    format!(" order by self.{}{}", path(field), dir(*down))
                });
                format!("(a: {param}) {{ from {entity} where {name} == $a{order} }}")
            }
            AccessPlan::Range(column, range, down) => {
                let (name, param) = by(*column)?;
                let range = self.pick(*range, ordered)?;
                format!(
                    "(a: {param}, b: {}) {{ from {entity} where {name} == $a and {} >= $b order by {}{} page 2 }}",
                    self.param(range),
                    read(&range.name),
                    read(&range.name),
                    dir(*down)
                )
            }
            AccessPlan::Optional(column, range) => {
                let (name, param) = by(*column)?;
                let range = self.pick(*range, ordered)?;
                format!(
                    "(a: {param}, b: {}?) {{ from {entity} where {name} == $a and {} < $b when $b order by {} }}",
                    self.param(range),
                    read(&range.name),
                    read(&range.name)
                )
            }
            AccessPlan::Prefix(column, prefix) => {
                let (name, param) = by(*column)?;
                let prefix = self.pick(*prefix, |field| field.ty == TypePlan::Str)?;
                let text = read(&prefix.name);
                format!(
                    "(a: {param}, b: string(3)) {{ from {entity} where {name} == $a and {text} starts with $b order by {text} limit 3 }}"
                )
            }
            AccessPlan::Null(column, null) => {
                let (name, param) = by(*column)?;
                let null = self.pick(*null, |field| field.nullable && is_plain(field.ty))?;
                format!(
                    "(a: {param}) {{ from {entity} where {name} == $a and {} is null }}",
                    read(&null.name)
                )
            }
            AccessPlan::Grouped(column) => {
                let group = self.pick(*column, |field| {
                    has_equality(field.ty) && is_plain(field.ty) && field.ty != TypePlan::Folded
                })?;
                format!(
                    "{{ from {entity} group by {} having count() > 0 select count() as counted full read }}",
                    read(&group.name)
                )
            }
            AccessPlan::All(order, down) => {
                let order = self.pick(*order, ordered)?;
                format!(
                    "{{ from {entity} order by {}{} limit 4 full read }}",
                    read(&order.name),
                    dir(*down)
                )
            }
            AccessPlan::Children(column) => {
                let field = self.pick(*column, |field| matches!(field.ty, TypePlan::Ref(..)))?;
                format!(
                    "(a: {}) {{ from {entity} where {} == $a with {} }}",
                    self.param(field),
                    read(&field.name),
                    path(field)
                )
            }
        })
    }

    /// The type of a parameter that is compared with a field.
    fn param(&self, field: &Column) -> String {
        match field.ty {
            TypePlan::Bool => "bool".to_owned(),
            TypePlan::Int16 => "int16".to_owned(),
            TypePlan::Int32 => "int32".to_owned(),
            TypePlan::Int64 => "int64".to_owned(),
            TypePlan::Decimal => "decimal(6, 2)".to_owned(),
            TypePlan::BigDecimal => "decimal(38, 10)".to_owned(),
            TypePlan::Float => "float64".to_owned(),
            TypePlan::Str | TypePlan::Folded | TypePlan::Text | TypePlan::Strings | TypePlan::Json => {
                "string(6)".to_owned()
            }
            TypePlan::Bytes => "bytes(8)".to_owned(),
            TypePlan::Uuid => "uuid".to_owned(),
            TypePlan::Date | TypePlan::Range => "date".to_owned(),
            TypePlan::Time => "time".to_owned(),
            TypePlan::Timestamp => "timestamp".to_owned(),
            TypePlan::Duration => "duration".to_owned(),
            TypePlan::Enum => "Kind".to_owned(),
            TypePlan::Moving => "Phase".to_owned(),
            TypePlan::Ordered => "Level".to_owned(),
            TypePlan::Value => "Spot".to_owned(),
            TypePlan::Ref(to, _) => format!(
                "-> {}",
                declared(&self.entities[usize::from(to) % self.entities.len()])
            ),
        }
    }
}

/// Whether a field is one leaf that is not a reference.
fn is_plain(ty: TypePlan) -> bool {
    !matches!(
        ty,
        TypePlan::Ref(..) | TypePlan::Value | TypePlan::Range | TypePlan::Strings | TypePlan::Json
    )
}

fn has_equality(ty: TypePlan) -> bool {
    !matches!(
        ty,
        TypePlan::Value | TypePlan::Range | TypePlan::Strings | TypePlan::Json | TypePlan::Text
    )
}

fn is_ordered(ty: TypePlan) -> bool {
    is_plain(ty)
        && !matches!(
            ty,
            TypePlan::Bool | TypePlan::Enum | TypePlan::Moving | TypePlan::Text | TypePlan::Bytes
        )
}
