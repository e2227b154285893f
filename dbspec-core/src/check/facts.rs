//! Facts: what the user said that is neither a rule nor asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::element::Elements;
use super::rules::cyclic_ownership;
use super::rules::duplicate_name::duplicate;
use super::rules::not_supported_yet::unsupported;
use super::rules::unknown_name::unknown;
use super::schema::{Schema, Source, TypeName};
use super::sink::Sink;
use crate::arena::{Arena, Run};
use crate::kernel::{ElementId, EntityId, Fact, FactId, FactKind, Target};
use crate::model::{self, Fan, FieldPath, Item, MarkKind, Member, ModifierKind, Name};
use crate::span::Span;
use crate::syntax::short;

/// The facts so far.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub arena: Arena<FactId, Fact>,
}

impl Facts {
    fn add(
        &mut self,
        element: ElementId,
        kind: FactKind,
        entity: Option<EntityId>,
        text: impl Into<Box<str>>,
    ) {
        self.arena.push(Fact {
            element,
            kind,
            entity,
            text: text.into(),
        });
    }

    /// How often and how fast something is asked.
    pub(super) fn load(&mut self, elements: &mut Elements, element: ElementId, load: &model::Load, at: Span) {
        let said = [
            ("rate", load.rate.as_ref().map(short::rate)),
            ("peak", load.peak.as_ref().map(short::rate)),
            ("p99", load.p99.as_ref().map(short::timespan)),
        ];
        for (name, text) in said {
            if let Some(text) = text {
                let part = elements.part(element, name, at);
                self.add(part, FactKind::Load, None, format!("{name} {text}"));
            }
        }
    }

    /// Something said of a query or a write as a whole.
    pub(super) fn of_load(&mut self, element: ElementId, text: String) {
        self.add(element, FactKind::Load, None, text);
    }

    /// Documentation of something.
    pub(super) fn docs(&mut self, elements: &mut Elements, element: ElementId, docs: Option<&str>) {
        if let Some(docs) = docs {
            let at = elements.arena[element].span;
            let part = elements.part(element, "documentation", at);
            let first = docs.lines().next().unwrap_or_default().trim();
            self.add(part, FactKind::Documentation, None, first);
        }
    }

    /// What is said in and about an entity.
    pub(super) fn of_entity(
        &mut self,
        schema: &Schema<'_>,
        elements: &mut Elements,
        sink: &mut Sink,
        id: EntityId,
    ) -> Run<FactId> {
        let first = self.arena.next_id();
        let entity = &schema.entities[id];
        let plan = schema.plan(id);
        self.docs(elements, entity.element, plan.decl.docs());
        let subtypes: Vec<_> = plan.subtypes.iter().zip(&entity.subtypes).collect();
        for (sub, kernel) in &subtypes {
            self.docs(elements, kernel.element, sub.entity.docs.as_deref());
        }
        let own = plan.decl.marks().iter().map(|mark| (entity.element, mark));
        let subs = subtypes
            .iter()
            .flat_map(|(sub, kernel)| sub.entity.marks.iter().map(|mark| (kernel.element, mark)));
        for (element, mark) in own.chain(subs) {
            let word = match &mark.kind {
                MarkKind::Was(old) => {
                    let part = elements.part(element, "@was", mark.at);
                    self.add(part, FactKind::Adoption, Some(id), format!("@was({old})"));
                    continue;
                }
                MarkKind::History => "`@history`",
                MarkKind::Stored(_) => "`@stored`",
                MarkKind::External => "`@external`",
                MarkKind::Abstract
                | MarkKind::Version
                | MarkKind::Audit { .. }
                | MarkKind::SoftDelete
                | MarkKind::AppendOnly
                | MarkKind::Immutable => continue,
            };
            sink.report(unsupported(word, mark.at, "leave it out"));
        }
        for field in entity.fields.iter() {
            self.of_field(schema, elements, id, field);
        }
        let parts: Vec<_> = plan.parts().collect();
        for (subtype, members) in parts {
            let element = subtype.map_or(entity.element, |at| entity.subtypes[usize::from(at)].element);
            let (mut shares, mut volumes) = (0, 0);
            for member in members {
                match member {
                    Member::Determines(it) => {
                        let list = |fields: &[model::FieldPath]| {
                            let names: Vec<String> = fields.iter().map(ToString::to_string).collect();
                            names.join(", ")
                        };
                        let text = format!("determines ({}) -> ({})", list(&it.from), list(&it.to));
                        let part = elements.part(element, text.as_str(), it.at);
                        self.add(part, FactKind::Determines, Some(id), text);
                    }
                    Member::Volume(it) => {
                        volumes += 1;
                        let name = numbered("volume", volumes);
                        let part = elements.part(element, name, it.at);
                        self.add(part, FactKind::Volume, Some(id), short::volume(it));
                    }
                    Member::Share(it) => {
                        shares += 1;
                        let part = elements.part(element, numbered("share", shares), it.at);
                        self.add(part, FactKind::Statistic, Some(id), short::share(it));
                    }
                    Member::Field(_)
                    | Member::Derive(_)
                    | Member::Check(_)
                    | Member::Key(_)
                    | Member::Unique(_)
                    | Member::Moves(_)
                    | Member::NoOverlap(_)
                    | Member::Exclusive(_)
                    | Member::AtMost(_)
                    | Member::Index(_) => {}
                }
            }
        }
        Run::new(first, self.arena.next_id())
    }

