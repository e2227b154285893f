//! One database of one model.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dbspec_core::backend::{AnyBackend, AnyDesign, Lowered, Script, WriteKind};
use dbspec_core::kernel::{EntityId, Kernel, QueryId};
use dbspec_core::program::Program;
use dbspec_core::program::machine::{Applied, Fault, Machine, Next, Reply, Verb};
use dbspec_core::rows::{Given, units};
use dbspec_core::semantics::{Answer, Asked, Context, Operation};
use dbspec_core::value::Value;
use dbspec_memory::Memory;

use crate::engine::{Engine, Session, open};
use crate::{Address, LiveError, Progress, read_folder};

/// How many rows go into one write when rows are loaded, at first; a write that is beyond the engine's limit is halved.
const ROWS_PER_WRITE: usize = 200;

/// One database of one model.
pub struct Client {
    kernel: Arc<Kernel>,
    address: Address,
    side: Side,
    fresh: AtomicU64,
}

/// What is behind a client.
enum Side {
    Memory(Mutex<Memory>),
    Live(Live),
}

/// A database behind a driver, with the design that it has.
struct Live {
    engine: Box<dyn Engine>,
    backend: Arc<dyn AnyBackend>,
    lowered: Lowered<Box<dyn AnyDesign>>,
    queries: Mutex<BTreeMap<QueryId, Arc<Program>>>,
    writes: Mutex<BTreeMap<WriteKind, Arc<Program>>>,
}

impl Client {
    /// Connects to the database of a URL. What it holds is taken to have the design of the model.
    ///
    /// # Errors
    /// What is no address, can't be reached, or isn't of a version that dbspec compiles for.
    pub async fn connect(url: &str, kernel: Arc<Kernel>) -> Result<Self, LiveError> {
        let address = Address::parse(url)?;
        let side = match &address {
            Address::Memory(folder) => {
                let mut memory = Memory::new(Arc::clone(&kernel));
                if let Some(folder) = folder {
                    let rows = read_folder(&kernel, folder)?;
                    memory.load(rows).map_err(memory_error)?;
                }
                Side::Memory(Mutex::new(memory))
            }
            Address::Postgres(_)
            | Address::MySql(_)
            | Address::DynamoDb(_)
            | Address::MongoDb(_)
            | Address::Redis(_)
            | Address::Neo4j(_) => Side::Live(Live::new(open(&address).await?, &kernel)?),
        };
        Ok(Self {
            kernel,
            address,
            side,
            fresh: AtomicU64::new(0),
        })
    }

    /// A client of an engine that the caller brings.
    ///
    /// # Errors
    /// A fault of the backend.
    pub fn with_engine(
        engine: Box<dyn Engine>,
        address: Address,
        kernel: Arc<Kernel>,
    ) -> Result<Self, LiveError> {
        let side = Side::Live(Live::new(engine, &kernel)?);
        Ok(Self {
            kernel,
            address,
            side,
            fresh: AtomicU64::new(0),
        })
    }

    /// The model.
    pub fn kernel(&self) -> &Arc<Kernel> {
        &self.kernel
    }

    /// Where the database is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Everything known of the design; `None` for the reference engine, which has none.
    pub fn lowered(&self) -> Option<&Lowered<Box<dyn AnyDesign>>> {
        match &self.side {
            Side::Memory(_) => None,
            Side::Live(live) => Some(&live.lowered),
        }
    }

    /// The time and a fresh seed from the operating system, for one request of whoever the session says.
    pub fn context(&self, session: Vec<Value>) -> Context {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
        hasher.write_u64(self.fresh.fetch_add(1, Ordering::Relaxed));
        hasher.write_u128(since.as_nanos());
        let session = if session.is_empty() {
            vec![Value::Null; self.kernel.session.len()]
        } else {
            session
        };
        Context {
            now,
            seed: hasher.finish(),
            session,
        }
    }

