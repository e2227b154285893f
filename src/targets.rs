//! Targets by name and version: what a model states as text, as the backend that compiles for it.

mod choice;
mod review;

pub use choice::{NotChosen, chosen, folder};
pub use review::{Reviewed, review};

use dbspec_core::backend::AnyBackend;
use dbspec_core::backend::view::TargetName;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{ElementId, Kernel};
use dbspec_core::span::Span;
use dbspec_core::syntax::nearest;

/// A target names an engine that nothing knows.
pub static UNKNOWN_ENGINE: Code = Code {
    id: "E0901",
    name: "unknown-engine",
    docs: "A target names an engine that dbspec doesn't know. The message lists those that it knows.",
};

/// A target states a version that its engine hasn't, or that isn't supported.
pub static UNKNOWN_VERSION: Code = Code {
    id: "E0902",
    name: "unknown-version",
    docs: "A target states a version of its engine that isn't supported. The message lists those that are.",
};

/// A target has words that its engine's compiler doesn't know.
pub static UNKNOWN_OPTION: Code = Code {
    id: "E0904",
    name: "unknown-option",
    docs: "A target has an edition or an option that its engine's compiler doesn't know, so that nothing would come of it.",
};

/// A target's engine is left out of this build.
pub static ENGINE_LEFT_OUT: Code = Code {
    id: "W0905",
    name: "engine-left-out",
    docs: "The engine's compiler is a feature of the crate `dbspec`, named like the engine, that this build has not: the \
           target is left out.",
};

/// The codes that the facade raises.
pub static CODES: &[&Code] = &[
    &UNKNOWN_ENGINE,
    &UNKNOWN_VERSION,
    &UNKNOWN_OPTION,
    &ENGINE_LEFT_OUT,
];

/// An engine that has a compiler.
struct Engine {
    name: &'static str,
    /// The supported versions, oldest first; none where the engine has no versions to choose.
    versions: &'static [u16],
    /// What a model may say of the target beside.
    options: &'static [&'static str],
    /// The compiler for a version; without versions, for 0.
    backend: fn(u16) -> Box<dyn AnyBackend>,
}

const ENGINES: &[Engine] = &[
    #[cfg(feature = "postgres")]
    Engine {
        name: "postgres",
        versions: &[13, 14, 15, 16, 17, 18],
        options: &[],
        backend: |version| Box::new(dbspec_sql::Postgres::new(version)),
    },
    #[cfg(feature = "mysql")]
    Engine {
        name: "mysql",
        versions: &[8, 9],
        options: &[],
        backend: |version| Box::new(dbspec_sql::MySql::new(version)),
    },
    #[cfg(feature = "dynamodb")]
    Engine {
        name: "dynamodb",
        versions: &[],
        options: &[],
        backend: |_| Box::new(dbspec_nosql::DynamoDb::new()),
    },
    #[cfg(feature = "mongodb")]
    Engine {
        name: "mongodb",
        versions: &[6, 7, 8],
        // What transactions need.
        options: &["replica_set"],
        backend: |version| Box::new(dbspec_nosql::MongoDb::new(version)),
    },
    #[cfg(feature = "redis")]
    Engine {
        name: "redis",
        versions: &[7, 8],
        // One slot holds a model: alone or in a cluster, the design is the same.
        options: &["cluster"],
        backend: |_| Box::new(dbspec_nosql::Redis::new()),
    },
    #[cfg(feature = "neo4j")]
    Engine {
        name: "neo4j",
        versions: &[5, 2025],
        options: &["community", "enterprise"],
        backend: |_| Box::new(dbspec_graph::Neo4j::new()),
    },
    Engine {
        name: "memory",
        versions: &[],
        options: &[],
        backend: |_| Box::new(dbspec_memory::Reference),
    },
];

/// Engines that have a compiler, but not in this build.
const LEFT_OUT: &[&str] = &[
    #[cfg(not(feature = "postgres"))]
    "postgres",
    #[cfg(not(feature = "mysql"))]
    "mysql",
    #[cfg(not(feature = "dynamodb"))]
    "dynamodb",
    #[cfg(not(feature = "mongodb"))]
    "mongodb",
    #[cfg(not(feature = "redis"))]
    "redis",
    #[cfg(not(feature = "neo4j"))]
    "neo4j",
];

/// A target and its compiler.
pub struct Target {
    /// How it is called, its engine and version.
    pub name: TargetName,
    /// The statement in the model, where it comes from one.
    pub element: Option<ElementId>,
    /// The compiler.
    pub backend: Box<dyn AnyBackend>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What no target is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotATarget {
    /// Nothing knows the engine.
    #[error("there is no engine `{engine}`{}; known: {}", hint(.near.as_deref()), known())]
    Engine {
        /// The engine as written.
        engine: String,
        /// The engine that was probably meant.
        near: Option<String>,
    },
    /// The compiler is a feature that this build hasn't.
    #[error("the compiler for {engine} is left out of this build: dbspec's feature `{engine}` brings it")]
    LeftOut {
        /// The engine.
        engine: String,
    },
    /// The engine hasn't got the version, or it isn't supported.
    #[error("{engine} `{version}` is not supported; supported: {}", versions(.engine))]
    Version {
        /// The engine.
        engine: &'static str,
        /// The version as written.
        version: String,
    },
}

fn hint(near: Option<&str>) -> String {
    near.map(|near| format!(", did you mean `{near}`?"))
        .unwrap_or_default()
}

fn known() -> String {
    let names: Vec<&str> = ENGINES.iter().map(|it| it.name).collect();
    names.join(", ")
}

fn versions(engine: &str) -> String {
    let versions = ENGINES
        .iter()
        .find(|it| it.name == engine)
        .map_or(&[][..], |it| it.versions);
    match (versions.first(), versions.last()) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        (None, _) | (_, None) => "none, as the engine has no versions to choose".to_owned(),
    }
}