    fn of_field(
        &mut self,
        schema: &Schema<'_>,
        elements: &mut Elements,
        id: EntityId,
        field: crate::kernel::FieldId,
    ) {
        let (def, proto) = (&schema.fields[field], schema.proto(field));
        self.docs(elements, def.element, def.doc.as_deref());
        let fan: Option<(&Fan, Span)> = match proto.source {
            Source::Owner(owner) => Some((&owner.fan, owner.at)),
            Source::End(end) => Some((&end.fan, end.at)),
            Source::Declared(_)
            | Source::Derived(_)
            | Source::Is
            | Source::Version
            | Source::CreatedAt
            | Source::CreatedBy(_)
            | Source::UpdatedAt
            | Source::UpdatedBy(_)
            | Source::DeletedAt => None,
        };
        if let (Some((fan, at)), Some(element)) = (fan, proto.inverse) {
            self.fan(elements, element, id, fan, at);
        }
        if let Source::Derived(derive) = proto.source
            && let Some(old) = &derive.was
        {
            let part = elements.part(def.element, "@was", derive.at);
            self.add(part, FactKind::Adoption, Some(id), format!("@was({old})"));
        }
        for modifier in proto.modifiers() {
            let (name, kind, text) = match &modifier.kind {
                ModifierKind::Personal => ("@personal", FactKind::Personal, "@personal".to_owned()),
                ModifierKind::Avg(number) => ("@avg", FactKind::Statistic, format!("@avg({number})")),
                ModifierKind::P99(number) => ("@p99", FactKind::Statistic, format!("@p99({number})")),
                ModifierKind::Nulls(percent) => (
                    "@nulls",
                    FactKind::Statistic,
                    format!("@nulls({}%)", percent.number),
                ),
                ModifierKind::Distinct(number) => {
                    ("@distinct", FactKind::Statistic, format!("@distinct({number})"))
                }
                ModifierKind::Was(old) => ("@was", FactKind::Adoption, format!("@was({old})")),
                ModifierKind::Inverse { name: _, fan } => {
                    if let Some(element) = proto.inverse {
                        self.fan(elements, element, id, fan, modifier.at);
                    }
                    continue;
                }
                ModifierKind::Default(_)
                | ModifierKind::Bounds(_)
                | ModifierKind::OnDelete(_)
                | ModifierKind::Sharing(_)
                | ModifierKind::Key
                | ModifierKind::Unique
                | ModifierKind::Tenant
                | ModifierKind::Immutable
                | ModifierKind::Mutable
                | ModifierKind::IgnoreCase
                | ModifierKind::Matches(_)
                | ModifierKind::Lookup
                | ModifierKind::Skew { .. }
                | ModifierKind::Fill(_)
                | ModifierKind::Stored(_)
                | ModifierKind::External => continue,
            };
            let part = elements.part(def.element, name, modifier.at);
            self.add(part, kind, Some(id), text);
        }
    }

    fn fan(&mut self, elements: &mut Elements, element: ElementId, id: EntityId, fan: &Fan, at: Span) {
        for (name, number) in [("avg", &fan.avg), ("p99", &fan.p99)] {
            if let Some(number) = number {
                let part = elements.part(element, name, at);
                self.add(part, FactKind::Statistic, Some(id), format!("{name} {number}"));
            }
        }
    }

