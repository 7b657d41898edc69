//! Functions that are served elsewhere, over real HTTP.

use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use local::mapping::Mapping;
use local::remote::{InvokeError, RemoteFunction};
use tokio::net::TcpListener;

use crate::server::Server;
use crate::world::World;

#[tokio::test]
async fn a_batch_goes_over_http_and_only_what_failed_comes_back() {
    let world = World::new().await;
    world.send(&["good", "bad", "fine"]).await;
    let mut server = Server::new(|event| {
        let mut response = SqsBatchResponse::default();
        for record in &event.records {
            if record.body.as_deref() == Some("bad") {
                response.add_failure(record.message_id.clone().unwrap());
            }
        }
        axum::Json(response).into_response()
    })
    .await;

    assert_eq!(turn(&world.mapping(), &server.url).await, 3);

    let (name, mut bodies) = server.invocations.recv().await.unwrap();
    bodies.sort();
    assert_eq!(name, "worker");
    assert_eq!(bodies, ["bad", "fine", "good"]);
    assert_eq!(world.left().await, ["bad"]);
}

#[tokio::test]
async fn an_answer_that_names_no_failure_is_success() {
    for answer in [
        "",
        "null",
        "{}",
        r#"{"batchItemFailures":null}"#,
        r#"{"batchItemFailures":[]}"#,
    ] {
        let world = World::new().await;
        world.send(&["a", "b"]).await;
        let server = Server::new(move |_| answer.into_response()).await;
        turn(&world.mapping(), &server.url).await;
        assert!(world.left().await.is_empty(), "answered `{answer}`");
    }
}

#[tokio::test]
async fn any_other_answer_leaves_the_whole_batch() {
    let answers: [fn() -> Response; 7] = [
        || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        || (StatusCode::NOT_FOUND, "{}").into_response(),
        || (StatusCode::FOUND, "{}").into_response(),
        || ([("X-Amz-Function-Error", "Unhandled")], "{}").into_response(),
        || "done".into_response(),
        || r#"{"batchItemFailures":[{"id":"x"}]}"#.into_response(),
        || "  ".repeat(4 << 20).into_response(),
    ];
    for (index, answer) in answers.into_iter().enumerate() {
        let world = World::new().await;
        world.send(&["a", "b"]).await;
        let server = Server::new(move |_| answer()).await;
        assert_eq!(turn(&world.mapping(), &server.url).await, 2);
        assert_eq!(world.left().await, ["a", "b"], "answer {index}");
    }
}

#[tokio::test]
async fn a_function_that_nobody_serves_leaves_the_whole_batch() {
    let world = World::new().await;
    world.send(&["a"]).await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);

    assert_eq!(turn(&world.mapping(), &url).await, 1);
    assert_eq!(world.left().await, ["a"]);

    let function = RemoteFunction::new(&url, "worker").unwrap();
    let refused = function.invoke(&SqsEvent::default()).await.unwrap_err();
    assert!(
        matches!(refused, InvokeError::Unreachable { .. }) && refused.to_string().contains(&url),
        "{refused}"
    );
}

#[tokio::test]
async fn a_function_that_never_answers_leaves_the_whole_batch() {
    let world = World::new().await;
    world.send(&["a"]).await;
    // It takes connections, and nothing more.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mapping = Mapping {
        function_timeout: Duration::from_millis(50),
        ..world.mapping()
    };
    assert_eq!(turn(&mapping, &url).await, 1);
    assert_eq!(world.left().await, ["a"]);
}

/// Hands what is there to the function `worker` at this URL, once.
async fn turn(mapping: &Mapping, url: &str) -> usize {
    let function = RemoteFunction::new(url, "worker").unwrap();
    let invoke = |event: SqsEvent, _| {
        let function = function.clone();
        async move { function.invoke(&event).await }
    };
    mapping.turn(&invoke).await
}
