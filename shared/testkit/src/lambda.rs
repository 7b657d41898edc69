//! A function's real binary, and a stub of the runtime API that it asks for events.

use std::collections::HashMap;
use std::convert::Infallible;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::{Answer, Stack};

/// What takes so long would take for ever.
const HUNG: Duration = Duration::from_mins(1);

/// The trace that the stub says each invocation belongs to, as X-Ray writes it.
const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/// A function, running as Lambda runs it: one invocation after the other.
pub struct Lambda {
    process: Child,
    output: JoinHandle<Vec<u8>>,
    errors: JoinHandle<Vec<u8>>,
    events: mpsc::UnboundedSender<Invocation>,
    state: Arc<Api>,
    server: JoinHandle<()>,
}

/// What a function wrote.
#[derive(Debug)]
pub struct Output {
    /// The lines of its log.
    pub log: Vec<Value>,
    /// The lines that tell its metrics.
    pub metrics: Vec<Value>,
    /// All of it, as it is.
    pub text: String,
}

impl Output {
    /// The shape in which a word stands anywhere in what was written: as it is in small letters or large, in base64, in hexadecimal, or as a list of
    /// numbers, as debugging output has it.
    pub fn reveals(&self, word: &str) -> Option<String> {
        let of_bytes = |separator: &str, shape: fn(&u8) -> String| {
            let bytes: Vec<String> = word.bytes().map(|byte| shape(&byte)).collect();
            bytes.join(separator)
        };
        // What stands before and after it decides on the characters at both ends.
        let in_base64 = (0..3).map(|before| {
            let encoded = STANDARD_NO_PAD.encode("\0".repeat(before) + word);
            encoded[4..encoded.len() - 1].to_owned()
        });
        let shapes = in_base64.chain([
            word.to_owned(),
            of_bytes(", ", |byte| format!("{byte}")),
            of_bytes("", |byte| format!("{byte:02x}")),
        ]);
        let text = self.text.to_lowercase();
        shapes
            .into_iter()
            .find(|shape| self.text.contains(shape) || text.contains(&shape.to_lowercase()))
    }
}

struct Invocation {
    request_id: String,
    deadline: Timestamp,
    event: Vec<u8>,
    answer: oneshot::Sender<Answered>,
}

/// What a function answered: to whom, and whether with success.
struct Answered {
    is_success: bool,
    body: Bytes,
}

struct Api {
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    /// How often the function has asked for an event, and nobody has waited for it yet.
    asked: Semaphore,
    /// Who waits for an answer, by the request.
    waiting: Mutex<HashMap<String, oneshot::Sender<Answered>>>,
}

impl Lambda {
    /// Starts a function's binary on a stack, and waits until it asks for its first event. `LOG` is `info`.
    pub async fn start(binary: &str, stack: &Stack) -> Self {
        Self::start_logging("info", binary, stack, Vec::new()).await
    }

    /// Starts it so that it logs all that it can.
    pub async fn start_talkative(binary: &str, stack: &Stack) -> Self {
        Self::start_talkative_with(binary, stack, Vec::new()).await
    }

    /// The same with these variables in its environment beside the stack's, or in their place.
    pub async fn start_talkative_with(
        binary: &str,
        stack: &Stack,
        more: Vec<(&str, String)>,
    ) -> Self {
        Self::start_logging("trace", binary, stack, more).await
    }

    async fn start_logging(
        log: &str,
        binary: &str,
        stack: &Stack,
        more: Vec<(&str, String)>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, receiver) = mpsc::unbounded_channel();
        let state = Arc::new(Api {
            events: receiver.into(),
            asked: Semaphore::new(0),
            waiting: Mutex::default(),
        });
        let server = tokio::spawn(serve(listener, state.clone()));
        let mut process = Command::new(binary)
            .env_clear()
            .envs(stack.environment())
            .envs(more)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("LOG", log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let output = read(process.stdout.take().unwrap());
        let errors = read(process.stderr.take().unwrap());
        let lambda = Self {
            process,
            output,
            errors,
            events,
            state,
            server,
        };
        lambda.asked().await;
        lambda
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id().expect("it runs until it is stopped")
    }

    /// Invokes it with an event, and waits until it asks for the next: its answer, or the error that it reports.
    pub async fn invoke(
        &self,
        request_id: &str,
        event: &Value,
        deadline: Timestamp,
    ) -> Result<Value, Value> {
        let (answer, answered) = oneshot::channel();
        let invocation = Invocation {
            request_id: request_id.to_owned(),
            deadline,
            event: serde_json::to_vec(event).unwrap(),
            answer,
        };
        assert!(self.events.send(invocation).is_ok(), "the stub has ended");
        let answered = timeout(HUNG, answered).await.expect("it answers").unwrap();
        self.asked().await;
        let body = serde_json::from_slice(&answered.body).unwrap();
        if answered.is_success {
            Ok(body)
        } else {
            Err(body)
        }
    }

    /// Invokes it with a batch of messages.
    pub async fn handle(
        &self,
        request_id: &str,
        event: SqsEvent,
        deadline: Timestamp,
    ) -> SqsBatchResponse {
        let event = serde_json::to_value(event).unwrap();
        let answer = self.invoke(request_id, &event, deadline).await.unwrap();
        serde_json::from_value(answer).unwrap()
    }