    /// What stands beside entities, accesses and writes; returns the stated targets.
    pub(super) fn beside(
        &mut self,
        schema: &Schema<'_>,
        elements: &mut Elements,
        sink: &mut Sink,
    ) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        let mut declared: BTreeMap<(&str, &str), Span> = BTreeMap::new();
        let names = Names::of(schema.model);
        names.no_cycles(sink);
        for item in &schema.model.items {
            match item {
                Item::Scale(it) => {
                    if let Some(first) = declared.insert(("scale", it.name.as_str()), it.name.at) {
                        sink.report(duplicate("scale", &it.name.text, it.name.at, first));
                    }
                    let element = elements.top(it.name.text.as_str(), it.at);
                    self.add(
                        element,
                        FactKind::Scale,
                        None,
                        format!("scale {} = {}", it.name, it.value),
                    );
                }
                Item::Session(it) => {
                    let element = elements.top("session", it.at);
                    let names: Vec<&str> = it.fields.iter().map(|field| field.name.as_str()).collect();
                    let text = format!("session {{ {} }}", names.join(", "));
                    self.add(element, FactKind::Session, None, text);
                }
                Item::Role(it) => {
                    if let Some(first) = declared.insert(("role", it.name.as_str()), it.name.at) {
                        sink.report(duplicate("role", &it.name.text, it.name.at, first));
                    }
                    let element = elements.top(it.name.text.as_str(), it.at);
                    self.add(element, FactKind::Role, None, format!("role {}", it.name));
                    names.kinds(sink, it);
                    grants(schema, &names, sink, it);
                }
                Item::Operate(it) => {
                    names.targets(sink, &it.target);
                    let element = elements.top("operate", it.at);
                    let names: Vec<&str> = it.settings.iter().map(|setting| setting.name.as_str()).collect();
                    self.add(
                        element,
                        FactKind::Operate,
                        None,
                        format!("operate {}", names.join(", ")),
                    );
                }
                Item::Prefer(it) => {
                    names.targets(sink, &it.on);
                    preferred(schema, &names, sink, &it.element);
                    let name = format!("prefer {} {}", it.choice, it.element);
                    let element = elements.top(name.as_str(), it.at);
                    let on: Vec<&str> = it.on.iter().map(model::Name::as_str).collect();
                    let text = if on.is_empty() {
                        name
                    } else {
                        format!("{name} on {}", on.join(", "))
                    };
                    self.add(element, FactKind::Prefer, None, text);
                }
                Item::Target(it) => {
                    let called = it.called();
                    if let Some(first) = declared.insert(("target", called.as_str()), called.at) {
                        sink.report(duplicate("target", &called.text, called.at, first));
                        continue;
                    }
                    let element = elements.top(called.text.as_str(), it.at);
                    let edition = it.edition.iter().map(|name| name.text.clone());
                    let options = it.options.iter().map(|setting| setting.name.text.clone());
                    targets.push(Target {
                        element,
                        name: called.text.clone(),
                        engine: it.engine.text.clone(),
                        version: it.version.as_ref().map(|version| version.text.clone()),
                        options: edition.chain(options).collect(),
                    });
                }
                Item::Workload(it) => {
                    if let Some(first) = declared.insert(("workload", it.name.as_str()), it.name.at) {
                        sink.report(duplicate("workload", &it.name.text, it.name.at, first));
                    }
                    let element = elements.top(it.name.text.as_str(), it.at);
                    self.add(element, FactKind::Load, None, format!("workload {}", it.name));
                    for part in &it.parts {
                        names.asked(sink, &part.name);
                    }
                }
                Item::Flow(it) => {
                    if let Some(first) = declared.insert(("flow", it.name.as_str()), it.name.at) {
                        sink.report(duplicate("flow", &it.name.text, it.name.at, first));
                    }
                    let element = elements.top(it.name.text.as_str(), it.at);
                    self.add(element, FactKind::Load, None, format!("flow {}", it.name));
                    for step in &it.steps {
                        names.asked(sink, step);
                    }
                }
                Item::Use(it) => sink.report(unsupported(
                    "`use` of a file that no source was given for",
                    it.at,
                    "read the files together, or put the declarations here",
                )),
                Item::Rows(it) => sink.report(unsupported("`rows`", it.at, "load the rows from files")),
                Item::Place(it) => sink.report(unsupported(
                    "`place`",
                    it.at,
                    "every target holds the whole model",
                )),
                Item::Cache(it) => sink.report(unsupported("`cache`", it.at, "leave it out")),
                Item::Feed(it) => sink.report(unsupported("`feed`", it.at, "leave it out")),
                Item::Enum(it) => {
                    if let Some(TypeName::Enum(id)) = schema.types.get(it.name.as_str()) {
                        self.docs(elements, schema.enums[*id].element, it.docs.as_deref());
                    }
                }
                Item::Type(_)
                | Item::Entity(_)
                | Item::Relation(_)
                | Item::Assert(_)
                | Item::Access(_)
                | Item::Write(_)
                | Item::Policy(_)
                | Item::Keep(_) => {}
            }
        }
        targets
    }
}

fn numbered(word: &str, number: u32) -> String {
    if number == 1 {
        word.to_owned()
    } else {
        format!("{word}#{number}")
    }
}

