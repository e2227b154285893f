//! `session { … }`: who asks.

use super::Schema;
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::sink::Sink;
use crate::kernel::{Member, Type};
use crate::model::Item;

impl Schema<'_> {
    /// Resolves the members of the session.
    pub(super) fn resolve_session(&mut self, sink: &mut Sink) {
        let mut first = None;
        for item in &self.model.items {
            let Item::Session(session) = item else { continue };
            if let Some(first) = first {
                sink.report(duplicate("block", "session", session.at, first));
            }
            first.get_or_insert(session.at);
            self.elements.top("session", session.at);
            for field in &session.fields {
                if self.session_names.contains_key(field.name.as_str()) {
                    sink.report(duplicate(
                        "session member",
                        &field.name.text,
                        field.name.at,
                        session.at,
                    ));
                    continue;
                }
                let resolved = self.resolve(&field.ty, sink);
                let member = resolved.and_then(|resolved| match resolved.ty {
                    ty @ (Type::Scalar(_) | Type::Ref(_)) => Some((ty, resolved.optional)),
                    Type::Group(_) | Type::Range(_) | Type::List(_) => {
                        let what = "a session member that is neither one value nor a reference";
                        sink.report(unsupported(
                            what,
                            field.ty.at,
                            "give its parts as members of their own",
                        ));
                        None
                    }
                });
                let at = member.map(|(ty, nullable)| {
                    self.session.push(Member {
                        name: field.name.text.as_str().into(),
                        ty,
                        nullable,
                    });
                    (self.session.len() - 1) as u16
                });
                self.session_names.insert(&field.name.text, at);
            }
        }
    }
}
