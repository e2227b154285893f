//! What passes between a machine and whoever drives it.

use std::fmt;

use crate::kernel::Refusal;
use crate::value::Value;

/// What a machine does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send this and tell the reply.
    Send(Sent),
    /// It is done. Of a query a map `{rows, next}`, of a write what the operation returns.
    Done(Value),
    /// Rules are broken: nothing was changed. In order, without repeats, never empty.
    Refused(Vec<Refusal>),
    /// It failed.
    Failed {
        /// Why.
        fault: Fault,
        /// Whether something may have been changed.
        applied: Applied,
    },
}

/// Whether a failed program may have changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing was changed.
    No,
    /// It can't be told.
    Unknown,
}

/// Something to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// How long to wait before, in milliseconds; usually 0.
    pub after_ms: u32,
    /// What.
    pub verb: Verb,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A transaction begins on a session of its own, in these words. Answered by [`Reply::Done`].
    Begin(Box<str>),
    /// It is committed. Answered by [`Reply::Done`].
    Commit,
    /// It is rolled back, its session given up if need be. Answered by [`Reply::Done`].
    Rollback,
    /// Requests, in the transaction where one has begun, that may go out at once. Answered by [`Reply::Results`].
    Calls(Vec<Call>),
}

/// A request.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// A statement, or the name of a call.
    pub text: Box<str>,
    /// Its binds, or its document.
    pub args: Value,
}

/// The text alone: arguments may be secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

/// What the engine said.
#[derive(Clone, PartialEq, Eq)]
pub enum Reply {
    /// Nothing yet: the machine starts.
    Start,
    /// A transaction began or ended as was said.
    Done,
    /// One result per call, in order.
    Results(Vec<Value>),
    /// It went wrong.
    Fault(Fault),
}

/// Without values: they may be secrets.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("Start"),
            Self::Done => f.write_str("Done"),
            Self::Results(results) => write!(f, "Results({})", results.len()),
            Self::Fault(fault) => f.debug_tuple("Fault").field(fault).finish(),
        }
    }
}

/// What went wrong, as a driver translates it.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A constraint of this name is broken; nothing was done.
    #[error("the constraint {0} is broken")]
    Constraint(Box<str>),
    /// Conditions failed; nothing was done. Per action: `None` where it was fine, else what stood there, null if nothing.
    #[error("a condition doesn't hold")]
    Cancelled(Vec<Option<Value>>),
    /// Somebody else was at the same data; nothing was done.
    #[error("somebody else was at the same data")]
    Conflict,
    /// The engine takes no more requests now; nothing was done.
    #[error("the engine takes no more requests now")]
    Throttled,
    /// The reply or the connection was lost: it may have been done.
    #[error("the connection to the engine was lost")]
    Lost,
    /// A limit of the engine, named; nothing was done.
    #[error("beyond a limit of the engine: {0}")]
    Limit(Box<str>),
    /// Anything else, in the engine's words.
    #[error("{0}")]
    Broken(Box<str>),
}

/// Without values: they may be secrets.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constraint(name) => f.debug_tuple("Constraint").field(name).finish(),
            Self::Cancelled(actions) => {
                let failed: Vec<_> = actions.iter().map(Option::is_some).collect();
                f.debug_tuple("Cancelled").field(&failed).finish()
            }
            Self::Conflict => f.write_str("Conflict"),
            Self::Throttled => f.write_str("Throttled"),
            Self::Lost => f.write_str("Lost"),
            Self::Limit(says) => f.debug_tuple("Limit").field(says).finish(),
            Self::Broken(says) => f.debug_tuple("Broken").field(says).finish(),
        }
    }
}