/// What roles may do must exist.
fn grants(schema: &Schema<'_>, names: &Names<'_>, sink: &mut Sink, role: &model::Role) {
    for grant in &role.grants {
        for object in &grant.on {
            match grant.verb {
                model::Verb::Call => names.asked(sink, &object.name),
                model::Verb::Read | model::Verb::Insert | model::Verb::Update | model::Verb::Delete => {
                    let Some(target) = schema.rows(&object.name, sink) else {
                        continue;
                    };
                    for name in &object.fields {
                        if schema.member(target, &name.text).is_none() {
                            let what = format!("field of `{}`", schema.name_of(target));
                            sink.report(unknown(&what, name, schema.member_names(target)));
                        }
                    }
                }
            }
        }
    }
}

/// What a preference is about must exist: an entity, a member of one, an access or a write.
fn preferred(schema: &Schema<'_>, names: &Names<'_>, sink: &mut Sink, element: &FieldPath) {
    let Some((first, rest)) = element.names.split_first() else {
        return;
    };
    if rest.is_empty() && names.asked.contains(first.as_str()) {
        return;
    }
    let (Some(target), Some(member)) = (schema.rows(first, sink), rest.first()) else {
        return;
    };
    if schema.member(target, &member.text).is_none() {
        let what = format!("member of `{}`", schema.name_of(target));
        sink.report(unknown(&what, member, schema.member_names(target)));
    }
}

/// What stands beside entities, by name.
struct Names<'m> {
    /// Accesses and writes.
    asked: BTreeSet<&'m str>,
    /// Targets as they are called.
    targets: BTreeSet<&'m str>,
    /// Roles, and what each is a kind of.
    roles: BTreeMap<&'m str, &'m [Name]>,
}

impl<'m> Names<'m> {
    fn of(model: &'m model::Model) -> Self {
        let mut all = Self {
            asked: BTreeSet::new(),
            targets: BTreeSet::new(),
            roles: BTreeMap::new(),
        };
        for item in &model.items {
            match item {
                Item::Access(it) => drop(all.asked.insert(it.name.as_str())),
                Item::Write(it) => drop(all.asked.insert(it.name.as_str())),
                Item::Target(it) => drop(all.targets.insert(it.called().as_str())),
                Item::Role(it) => drop(all.roles.insert(it.name.as_str(), it.is.as_slice())),
                _ => {}
            }
        }
        all
    }

    /// An access or a write that is named must exist.
    fn asked(&self, sink: &mut Sink, name: &Name) {
        if !self.asked.contains(name.as_str()) {
            sink.report(unknown("access or write", name, self.asked.iter().copied()));
        }
    }

    /// Targets that are named must be stated, where any are.
    fn targets<'n>(&self, sink: &mut Sink, named: impl IntoIterator<Item = &'n Name>) {
        for name in named {
            if !self.targets.is_empty() && !self.targets.contains(name.as_str()) {
                sink.report(unknown("target", name, self.targets.iter().copied()));
            }
        }
    }

    /// What a role is a kind of must exist.
    fn kinds(&self, sink: &mut Sink, role: &model::Role) {
        let unknowns = role.is.iter();
        for name in unknowns.filter(|name| !self.roles.contains_key(name.as_str())) {
            sink.report(unknown("role", name, self.roles.keys().copied()));
        }
    }

    /// What roles are kinds of must end.
    fn no_cycles(&self, sink: &mut Sink) {
        let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, of) in &self.roles {
            let known = of.iter().filter(|it| self.roles.contains_key(it.as_str()));
            open.insert(name, known.clone().count());
            for it in known {
                kinds.entry(it.as_str()).or_default().push(name);
            }
        }
        // A role is done when all that it is a kind of are; what stays comes back to itself, or is a kind of such.
        let roots = open.iter().filter(|(_, of)| **of == 0);
        let mut ready: Vec<&str> = roots.map(|(name, _)| *name).collect();
        while let Some(name) = ready.pop() {
            open.remove(name);
            for kind in kinds.remove(name).unwrap_or_default() {
                if let Some(of) = open.get_mut(kind) {
                    *of -= 1;
                    if *of == 0 {
                        ready.push(kind);
                    }
                }
            }
        }
        let stays = |of: &'m [Name]| of.iter().find(|it| open.contains_key(it.as_str()));
        let mut seen = BTreeSet::new();
        let mut at = open.keys().next().and_then(|name| stays(self.roles.get(name)?));
        while let Some(name) = at {
            if !seen.insert(name.as_str()) {
                let found = cyclic_ownership::RULE.error(format!("role `{name}` is a kind of itself"));
                let found = found.at(name.at, "comes back here");
                return sink.report(found.help("leave out one of the steps"));
            }
            at = self.roles.get(name.as_str()).and_then(|of| stays(of));
        }
    }
}
