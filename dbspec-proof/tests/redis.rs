//! Redis itself: every order in which two writes' requests may reach it, servers that refuse functions, the user of the
//! scripts, and what another client's commands leave.
#![allow(clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec::Redis;
use dbspec::backend::coverage::{Outcome, RuleOutcome};
use dbspec::backend::{Ask, Compile, WriteKind};
use dbspec_core::arena::Id;
use dbspec_core::kernel::EntityId;
use dbspec_core::program::machine::{Call, Fault, Machine, Next, Reply, Verb};
use dbspec_core::program::{Program, from_json};
use dbspec_core::rows;
use dbspec_core::semantics::Operation;
use dbspec_core::value::Value;
use dbspec_live::Session;
use dbspec_proof::engine::{REDIS, created, opened, places, request};
use dbspec_proof::{compare, model};
use dbspec_testkit::bank::Bank;
use dbspec_testkit::explorer::{End, Engine, Troubles, explore, is_some_order};
use serde_json::{Value as Json, json};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

/// What there is under a tag, as one JSON document: keys and what stands there.
const SAVE: &str = "
local at, all = '0', {}
repeat
  local found = redis.call('SCAN', at, 'MATCH', KEYS[1] .. ':*', 'COUNT', 1000)
  for _, key in ipairs(found[2]) do
    local kind = redis.call('TYPE', key).ok
    if kind == 'hash' then
      all[key] = { 'HSET', redis.call('HGETALL', key) }
    elseif kind == 'zset' then
      local scored = {}
      for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
        scored[#scored + 1] = '0'
        scored[#scored + 1] = member
      end
      all[key] = { 'ZADD', scored }
    else
      all[key] = { 'SET', { redis.call('GET', key) } }
    end
  end
  at = found[1]
until at == '0'
return cjson.encode(all)";

/// Puts back what [`SAVE`] gave.
const RESTORE: &str = "
local at = '0'
repeat
  local found = redis.call('SCAN', at, 'MATCH', KEYS[1] .. ':*', 'COUNT', 1000)
  for _, key in ipairs(found[2]) do redis.call('DEL', key) end
  at = found[1]
until at == '0'
for key, it in pairs(cjson.decode(ARGV[1])) do
  redis.call(it[1], key, unpack(it[2]))
end";

/// A live server that can be copied: each copy has what stands under the tag as text, and puts it back before it is asked.
#[derive(Clone)]
struct Copied {
    session: Arc<Mutex<Box<dyn Session>>>,
    handle: Handle,
    tag: Arc<str>,
    state: Arc<str>,
}

impl Copied {
    fn script(&self, text: &str, state: Option<&str>) -> Call {
        let mut words = json!([text, 1, &*self.tag]);
        if let (Some(words), Some(state)) = (words.as_array_mut(), state) {
            words.push(state.into());
        }
        Call {
            text: "EVAL".into(),
            args: from_json(&words),
        }
    }

    fn ask(&mut self, calls: &[Call]) -> Reply {
        let restore = self.script(RESTORE, Some(&self.state));
        let save = self.script(SAVE, None);
        let session = Arc::clone(&self.session);
        let asked = self.handle.block_on(async {
            let mut session = session.lock().await;
            let before = session.calls(&[restore]).await;
            before.unwrap_or_else(|fault| panic!("{fault}"));
            let replies = session.calls(calls).await;
            let after = session.calls(&[save]).await;
            (replies, after.unwrap_or_else(|fault| panic!("{fault}")))
        });
        let (replies, after) = asked;
        let [Value::Text(state)] = after.as_slice() else {
            panic!("the state is no text");
        };
        self.state = state.to_string().into();
        replies.map_or_else(Reply::Fault, Reply::Results)
    }

    /// What stands there, but for requests that are known to be done.
    fn rows(&self) -> BTreeMap<String, Json> {
        let all: BTreeMap<String, Json> =
            serde_json::from_str(&self.state).unwrap_or_else(|error| panic!("{error}"));
        let done = format!("{}:done:", self.tag);
        let sorted = |mut it: Json| {
            // A hash's fields come in any order.
            if it[0] == "HSET" {
                let fields: Vec<Json> = it[1].as_array().cloned().unwrap_or_default();
                let mut pairs: Vec<String> = fields.chunks(2).map(|it| json!(it).to_string()).collect();
                pairs.sort();
                it[1] = json!(pairs);
            }
            it
        };
        all.into_iter()
            .filter(|(key, _)| !key.starts_with(&done))
            .map(|(key, it)| (key, sorted(it)))
            .collect()
    }
}

impl Engine for Copied {
    fn serve(&mut self, _: usize, verb: &Verb) -> Reply {
        match verb {
            Verb::Calls(calls) => self.ask(calls),
            Verb::Begin(_) | Verb::Commit | Verb::Rollback => {
                Reply::Fault(Fault::Broken("there are no transactions".into()))
            }
        }
    }

    fn leave(&mut self, _: usize) {}

    fn commute(&self, a: (usize, &Verb), b: (usize, &Verb)) -> bool {
        let reads = |verb: &Verb| match verb {
            Verb::Calls(calls) => calls.iter().all(|call| &*call.text == "FCALL_RO"),
            Verb::Begin(_) | Verb::Commit | Verb::Rollback => false,
        };
        reads(a.1) && reads(b.1)
    }
}

fn finish(engine: &mut Copied, mut machine: Machine) -> Next {
    let mut reply = Reply::Start;
    loop {
        match machine.next(reply) {
            Next::Send(sent) => reply = engine.serve(0, &sent.verb),
            end @ (Next::Done(_) | Next::Refused(_) | Next::Failed { .. }) => return end,
        }
    }
}

/// So many ways are gone at most for two writes.
const WAYS: u64 = 700;

#[tokio::test(flavor = "multi_thread")]
async fn no_order_of_requests_breaks_a_rule() {
    for place in places(&[REDIS]) {
        place
            .with_database("orders", |url| async move {
                let bank = Bank::new().unwrap_or_else(|error| panic!("{error}"));
                let (_, prefix) = url.split_once("?prefix=").unwrap_or_else(|| panic!("no tag"));
                created(&url, &bank.kernel).await;
                let session = opened(&url).await.session().await;
                let session = session.unwrap_or_else(|fault| panic!("{fault}"));
                let engine = Copied {
                    session: Arc::new(Mutex::new(session)),
                    handle: Handle::current(),
                    tag: format!("{{{prefix}}}").into(),
                    state: "{}".into(),
                };
                let prefix = prefix.to_owned();
                let done = tokio::task::spawn_blocking(move || explored(&bank, &prefix, &engine)).await;
                if let Err(error) = done {
                    std::panic::resume_unwind(error.into_panic());
                }
            })
            .await;
    }
}

fn explored(bank: &Bank, prefix: &str, engine: &Copied) {
    let redis = Redis::with(tagged(prefix));
    let lowered = redis
        .lower(&bank.kernel, None)
        .unwrap_or_else(|error| panic!("{error}"));
    // One program does all writes.
    let program = redis.write_program(&lowered, WriteKind::Insert(EntityId::new(0)));
    let program: Arc<Program> = Arc::new(program.unwrap_or_else(|error| panic!("{error}")));
    let mut first = engine.clone();
    for (at, operation) in bank.rows.iter().enumerate() {
        let machine = Machine::write(Arc::clone(&program), operation.clone(), Bank::context(at + 100));
        let end = finish(&mut first, machine);
        assert!(matches!(end, Next::Done(_)), "{end:?}");
    }
    let same = |a: &Copied, b: &Copied| a.rows() == b.rows();
    let (mut done, mut refused, mut ways) = (0, 0, 0);
    for (name, pair) in &bank.pairs {
        let machines: Vec<Machine> = pair
            .iter()
            .enumerate()
            .map(|(at, operation)| Machine::write(Arc::clone(&program), operation.clone(), Bank::context(at)))
            .collect();
        for troubles in [Troubles::NONE, Troubles { stops: 0, losses: 1 }] {
            let mut right: Vec<(Copied, Vec<_>)> = Vec::new();
            let found = explore(&first, machines.clone(), troubles, WAYS, |engine, ends| {
                // A lost reply is no failure: the request is known when it comes again.
                let failed = |end: &&End| matches!(end, End::Failed(..));
                if let Some(end) = ends.iter().find(failed) {
                    return Err(format!("{end:?}"));
                }
                if right
                    .iter()
                    .any(|(it, of)| of.as_slice() == ends && same(it, engine))
                {
                    return Ok(());
                }
                if !is_some_order(&first, &machines, engine, ends, same) {
                    return Err(format!("{ends:?} leave rows that no order leaves"));
                }
                right.push((engine.clone(), ends.to_vec()));
                Ok(())
            });
            let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
            done += found.done;
            refused += found.refused;
            ways += found.ways;
        }
    }
    assert!(
        done > 500 && refused > 50,
        "{ways} ways: {done} done, {refused} refused"
    );
}

fn tagged(prefix: &str) -> <Redis as Compile>::Options {
    <Redis as Compile>::Options::new().prefix(prefix)
}

/// The URL of another user.
fn as_user(url: &str, user: &str) -> String {
    url.replacen("redis://", &format!("redis://{user}:secret@"), 1)
}

/// Loads the shop's rows as a user and asks every query.
async fn shop_as(url: &str) {
    let kernel = model::example("shop");
    let rows = model::shop_rows(&kernel);
    let memory = model::memory(&kernel, rows.clone());
    let client = dbspec_live::Client::connect(url, Arc::clone(&kernel)).await;
    let client = client.unwrap_or_else(|error| panic!("{error}"));
    let count = rows.len();
    let loaded = client.load(rows, &mut |_, _| {}).await;
    assert_eq!(loaded.unwrap_or_else(|error| panic!("{error}")), count);
    let mut compared = 0;
    for query in kernel.queries.ids() {
        for args in dbspec_proof::draw::arguments(&memory, query, 2) {
            let context = model::context(&kernel);
            let rows = compare::same_answers(&client, &memory, (query, &args), &context).await;
            compared += rows.unwrap_or_else(|error| panic!("{error}"));
        }
    }
    assert!(compared > 0, "no row was compared");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_functions_are_refused_a_script_does() {
    for place in places(&[REDIS]) {
        let at = place.url().to_owned();
        place
            .with_database("script", |url| async move {
                let admin = opened(&at).await;
                let (_, prefix) = url.split_once("?prefix=").unwrap_or_else(|| panic!("no tag"));
                let user = format!("dbspec.{prefix}.none");
                let rights = json!([
                    user,
                    "reset",
                    "on",
                    ">secret",
                    "~*",
                    "+@all",
                    "-function",
                    "-fcall",
                    "-fcall_ro"
                ]);
                request(&*admin, "ACL SETUSER", &rights).await;
                let own = as_user(&url, &user);
                let kernel = model::example("shop");
                let client = created(&own, &kernel).await;
                drop(client);
                shop_as(&own).await;
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripts_user_runs_programs_on_the_models_keys_alone() {
    for place in places(&[REDIS]) {
        place
            .with_database("user", |url| async move {
                created(&url, &model::example("shop")).await;
                let admin = opened(&url).await;
                let (_, prefix) = url.split_once("?prefix=").unwrap_or_else(|| panic!("no tag"));
                let user = format!("dbspec.{prefix}");
                request(&*admin, "ACL SETUSER", &json!([user, "on", ">secret"])).await;
                let own = as_user(&url, &user);
                shop_as(&own).await;
                let mut session = opened(&own)
                    .await
                    .session()
                    .await
                    .unwrap_or_else(|it| panic!("{it}"));
                for (text, args) in [
                    ("SET", json!(["another:key", "x"])),
                    ("FCALL_RO", json!(["dbspec_rows", 1, "another:key"])),
                    ("FLUSHALL", json!([])),
                    ("CONFIG SET", json!(["maxmemory", "1"])),
                ] {
                    let call = Call {
                        text: text.into(),
                        args: from_json(&args),
                    };
                    let refused = session.calls(&[call]).await;
                    assert!(
                        matches!(&refused, Err(Fault::Broken(says)) if says.contains("NOPERM")),
                        "{text}: {refused:?}"
                    );
                }
            })
            .await;
    }
}

const WITNESSED: &str = "model witness
enum Size { small large }
entity Owner {
  id: int32 @key
  name: string(5) @unique
  size: Size = small
  born: date?
  stars: int32? 1..5
}
entity Child { id: int32 @key  owner: -> Owner inverse children 0..2 }
";

/// What another client puts into a field of the first row, though a rule forbids it.
const VIOLATIONS: [(&str, &str, &str); 7] = [
    ("Owner", "name", "too long"),
    ("Owner", "name", "two"),
    ("Owner", "size", "huge"),
    ("Owner", "born", "yesterday"),
    ("Owner", "stars", "6"),
    ("Owner", "stars", "many"),
    ("Child", "owner.id", "9"),
];

/// What the vendor's client says to commands.
fn said_to(url: &str, commands: &str) -> String {
    let (bare, _) = url.split_once('?').unwrap_or((url, ""));
    let mut client = std::process::Command::new(model::repository("engines/client"))
        .args(["redis", bare])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("redis-cli: {error}"));
    if let Some(mut input) = client.stdin.take() {
        std::io::Write::write_all(&mut input, commands.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    }
    let run = client
        .wait_with_output()
        .unwrap_or_else(|error| panic!("redis-cli: {error}"));
    let says = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{commands}: {says}");
    says
}

/// The audits of all guarded rules.
fn audits(client: &dbspec_live::Client) -> Vec<String> {
    let lowered = client.lowered().unwrap_or_else(|| panic!("it has a design"));
    let entries = lowered.report().coverage.iter();
    let audits = entries.filter_map(|(_, entry)| match &entry.outcome {
        Outcome::Rule(RuleOutcome::Guarded { audit, .. }) => Some(audit.text.to_string()),
        _ => None,
    });
    audits.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_client_writes_is_taken_and_shown_by_audits() {
    for place in places(&[REDIS]) {
        place
            .with_database("witnesses", |url| async move {
                let client = created(&url, &model::kernel(WITNESSED)).await;
                let kernel = Arc::clone(client.kernel());
                for (entity, row) in [
                    ("Owner", json!({ "id": 1, "name": "one" })),
                    ("Owner", json!({ "id": 2, "name": "two" })),
                    ("Child", json!({ "id": 1, "owner": 1 })),
                ] {
                    let entity = kernel.entity(entity).unwrap_or_else(|| panic!("no {entity}"));
                    let row = rows::row_of(&kernel, entity, &row).unwrap_or_else(|error| panic!("{error}"));
                    let insert = Operation::Insert(vec![(entity, row)]);
                    let done = client.write(insert, &model::context(&kernel)).await;
                    done.unwrap_or_else(|error| panic!("{error}"));
                }
                let audits = audits(&client);
                let engine = opened(&url).await;
                let (_, prefix) = url.split_once("?prefix=").unwrap_or_else(|| panic!("no tag"));
                for (entity, field, value) in VIOLATIONS {
                    let names = format!("{{{prefix}}}:{entity}");
                    let first = request(&*engine, "ZRANGE", &json!([names, 0, 0])).await;
                    let first = first[0].as_str().unwrap_or_else(|| panic!("no row")).to_owned();
                    let key = format!("{names}:{first}");
                    let before = request(&*engine, "HGET", &json!([key, field])).await;
                    request(&*engine, "HSET", &json!([key, field, value])).await;
                    let spoken = format!("{names}:*->{field}\"");
                    let spoken: Vec<&String> = audits.iter().filter(|it| it.contains(&spoken)).collect();
                    assert!(!spoken.is_empty(), "no audit looks at {entity}.{field}");
                    for audit in spoken {
                        let says = said_to(&url, &format!("{audit}\n"));
                        let lines: Vec<&str> = says.lines().collect();
                        let row = lines.iter().position(|it| **it == *first);
                        let row = row.unwrap_or_else(|| panic!("{audit}: no row {first} in {says}"));
                        assert!(lines[row..].contains(&value), "{audit}: no {value} in {says}");
                    }
                    match before.as_str() {
                        Some(before) => request(&*engine, "HSET", &json!([key, field, before])).await,
                        None => request(&*engine, "HDEL", &json!([key, field])).await,
                    };
                }
                // The server takes every one of them, as it does the shop's.
                let shop = dbspec_live::Client::connect(&url, model::example("shop")).await;
                let shop = shop.unwrap_or_else(|error| panic!("{error}"));
                let all = [audits, self::audits(&shop)].concat().join("\n");
                let says = said_to(&url, &format!("{all}\n"));
                assert!(!says.contains("ERR"), "{says}");
            })
            .await;
    }
}