    /// Invokes it with a request, as an HTTP API does.
    pub async fn request(
        &self,
        request_id: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let deadline = service::Clock::system().now() + HUNG;
        self.request_until(request_id, method, path, headers, body, deadline)
            .await
    }

    /// The same, with the end of the function's time.
    pub async fn request_until(
        &self,
        request_id: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
        deadline: Timestamp,
    ) -> Answer {
        let headers: HashMap<_, _> = headers.iter().copied().collect();
        let event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "api",
                "domainName": "api.example.com",
                "domainPrefix": "api",
                "http": {
                    "method": method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "test",
                },
                "requestId": "gateway-request",
                "routeKey": "$default",
                "stage": "$default",
                "time": "12/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1_583_348_638_390_i64,
            },
            "body": body,
            "isBase64Encoded": false,
        });
        let answer = self.invoke(request_id, &event, deadline).await.unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in answer["headers"].as_object().into_iter().flatten() {
            let name: http::HeaderName = name.parse().unwrap();
            headers.insert(name, value.as_str().unwrap().parse().unwrap());
        }
        let status = answer["statusCode"].as_u64().unwrap();
        Answer {
            status: StatusCode::from_u16(status.try_into().unwrap()).unwrap(),
            headers,
            body: answer["body"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
                .into(),
        }
    }

    /// Ends it: what it wrote. Each line of its standard output has to be JSON, and nothing may be on standard error.
    pub async fn stop(mut self) -> Output {
        self.process.kill().await.unwrap();
        self.server.abort();
        let text = String::from_utf8(self.output.await.unwrap()).unwrap();
        let errors = String::from_utf8(self.errors.await.unwrap()).unwrap();
        assert_eq!(errors, "", "{text}");
        let lines = text.lines().map(|line| {
            serde_json::from_str(line).unwrap_or_else(|_| panic!("each line is JSON: {line}"))
        });
        let (metrics, log) = lines.partition(|line: &Value| line.get("_aws").is_some());
        Output { log, metrics, text }
    }

    async fn asked(&self) {
        let asked = timeout(HUNG, self.state.asked.acquire()).await;
        asked.expect("it asks for an event").unwrap().forget();
    }
}

impl Stack {
    /// Gives what is visible in the worker's queue to a worker in a process of its own, once. Says how many messages that was.
    pub async fn work_once_on(&self, worker: &Lambda, request_id: &str) -> usize {
        self.jobs
            .turn(&async |event: SqsEvent, deadline: Timestamp| {
                Ok::<_, Infallible>(worker.handle(request_id, event, deadline).await)
            })
            .await
    }

    /// Gives what is visible in the reaper's queue to a reaper in a process of its own, once. Says how many messages that was.
    pub async fn reap_once_on(&self, reaper: &Lambda, request_id: &str) -> usize {
        self.dead_letters
            .turn(&async |event: SqsEvent, deadline: Timestamp| {
                Ok::<_, Infallible>(reaper.handle(request_id, event, deadline).await)
            })
            .await
    }

    /// Gives what is visible in the notifier's queue to a notifier in a process of its own, once. Says how many notices that was.
    pub async fn notify_once_on(&self, notifier: &Lambda, request_id: &str) -> usize {
        self.webhooks
            .turn(&async |event: SqsEvent, deadline: Timestamp| {
                Ok::<_, Infallible>(notifier.handle(request_id, event, deadline).await)
            })
            .await
    }
}

async fn serve(listener: TcpListener, state: Arc<Api>) {
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            post(response),
        )
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .with_state(state);
    axum::serve(listener, router).await.unwrap();
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    api.asked.add_permits(1);
    let Some(invocation) = api.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let Invocation {
        request_id,
        deadline,
        event,
        answer,
    } = invocation;
    let waiting = &mut api.waiting.lock().unwrap();
    waiting.insert(request_id.clone(), answer);
    Response::builder()
        .header("lambda-runtime-aws-request-id", request_id)
        .header("lambda-runtime-deadline-ms", deadline.as_millisecond())
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:function",
        )
        .header("lambda-runtime-trace-id", XRAY)
        .body(Body::from(event))
        .unwrap()
}

async fn response(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> Response {
    answered(&api, &id, true, body)
}

async fn error(State(api): State<Arc<Api>>, Path(id): Path<String>, body: Bytes) -> Response {
    answered(&api, &id, false, body)
}

fn answered(api: &Api, id: &str, is_success: bool, body: Bytes) -> Response {
    let waiting = api.waiting.lock().unwrap().remove(id);
    let answer = waiting.expect("each invocation is answered once");
    // Who does not wait any more does not care.
    let _ = answer.send(Answered { is_success, body });
    (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response()
}

/// All of a stream, read as it comes, so that nobody waits for it to be read.
fn read(mut stream: impl tokio::io::AsyncRead + Unpin + Send + 'static) -> JoinHandle<Vec<u8>> {
    tokio::spawn(async move {
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.unwrap();
        all
    })
}
