//! How each operation is called so that it works, and what its caller needs for that.
//!
//! Both are said here once more, by hand: an operation that comes to need less than is said here is found out.

use access::Scope::{self, Admin, ExtractorsWrite, ScanRead, ScanWrite};
use axum::body::Body;
use http::{Request, StatusCode};
use testkit::Answer;

use crate::described::{Needs, Operation};
use crate::world::{OWNER, World};

/// Names that are found in an answer in which they should not be.
const EXTRACTOR: &str = "quetzalcoatlus-invoice";
const SAVED: &str = "quetzalcoatlus-receipt";

/// A call of an operation, which works for whoever may make it.
#[derive(Debug)]
pub(crate) struct Call {
    /// What its caller needs.
    pub(crate) needs: Needs,
    /// What it is answered then.
    pub(crate) works: StatusCode,
    /// What names the owner's thing in the path.
    pub(crate) name: String,
    /// What the owner finds in the answer, and nobody else.
    pub(crate) shows: Option<String>,
    /// Whether the path names what is to be made, so that another tenant makes its own.
    pub(crate) makes_what_it_names: bool,
    /// Whether it is for operators alone, though a tenant's admin has the scope.
    pub(crate) is_for_operators: bool,
    query: &'static str,
    content_type: &'static str,
    body: &'static str,
}