    /// Creates the design in an empty database.
    ///
    /// # Errors
    /// [`LiveError::NotEmpty`] where it isn't; what the engine says against a statement.
    pub async fn apply(&self) -> Result<(), LiveError> {
        let Side::Live(live) = &self.side else {
            return Ok(());
        };
        let script = live.script()?;
        let names = live.engine.occupied(&script).await?;
        if !names.is_empty() {
            return Err(LiveError::NotEmpty { names });
        }
        live.engine.apply(&script).await
    }

    /// Asks a query.
    ///
    /// # Errors
    /// What the target doesn't serve, or the engine says.
    pub async fn query(&self, asked: Asked, context: &Context) -> Result<Answer, LiveError> {
        match &self.side {
            Side::Memory(memory) => Ok(locked(memory).answer(&asked, context)),
            Side::Live(live) => {
                let program = live.query_program(asked.query)?;
                let done = live.run(Machine::query(program, asked, context.clone())).await?;
                answer(done)
            }
        }
    }

    /// Does a write and returns what it returns.
    ///
    /// # Errors
    /// The rules that refuse it, what the target doesn't serve, or what the engine says.
    pub async fn write(&self, operation: Operation, context: &Context) -> Result<Value, LiveError> {
        match &self.side {
            Side::Memory(memory) => locked(memory)
                .apply(&operation, context)
                .map_err(|refusals| LiveError::refused(&self.kernel, refusals)),
            Side::Live(live) => {
                let program = live.write_program(kind(&operation))?;
                live.run(Machine::write(program, operation, context.clone()))
                    .await
            }
        }
    }

    /// Loads rows in the order that references need, in writes as large as the engine allows. Returns how many there are.
    ///
    /// # Errors
    /// As [`write`](Self::write): what was written before stays.
    pub async fn load(
        &self,
        rows: Vec<(EntityId, Given)>,
        progress: &mut Progress<'_>,
    ) -> Result<usize, LiveError> {
        let all = rows.len();
        if let Side::Memory(memory) = &self.side {
            let loaded = locked(memory).load(rows).map_err(memory_error)?;
            progress(loaded, all);
            return Ok(loaded);
        }
        let mut done = 0;
        let mut batch: Vec<Vec<(EntityId, Given)>> = Vec::new();
        let mut most = ROWS_PER_WRITE;
        let mut units = units(&self.kernel, rows).into_iter().peekable();
        while let Some(unit) = units.next() {
            batch.push(unit);
            let size: usize = batch.iter().map(Vec::len).sum();
            let next = units.peek().map_or(usize::MAX, Vec::len);
            if size.saturating_add(next) > most {
                self.load_batch(std::mem::take(&mut batch), &mut most).await?;
                done += size;
                progress(done, all);
            }
        }
        Ok(done)
    }