/// What a model may say of an engine beside its version.
fn options(engine: &str) -> &'static [&'static str] {
    ENGINES
        .iter()
        .find(|it| it.name == engine)
        .map_or(&[][..], |it| it.options)
}

/// The compiler for an engine and a version as models write them; without a version the newest. Minor versions make no
/// difference: `17.2` is 17.
///
/// ```
/// assert!(dbspec::targets::backend("postgres", Some("17")).is_ok());
/// assert!(dbspec::targets::backend("postgres", Some("9.6")).is_err());
/// ```
///
/// # Errors
/// [`NotATarget`]
pub fn backend(engine: &str, version: Option<&str>) -> Result<(TargetName, Box<dyn AnyBackend>), NotATarget> {
    if LEFT_OUT.contains(&engine) {
        return Err(NotATarget::LeftOut {
            engine: engine.to_owned(),
        });
    }
    let Some(found) = ENGINES.iter().find(|it| it.name == engine) else {
        let known = ENGINES.iter().map(|it| it.name).chain(LEFT_OUT.iter().copied());
        return Err(NotATarget::Engine {
            engine: engine.to_owned(),
            near: nearest(engine, known).map(str::to_owned),
        });
    };
    let unsupported = |version: &str| NotATarget::Version {
        engine: found.name,
        version: version.to_owned(),
    };
    let number = match version {
        None => found.versions.last().copied(),
        Some(text) => {
            let major = text.split('.').next().and_then(|major| major.parse().ok());
            let known = major.filter(|major| found.versions.contains(major));
            Some(known.ok_or_else(|| unsupported(text))?)
        }
    };
    let name = TargetName {
        name: found.name.to_owned(),
        engine: found.name.to_owned(),
        version: number.map(|number| number.to_string()),
    };
    Ok((name, (found.backend)(number.unwrap_or(0))))
}

/// Compilers for every engine, at the newest version.
pub fn all() -> Vec<Target> {
    let found = ENGINES
        .iter()
        .filter_map(|engine| backend(engine.name, None).ok());
    found
        .map(|(name, backend)| Target {
            name,
            element: None,
            backend,
        })
        .collect()
}

/// The targets that a model states, in order, and what is wrong with those that can't be had.
pub fn stated(kernel: &Kernel) -> (Vec<Target>, Vec<Diagnostic>) {
    let mut targets = Vec::new();
    let mut found = Vec::new();
    for stated in &kernel.targets {
        let at = kernel.elements[stated.element].span;
        match backend(&stated.engine, stated.version.as_deref()) {
            Ok((name, backend)) => {
                let backend = edition(&stated.engine, &stated.options).unwrap_or(backend);
                let known = options(&stated.engine);
                if let Some(option) = stated.options.iter().find(|it| !known.contains(&it.as_str())) {
                    found.push(
                        Diagnostic::error(
                            &UNKNOWN_OPTION,
                            format!("{} has no option `{option}`", stated.engine),
                        )
                        .at(at, "")
                        .why("nothing would come of it")
                        .help("remove it"),
                    );
                    continue;
                }
                targets.push(Target {
                    name: TargetName {
                        name: stated.name.clone(),
                        ..name
                    },
                    element: Some(stated.element),
                    backend,
                });
            }
            Err(NotATarget::LeftOut { engine }) => found.push(
                Diagnostic::warning(
                    &ENGINE_LEFT_OUT,
                    format!("target is left out: no compiler for {engine}"),
                )
                .at(at, "")
                .why("it is a feature of the crate `dbspec` that this build hasn't")
                .help(format!(
                    "add the feature `{engine}`, or ask for the other targets alone"
                )),
            ),
            Err(NotATarget::Engine { engine, near }) => found.push(unknown_engine(&engine, near, at)),
            Err(NotATarget::Version { engine, version }) => {
                let what = format!("{engine} `{version}` is not supported");
                found.push(
                    Diagnostic::error(&UNKNOWN_VERSION, what)
                        .at(at, "")
                        .why(format!("supported versions: {}", versions(engine)))
                        .help("state a supported version, or none for the newest"),
                );
            }
        }
    }
    (targets, found)
}

/// The compiler for the edition that the options name, where the engine has editions.
#[cfg(feature = "neo4j")]
fn edition(engine: &str, options: &[String]) -> Option<Box<dyn AnyBackend>> {
    use dbspec_graph::neo4j::{Edition, Options};
    let edition = options.iter().find_map(|it| match (engine, it.as_str()) {
        ("neo4j", "community") => Some(Edition::Community),
        ("neo4j", "enterprise") => Some(Edition::Enterprise),
        _ => None,
    });
    Some(Box::new(dbspec_graph::Neo4j::with(
        Options::new().edition(edition?),
    )))
}

/// No engine of this build has editions.
#[cfg(not(feature = "neo4j"))]
fn edition(_: &str, _: &[String]) -> Option<Box<dyn AnyBackend>> {
    None
}

fn unknown_engine(engine: &str, near: Option<String>, at: Span) -> Diagnostic {
    Diagnostic::error(&UNKNOWN_ENGINE, format!("there is no engine `{engine}`"))
        .at(at, "")
        .why(format!("known engines: {}", known()))
        .help(match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "look at the spelling".to_owned(),
        })
}
