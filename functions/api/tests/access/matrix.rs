//! Every operation, called with every kind of key.

use access::{ApiKey, KeyRecord, Scope};
use http::StatusCode;
use jiff::Timestamp;
use job::Tenant;
use testkit::Answer;

use crate::calls::{Call, call_of};
use crate::described::{Needs, Operation, operations};
use crate::world::{OTHER, OWNER, World, changes, names};

/// Operations that are for everybody, and say nothing of anybody. This list should only ever shrink.
const FOR_EVERYBODY: [&str; 4] = ["get_admin", "get_docs", "get_health", "get_schema"];

#[tokio::test]
async fn each_operation_lets_through_who_may_and_nobody_else() {
    let world = World::start().await;
    let keys = Keys::made(&world.stack).await;
    let mut findings = Vec::new();
    for operation in operations() {
        let Some(call) = call_of(&operation.id, &world).await else {
            findings.push(format!(
                "{}: `calls` does not say how it is called",
                operation.id
            ));
            continue;
        };
        let mut row = Row {
            world: &world,
            keys: &keys,
            operation: &operation,
            findings: Vec::new(),
        };
        row.check(call).await;
        findings.extend(row.findings);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn what_is_for_everybody_is_on_the_list() {
    let all = operations().into_iter();
    let mut open: Vec<String> = all
        .filter(|it| it.needs == Needs::Nothing)
        .map(|it| it.id)
        .collect();
    open.sort();
    assert_eq!(open, FOR_EVERYBODY);
}

/// Keys of all kinds.
struct Keys {
    /// What is no good, and why.
    bad: Vec<(&'static str, Option<String>)>,
    /// The owner's, with one scope each.
    scoped: Vec<(Scope, String)>,
    /// The owner's that permits nothing.
    idle: String,
    /// Other tenants', for everything.
    others: Vec<(&'static str, String)>,
}

impl Keys {
    async fn made(stack: &testkit::Stack) -> Self {
        let now = stack.clock.now();
        let bad = async |change: fn(&mut KeyRecord, Timestamp)| {
            let key = stack.key_but(OWNER, Scope::ALL, |record| change(record, now));
            key.await
        };
        let wrong = bad(|record, _| record.hash = ApiKey::draw().hash()).await;
        let revoked = bad(|record, now| record.revoked_at = Some(now)).await;
        let expired = bad(|record, now| record.expires_at = Some(now)).await;
        let good = stack.key(OWNER, Scope::ALL).await;
        let bad = vec![
            ("no key", None),
            ("a malformed key", Some(good[..good.len() - 1].to_owned())),
            ("a token", Some("eyJhbGciOiJub25lIn0.e30.".to_owned())),
            ("an unknown key", Some(ApiKey::draw().reveal())),
            ("a wrong secret", Some(wrong)),
            ("a revoked key", Some(revoked)),
            ("an expired key", Some(expired)),
        ];
        let mut scoped = Vec::new();
        for scope in Scope::ALL {
            scoped.push((scope, stack.key(OWNER, [scope]).await));
        }
        Self {
            bad,
            scoped,
            idle: stack.key(OWNER, []).await,
            others: vec![
                (OTHER, stack.key(OTHER, Scope::ALL).await),
                // It could act for the owner, and does not say so.
                (
                    Tenant::DEFAULT,
                    stack.key(Tenant::DEFAULT, Scope::ALL).await,
                ),
            ],
        }
    }
}

/// All calls of one operation.
struct Row<'a> {
    world: &'a World,
    keys: &'a Keys,
    operation: &'a Operation,
    findings: Vec<String>,
}

impl Row<'_> {
    async fn check(&mut self, call: Call) {
        let (needs, described) = (call.needs.name(), self.operation.needs.name());
        self.expect(needs == described, || {
            format!("it needs {needs}, and is described as needing {described}")
        });
        if call.needs == Needs::Nothing {
            self.is_for_everybody(&call).await;
        } else {
            self.is_refused_without_effect(&call).await;
            self.is_nothing_to_others(&call).await;
            self.works(call).await;
        }
    }

    async fn is_for_everybody(&mut self, call: &Call) {
        for (what, key) in &self.keys.bad {
            let answer = call.by(key.as_deref(), self.operation, self.world).await;
            self.expect_status(what, call.works, &answer);
        }
    }

    async fn is_refused_without_effect(&mut self, call: &Call) {
        let needs = call.needs;
        let (before, sent) = (self.world.all().await, self.world.sent());
        for (what, key) in &self.keys.bad {
            let answer = call.by(key.as_deref(), self.operation, self.world).await;
            self.is_unauthenticated(what, &answer);
        }
        let path = self.operation.path_of(&call.name);
        let respelt = match path.strip_suffix('/') {
            Some(bare) => bare.to_owned(),
            None => format!("{path}/"),
        };
        let answer = call.at(&respelt, None, self.operation, self.world).await;
        self.is_unauthenticated("no key, at the other spelling of its path", &answer);

        let lacking = self
            .keys
            .scoped
            .iter()
            .filter(|(scope, _)| !needs.is_met_by(*scope));
        let lacking = lacking.map(|(scope, key)| (scope.name(), key));
        let idle = Some(("no scope", &self.keys.idle)).filter(|_| needs != Needs::Caller);
        for (what, key) in lacking.chain(idle) {
            let answer = call.by(Some(key), self.operation, self.world).await;
            self.expect_status(what, StatusCode::FORBIDDEN, &answer);
            let detail = answer.json()["detail"].to_string();
            self.expect(detail.contains(&format!("`{}`", needs.name())), || {
                format!("with {what} alone it does not say what it needs: {detail}")
            });
        }
        let changed = changes(&before, &self.world.all().await);
        self.expect(changed.is_empty(), || {
            format!("a call that was refused changed {changed:?}")
        });
        let also = self.world.sent() - sent;
        self.expect(also == 0, || {
            format!("calls that were refused sent {also} messages")
        });
    }

    /// Another tenant is answered as if there were nothing, and leaves all as it is.
    async fn is_nothing_to_others(&mut self, call: &Call) {
        let before = self.world.all_of(OWNER).await;
        for (tenant, key) in &self.keys.others {
            let answer = call.by(Some(key), self.operation, self.world).await;
            if call.is_for_operators && tenant != &Tenant::DEFAULT {
                self.is_not_for(tenant, &answer);
            } else if self.operation.names_a_thing() && !call.makes_what_it_names {
                self.expect_status(tenant, StatusCode::NOT_FOUND, &answer);
                self.says_no_more_than_of_nothing(call, tenant, key, &answer)
                    .await;
            } else {
                let own = call.makes_what_it_names.then_some(StatusCode::CREATED);
                self.expect_status(tenant, own.unwrap_or(call.works), &answer);
                let text = answer.text();
                // What the caller itself named is no secret.
                let shown = names(&before).into_iter();
                let mut shown = shown.filter(|name| text.contains(name) && *name != call.name);
                let shown = shown.next();
                self.expect(shown.is_none(), || {
                    format!("it shows {shown:?} to {tenant}")
                });
            }
        }
        let changed = changes(&before, &self.world.all_of(OWNER).await);
        self.expect(changed.is_empty(), || {
            format!("another tenant changed {changed:?}")
        });
    }

    async fn says_no_more_than_of_nothing(
        &mut self,
        call: &Call,
        tenant: &str,
        key: &str,
        answer: &Answer,
    ) {
        let last = call.name.len() - 1;
        let end = if call.name.ends_with('0') { '1' } else { '0' };
        let nothing = format!("{}{end}", &call.name[..last]);
        let path = self.operation.path_of(&nothing);
        let of_nothing = call.at(&path, Some(key), self.operation, self.world).await;
        let alike = of_nothing.text().replace(&nothing, &call.name) == answer.text();
        self.expect(alike, || {
            format!("it tells {tenant} that there is something")
        });
    }

    /// Each scope that suffices does so alone.
    async fn works(&mut self, call: Call) {
        let needs = call.needs;
        let mut prepared = Some(call);
        let sufficing = self
            .keys
            .scoped
            .iter()
            .filter(|(scope, _)| needs.is_met_by(*scope));
        let sufficing = sufficing.map(|(scope, key)| (scope.name(), key));
        let idle = Some(("no scope", &self.keys.idle)).filter(|_| needs == Needs::Caller);
        for (what, key) in sufficing.chain(idle) {
            let call = match prepared.take() {
                Some(call) => call,
                None => call_of(&self.operation.id, self.world).await.unwrap(),
            };
            let answer = call.by(Some(key), self.operation, self.world).await;
            if call.is_for_operators {
                self.is_not_for(OWNER, &answer);
                continue;
            }
            self.expect_status(what, call.works, &answer);
            let is_shown = call.shows.is_none_or(|name| answer.text().contains(&name));
            self.expect(is_shown, || {
                format!("it does not show what there is: {answer:?}")
            });
        }
    }

    /// Whoever is no operator is told who may do this.
    fn is_not_for(&mut self, tenant: &str, answer: &Answer) {
        self.expect_status(tenant, StatusCode::FORBIDDEN, answer);
        let detail = answer.json()["detail"].to_string();
        self.expect(detail.contains("operator"), || {
            format!("it does not tell an admin of {tenant} who may do this: {detail}")
        });
    }

    fn is_unauthenticated(&mut self, what: &str, answer: &Answer) {
        self.expect_status(what, StatusCode::UNAUTHORIZED, answer);
        let challenge = answer.header("www-authenticate");
        self.expect(challenge.starts_with("Bearer realm="), || {
            format!("with {what} it does not say how to authenticate: {challenge}")
        });
    }

    fn expect_status(&mut self, what: &str, wanted: StatusCode, answer: &Answer) {
        let found = answer.status;
        self.expect(found == wanted, || {
            format!(
                "with {what} it answers {found}, and not {wanted}: {}",
                answer.text()
            )
        });
    }

    fn expect(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.findings
                .push(format!("{}: {}", self.operation.id, otherwise()));
        }
    }
}