    /// Writes units at once, or in halves where that is too much.
    async fn load_batch(
        &self,
        batch: Vec<Vec<(EntityId, Given)>>,
        most: &mut usize,
    ) -> Result<(), LiveError> {
        let mut waiting = vec![batch];
        while let Some(mut batch) = waiting.pop() {
            let rows: Vec<_> = batch.iter().flatten().cloned().collect();
            let size = rows.len();
            let context = self.context(Vec::new());
            match self.write(Operation::Insert(rows), &context).await {
                Ok(_) => {}
                Err(LiveError::Limit(_)) if batch.len() > 1 => {
                    *most = (size / 2).max(1);
                    let second = batch.split_off(batch.len() / 2);
                    waiting.push(second);
                    waiting.push(batch);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Live {
    fn new(engine: Box<dyn Engine>, kernel: &Arc<Kernel>) -> Result<Self, LiveError> {
        let backend = engine.backend();
        let lowered = backend.compile(kernel, None)?;
        Ok(Self {
            engine,
            backend,
            lowered,
            queries: Mutex::default(),
            writes: Mutex::default(),
        })
    }

    fn script(&self) -> Result<Script, LiveError> {
        let script = self.backend.script(self.lowered.design.as_ref());
        script.map_err(|wrong| LiveError::Fault(wrong.to_string()))
    }

    fn query_program(&self, query: QueryId) -> Result<Arc<Program>, LiveError> {
        if let Some(program) = locked(&self.queries).get(&query) {
            return Ok(Arc::clone(program));
        }
        let asking = self.backend.asking().ok_or_else(no_programs)?;
        let program = Arc::new(asking.ask_query(&self.lowered, query)?);
        locked(&self.queries).insert(query, Arc::clone(&program));
        Ok(program)
    }

    fn write_program(&self, kind: WriteKind) -> Result<Arc<Program>, LiveError> {
        if let Some(program) = locked(&self.writes).get(&kind) {
            return Ok(Arc::clone(program));
        }
        let asking = self.backend.asking().ok_or_else(no_programs)?;
        let program = Arc::new(asking.ask_write(&self.lowered, kind)?);
        locked(&self.writes).insert(kind, Arc::clone(&program));
        Ok(program)
    }

    /// Runs a machine to its end.
    async fn run(&self, mut machine: Machine) -> Result<Value, LiveError> {
        let mut session: Option<Box<dyn Session>> = None;
        let mut reply = Reply::Start;
        loop {
            let sent = match machine.next(reply) {
                Next::Send(sent) => sent,
                Next::Done(value) => return Ok(value),
                Next::Refused(refusals) => return Err(LiveError::refused(self.lowered.kernel(), refusals)),
                Next::Failed { fault, applied } => return Err(failed(&fault, applied)),
            };
            if sent.after_ms > 0 {
                tokio::time::sleep(Duration::from_millis(u64::from(sent.after_ms))).await;
            }
            let opened = match session.take() {
                Some(session) => Ok(session),
                None => self.engine.session().await,
            };
            let mut open = match opened {
                Ok(session) => session,
                Err(fault) => {
                    reply = Reply::Fault(fault);
                    continue;
                }
            };
            reply = match &sent.verb {
                Verb::Begin(words) => open
                    .begin(words)
                    .await
                    .map_or_else(Reply::Fault, |()| Reply::Done),
                Verb::Commit => open.commit().await.map_or_else(Reply::Fault, |()| Reply::Done),
                Verb::Rollback => {
                    open.rollback().await;
                    Reply::Done
                }
                Verb::Calls(calls) => open.calls(calls).await.map_or_else(Reply::Fault, Reply::Results),
            };
            session = Some(open);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is whole at all times: a panic of somebody else leaves nothing half done in it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_programs() -> LiveError {
    LiveError::Fault("the backend makes no programs".to_owned())
}

fn memory_error(error: dbspec_memory::MemoryError) -> LiveError {
    match error {
        dbspec_memory::MemoryError::Refused { refusals, names } => LiveError::Refused { refusals, names },
        other => LiveError::Failed(other.to_string()),
    }
}

fn failed(fault: &Fault, applied: Applied) -> LiveError {
    match (fault, applied) {
        (Fault::Limit(says), Applied::No) => LiveError::Limit(says.to_string()),
        (fault, Applied::No) => LiveError::Failed(fault.to_string()),
        (fault, Applied::Unknown) => LiveError::Unknown(fault.to_string()),
    }
}

/// What a query's program returns.
fn answer(done: Value) -> Result<Answer, LiveError> {
    let Value::Map(members) = done else {
        return Err(LiveError::Fault("a query returned no map".to_owned()));
    };
    let mut answer = Answer::default();
    for (name, value) in members {
        match (&*name, value) {
            ("rows", Value::List(rows)) => answer.rows = rows,
            ("next", Value::List(next)) => answer.next = Some(next),
            _ => {}
        }
    }
    Ok(answer)
}

/// Which program an operation needs.
fn kind(operation: &Operation) -> WriteKind {
    match operation {
        Operation::Insert(rows) => {
            let first = rows.first().map(|(entity, _)| *entity);
            WriteKind::Insert(first.unwrap_or_else(|| dbspec_core::arena::Id::new(0)))
        }
        Operation::Update { entity, .. } | Operation::Upsert(entity, _) | Operation::Restore(entity, _) => {
            WriteKind::Update(*entity)
        }
        Operation::Delete(entity, _) | Operation::Purge(entity, _) => WriteKind::Delete(*entity),
        Operation::Call(write, _) => WriteKind::Call(*write),
    }
}