/// The call of this operation, and all that has to be there before; none for an operation of which nobody has said how it is called.
pub(crate) async fn call_of(operation: &str, world: &World) -> Option<Call> {
    let job = || world.stack.job().of(OWNER);
    let told = || job().webhook("https://example.org/hook");
    Some(match operation {
        "get_health" | "get_schema" | "get_docs" | "get_admin" => Call::for_everybody(),

        "start_scan" => needs(ScanWrite)
            .sends("text/plain", "Write to a@test.com.")
            .answers(StatusCode::ACCEPTED),
        "list_scans" => needs(ScanRead).shows(&job().pending().await.key.id),
        "get_scan_status" => needs(ScanRead).of(&job().pending().await.key.id),
        "get_scan_request" => needs(ScanRead).of(&job().pending().await.key.id),
        "get_scan_result" => needs(ScanRead).of(&job().completed().await.id),
        "get_scan_events" => needs(ScanRead).of(&job().completed().await.id),
        "cancel_scan" => needs(ScanWrite).of(&job().pending().await.key.id),
        "retry_scan" => needs(ScanWrite)
            .of(&job().failed().await.id)
            .answers(StatusCode::ACCEPTED),
        "remove_scan" => needs(ScanWrite)
            .of(&job().completed().await.id)
            .answers(StatusCode::NO_CONTENT),

        "create_upload" => needs(ScanWrite)
            .sends("application/json", r#"{"bytes": 10}"#)
            .answers(StatusCode::CREATED),
        "get_upload" => needs(ScanRead).of(&world.upload().await),
        "remove_upload" => needs(ScanWrite)
            .of(&world.upload().await)
            .answers(StatusCode::NO_CONTENT),

        "list_scan_webhooks" => needs(ScanRead).of(&told().completed().await.id),
        "replay_scan_webhook" => needs(ScanWrite)
            .of(&told().completed().await.id)
            .answers(StatusCode::ACCEPTED),
        "create_webhook_secret" => needs(Admin).answers(StatusCode::CREATED),
        "list_webhook_secrets" => needs(Admin).shows(&world.secret().await),
        "remove_webhook_secret" => needs(Admin)
            .of(&world.secret().await)
            .answers(StatusCode::NO_CONTENT),
        "list_disabled_webhooks" => needs(ScanRead).shows(&world.disabled_endpoint().await),
        "enable_webhook" => needs(ScanWrite)
            .of(&world.disabled_endpoint().await)
            .answers(StatusCode::NO_CONTENT),

        "list_dead_letters" => needs(Admin).shows(&world.letter().await),
        "discard_dead_letters" | "redrive_dead_letters" => {
            world.letter().await;
            needs(Admin)
        }
        "redrive_dead_letter" | "discard_dead_letter" => needs(Admin)
            .of(&world.letter().await)
            .answers(StatusCode::NO_CONTENT),

        "get_whoami" => Call {
            needs: Needs::Caller,
            ..Call::for_everybody()
        },
        "create_key" => needs(Admin)
            .sends("application/json", r#"{"name": "a", "scopes": ["scan:read"]}"#)
            .answers(StatusCode::CREATED),
        "list_keys" | "list_audit" => needs(Admin).shows(&world.api_key().await),
        "get_key" => needs(Admin).of(&world.api_key().await),
        "rotate_key" => needs(Admin)
            .of(&world.api_key().await)
            .answers(StatusCode::CREATED),
        "revoke_key" => needs(Admin)
            .of(&world.api_key().await)
            .answers(StatusCode::NO_CONTENT),

        "get_limits" | "get_usage" | "get_quotas" | "get_extractors_schema" => needs(ScanRead),
        "get_system" => needs(Admin).for_operators(),
        "set_quotas" => needs(Admin)
            .sends("application/json", r#"{"jobs_in_flight": 100}"#)
            .for_operators(),
        "reset_quotas" => needs(Admin)
            .answers(StatusCode::NO_CONTENT)
            .for_operators(),

        "list_extractors" => needs(ScanRead).shows(&world.extractor(EXTRACTOR).await),
        "get_extractor" | "list_extractor_versions" => needs(ScanRead).of(&world.extractor(EXTRACTOR).await),
        "save_extractor" => needs(ExtractorsWrite)
            .of(&world.extractor(SAVED).await)
            .sends("application/json", r#"{"extract": ["text"]}"#)
            .makes_what_it_names(),
        "remove_extractor" => needs(ExtractorsWrite)
            .of(&world.extractor(EXTRACTOR).await)
            .answers(StatusCode::NO_CONTENT),
        "preview_extraction" => needs(ScanWrite).sends("text/plain", "Write to a@test.com."),

        "convert_source" => needs(ScanWrite).sends(
            "application/json",
            r#"{"sources": [{"kind": "file", "base64_string": "YQ==", "filename": "a.txt"}]}"#,
        ),
        "convert_file" => needs(ScanWrite).sends(
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\na\r\n--x--\r\n",
        ),
        "poll_status" => needs(ScanRead).of(&job().pending().await.key.id),
        "get_result" => needs(ScanRead).of(&world.converted().await),
        "clear_results" => {
            world.converted().await;
            needs(ScanWrite).asks("older_then=0")
        }
        _ => return None,
    })
}

fn needs(scope: Scope) -> Call {
    Call {
        needs: Needs::Scope(scope),
        ..Call::for_everybody()
    }
}

impl Call {
    fn for_everybody() -> Self {
        Self {
            needs: Needs::Nothing,
            works: StatusCode::OK,
            name: String::new(),
            shows: None,
            makes_what_it_names: false,
            is_for_operators: false,
            query: "",
            content_type: "",
            body: "",
        }
    }

    fn of(self, name: &impl ToString) -> Self {
        let name = name.to_string();
        Self { name, ..self }
    }

    fn shows(self, name: &impl ToString) -> Self {
        let shows = Some(name.to_string());
        Self { shows, ..self }
    }

    fn asks(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    fn sends(self, content_type: &'static str, body: &'static str) -> Self {
        Self {
            content_type,
            body,
            ..self
        }
    }

    fn makes_what_it_names(self) -> Self {
        Self {
            makes_what_it_names: true,
            ..self
        }
    }

    fn for_operators(self) -> Self {
        Self {
            is_for_operators: true,
            ..self
        }
    }

    fn answers(self, works: StatusCode) -> Self {
        Self { works, ..self }
    }

    /// Makes the call, with this key if there is any.
    pub(crate) async fn by(
        &self,
        key: Option<&str>,
        operation: &Operation,
        world: &World,
    ) -> Answer {
        let path = operation.path_of(&self.name);
        self.at(&path, key, operation, world).await
    }

    /// Makes the call at another path than its own.
    pub(crate) async fn at(
        &self,
        path: &str,
        key: Option<&str>,
        operation: &Operation,
        world: &World,
    ) -> Answer {
        let path = format!("{path}?{}", self.query);
        let mut request = Request::builder()
            .method(operation.method.clone())
            .uri(path.trim_end_matches('?'));
        if !self.content_type.is_empty() {
            request = request.header("content-type", self.content_type);
        }
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        let request = request.body(Body::from(self.body)).unwrap();
        world.stack.send(request).await
    }
}
