//! What can happen, drawn at random.

use proptest::prelude::*;
use testkit::Fault;

/// One thing that happens.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A client calls.
    Call(Call),
    /// Several clients call at the same time.
    Together(Vec<Call>),
    /// A client calls, and the API dies before it calls the table or the queue for this.
    Die(Call, Death),
    /// A client reads the next page of a list, or the first one if it reads none.
    Page(Filter),
    /// A worker takes what is in the queue.
    Work,
    /// The same, and it dies.
    WorkAndDie(Death),
    /// The reaper takes what the queue has given up on.
    Reap,
    /// A call to the table or the queue will go wrong.
    Break(Death, Fault),
    /// So many seconds pass.
    Pass(u64),
}

/// A call that a client makes. Jobs are meant by their number, counted round.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Start { body: Body, key: Option<u8> },
    Status(usize),
    Result(usize),
    Cancel(usize),
    Retry { job: usize, key: Option<u8> },
    Remove(usize),
}

/// What is submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Body {
    /// A number that the text holds, and that its result has to hold, too.
    pub(crate) number: u8,
    /// The value of a tag.
    pub(crate) tag: u8,
    pub(crate) kind: Kind,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It completes.
    Readable,
    /// There is nothing to be read from it: it fails.
    Damaged,
    /// Two documents in one job.
    Two,
}

/// Which jobs are listed.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    /// By their statuses; none: whatever they are.
    pub(crate) statuses: Vec<&'static str>,
    pub(crate) tag: Option<u8>,
    /// By the media type of damaged ones.
    pub(crate) damaged: bool,
    pub(crate) limit: usize,
}

/// A call that a process does not make any more: the `after`th of this operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Death {
    pub(crate) operation: &'static str,
    pub(crate) after: usize,
}

/// Steps of clients and workers, where nothing goes wrong.
pub(crate) fn smooth() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(calm(), 1..40)
}

/// A few of them.
pub(crate) fn few() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(calm(), 1..16)
}

/// Steps among which calls go wrong and processes die.
pub(crate) fn rough() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        12 => calm(),
        3 => (call(), death()).prop_map(|(call, death)| Step::Die(call, death)),
        3 => death().prop_map(Step::WorkAndDie),
        3 => (death(), fault()).prop_map(|(death, fault)| Step::Break(death, fault)),
    ];
    prop::collection::vec(step, 1..50)
}

fn calm() -> impl Strategy<Value = Step> {
    // A day and an hour: idempotency keys are forgotten.
    let seconds = prop_oneof![3 => Just(1_u64), 3 => Just(31), 2 => Just(400), 1 => Just(90_000)];
    prop_oneof![
        14 => call().prop_map(Step::Call),
        2 => prop::collection::vec(call(), 2..4).prop_map(Step::Together),
        6 => filter().prop_map(Step::Page),
        5 => Just(Step::Work),
        1 => Just(Step::Reap),
        2 => seconds.prop_map(Step::Pass),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    // Few keys, so that they meet.
    let key = || prop::option::weighted(0.4, 0..3_u8);
    let job = || 0..12_usize;
    prop_oneof![
        8 => (body(), key()).prop_map(|(body, key)| Call::Start { body, key }),
        3 => job().prop_map(Call::Status),
        3 => job().prop_map(Call::Result),
        3 => job().prop_map(Call::Cancel),
        4 => (job(), key()).prop_map(|(job, key)| Call::Retry { job, key }),
        2 => job().prop_map(Call::Remove),
    ]
}

fn body() -> impl Strategy<Value = Body> {
    let kind =
        prop_oneof![4 => Just(Kind::Readable), 2 => Just(Kind::Damaged), 1 => Just(Kind::Two)];
    (0..3_u8, 0..2_u8, kind).prop_map(|(number, tag, kind)| Body { number, tag, kind })
}

fn filter() -> impl Strategy<Value = Filter> {
    let statuses = prop::sample::subsequence(
        vec!["pending", "running", "completed", "failed", "cancelled"],
        0..=5,
    );
    let tag = prop::option::weighted(0.3, 0..2_u8);
    (statuses, tag, prop::bool::weighted(0.2), 1..5_usize).prop_map(
        |(statuses, tag, damaged, limit)| Filter {
            statuses,
            tag,
            damaged,
            limit,
        },
    )
}

fn death() -> impl Strategy<Value = Death> {
    let operation = prop::sample::select(vec![
        "UpdateItem",
        "PutItem",
        "GetItem",
        "DeleteItem",
        "Query",
        "SendMessage",
    ]);
    (operation, 0..3_usize).prop_map(|(operation, after)| Death { operation, after })
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::DropAnswer),
        Just(Fault::CutAnswer),
        Just(Fault::DropRequest),
        Just(Fault::Twice),
        Just(Fault::ServerError),
        Just(Fault::Throttle),
    ]
}

impl Body {
    /// The text that is submitted.
    pub(crate) fn text(self) -> String {
        format!("Write to user{}@example.com.", self.number)
    }

    /// Where it can end, if nothing goes wrong.
    pub(crate) fn end(self) -> crate::model::Status {
        match self.kind {
            Kind::Readable | Kind::Two => crate::model::Status::Completed,
            Kind::Damaged => crate::model::Status::Failed,
        }
    }
}
