//! Requests that no honest client sends. None gets further than it may, and each is answered or its connection closed.

use crate::world::{Answer, World};

const LAST: &str = "host: localhost\r\nconnection: close\r\n\r\n";

/// A job that does not exist.
const ID: &str = "01990a5d-ac96-774b-8cce-b302099a8057";

/// A request whose target is these bytes.
fn get(target: &[u8]) -> Vec<u8> {
    [b"GET ", target, b" HTTP/1.1\r\n", LAST.as_bytes()].concat()
}

/// The one answer to it; none if the connection was closed.
async fn only(world: &World, request: impl AsRef<[u8]>) -> Option<Answer> {
    let mut answers = world.say(request).await;
    assert!(answers.len() <= 1, "{answers:?}");
    answers.pop()
}

async fn status(world: &World, request: impl AsRef<[u8]>) -> u16 {
    only(world, request).await.map_or(0, |it| it.status)
}

#[tokio::test]
async fn a_path_is_what_it_says_and_nothing_that_could_be_made_of_it() {
    let world = World::start().await;
    for target in [
        "//api/v1/health/",
        "/api//v1/health/",
        "/api/v1/health//",
        "/./api/v1/health/",
        "/api/v1/../v1/health/",
        "/api/v1/scan/../health/",
        "/api%2Fv1%2Fhealth/",
        "/api/v1/%68ealth/",
        "/api/v1/health%2F",
        "/api/v1/health;x=1/",
        "/API/V1/HEALTH/",
        "/api/v1/health/%00",
        "/api/v1/health%00/",
        "/api\\v1\\health/",
        "/api/docs/..%2F..%2Fetc%2Fpasswd",
        "/api/docs/%2e%2e/",
        "/api/docs/%2e%2e%2fdocs.js",
        "/api/docs/.",
        "/admin/../../etc/passwd",
        "/%c0%ae%c0%ae/",
        "/..%c0%af..%c0%afetc/passwd",
        "/%",
        "/%zz/",
        "/api/v1/health/\u{7f}",
    ] {
        let answer = only(&world, get(target.as_bytes())).await.unwrap();
        assert!([400, 404].contains(&answer.status), "{target}: {answer:?}");
        assert!(!answer.body.contains("root:"), "{target}: {answer:?}");
    }
    assert!(world.is_well().await);
}

#[tokio::test]
async fn a_name_in_a_path_is_decoded_once_and_names_only_what_it_is() {
    let world = World::start().await;
    for name in [
        "%00",
        "%2e%2e",
        "..%2f..%2fx",
        "%252e%252e",
        "%c0%80",
        "%ed%a0%80",
        "%ff%fe",
        "*",
        "null",
        "01990a5d%2dac96-774b-8cce-b302099a8057%00",
        "%0d%0aset-cookie:%20a=b",
        "'%20or%201=1",
        "T%23default%23J",
        "${jndi:x}",
    ] {
        for path in [
            "scan/status/{}/",
            "scan/result/{}/",
            "scan/events/{}/",
            "uploads/{}/",
            "extractors/{}/",
            "extractors/{}/versions/",
        ] {
            let target = format!("/api/v1/{}", path.replace("{}", name));
            let answer = only(&world, get(target.as_bytes())).await.unwrap();
            assert!(
                [400, 404, 422].contains(&answer.status),
                "{target}: {answer:?}"
            );
            assert!(!answer.head.contains("set-cookie"), "{target}: {answer:?}");
        }
    }
    assert!(world.is_well().await);
}

#[tokio::test]
async fn a_target_of_another_form_leads_nowhere_else() {
    let world = World::start().await;
    // RFC 9112 has servers take the absolute form; whose host it names does not matter here.
    let absolute = "GET http://other.example/api/v1/health/ HTTP/1.1\r\n";
    assert_eq!(status(&world, format!("{absolute}{LAST}")).await, 200);
    for line in [
        "GET http://127.0.0.1:4567/ HTTP/1.1",
        "GET http://169.254.169.254/latest/meta-data/ HTTP/1.1",
        "GET file:///etc/passwd HTTP/1.1",
        "GET https://other.example HTTP/1.1",
        "GET * HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "CONNECT other.example:443 HTTP/1.1",
        "CONNECT /api/v1/health/ HTTP/1.1",
        "GET other.example:443 HTTP/1.1",
        "GET ?x HTTP/1.1",
        "GET #x HTTP/1.1",
        "TRACE /api/v1/health/ HTTP/1.1",
        "TRACK /api/v1/health/ HTTP/1.1",
        "get /api/v1/health/ HTTP/1.1",
        "PRI * HTTP/2.0",
    ] {
        let answer = only(&world, format!("{line}\r\n{LAST}")).await;
        let status = answer.as_ref().map_or(0, |it| it.status);
        assert!([0, 400, 404, 405].contains(&status), "{line}: {answer:?}");
    }
    assert!(world.is_well().await);
}

#[tokio::test]
async fn bytes_that_are_no_request_are_refused() {
    let world = World::start().await;
    let garbage: [&[u8]; 12] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1 HTTP/1.1\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nx : a\r\n\r\n",
    ];
    for bytes in garbage {
        let status = status(&world, bytes).await;
        let shown = String::from_utf8_lossy(bytes);
        assert!([0, 400].contains(&status), "{shown:?}: {status}");
    }
    assert!(world.is_well().await);
}

#[tokio::test]
async fn garbage_behind_a_request_does_not_spoil_its_answer() {
    let world = World::start().await;
    let health = "GET /api/v1/health/ HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let answers = world
        .say(format!("{health}{health}\x01\x02 nonsense\r\n\r\n"))
        .await;
    let statuses: Vec<u16> = answers.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [200, 200, 400], "{answers:?}");
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused_without_being_held() {
    let world = World::start().await;
    let long = |bytes: usize| "x".repeat(bytes);
    let many = |count: usize| "x: y\r\n".repeat(count);
    for (request, expected) in [
        // The API says what would be right.
        (format!("GET /{} HTTP/1.1\r\n{LAST}", long(9_000)), 414),
        (
            format!("GET / HTTP/1.1\r\nx: {}\r\n{LAST}", long(20_000)),
            431,
        ),
        (format!("GET / HTTP/1.1\r\n{}{LAST}", many(150)), 431),
        // The port itself does not read on.
        (format!("GET /{} HTTP/1.1\r\n{LAST}", long(1 << 20)), 431),
        (
            format!("GET / HTTP/1.1\r\nx: {}\r\n{LAST}", long(1 << 20)),
            431,
        ),
        (format!("GET / HTTP/1.1\r\n{}{LAST}", many(10_000)), 431),
        (long(1 << 20), 431),
    ] {
        let answer = only(&world, &request).await;
        let status = answer.as_ref().map_or(0, |it| it.status);
        let begun = &request[..request.len().min(30)];
        // Where much is left unread, a reset may overtake the answer.
        let cut_off = status == 0 && request.len() > 64 << 10;
        assert!(cut_off || status == expected, "{begun}: {answer:?}");
        if request.len() < 32 << 10 {
            assert!(answer.unwrap().body.contains("urn:problem:"), "{begun}");
        }
    }
    assert!(world.is_well().await);
}

#[tokio::test]
async fn where_a_body_ends_can_be_read_in_one_way_alone() {
    let world = World::start().await;
    let hidden = "GET /admin/ HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for framing in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5, 6\r\n",
        "content-length: +5\r\n",
        "content-length: -1\r\n",
        "content-length: 0x5\r\n",
        "content-length: 5 5\r\n",
        "content-length: 99999999999999999999\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: gzip\r\n",
        "transfer-encoding:\x0bchunked\r\n",
        "transfer-encoding : chunked\r\n",
    ] {
        let request = format!(
            "POST /api/v1/extractors/preview/ HTTP/1.1\r\nhost: localhost\r\n{framing}\r\n0\r\n\r\n{hidden}"
        );
        let answers = world.say(&request).await;
        // If anything is answered at all, then that; never what is hidden in its body.
        let smuggled = answers.iter().any(|it| it.body.contains("<html"));
        assert!(!smuggled && answers.len() <= 1, "{framing}: {answers:?}");
    }
    for chunks in [
        "zz\r\nab\r\n0\r\n\r\n",
        "-1\r\nab\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nab\r\n0\r\n\r\n",
        "2\r\nabc\r\n0\r\n\r\n",
        "2 ; x\nab\r\n0\r\n\r\n",
    ] {
        let chunked = "transfer-encoding: chunked\r\nconnection: close\r\n";
        let request = format!(
            "POST /api/v1/scan/start/ HTTP/1.1\r\nhost: localhost\r\n{chunked}\r\n{chunks}{hidden}"
        );
        let status = status(&world, &request).await;
        assert!([0, 400].contains(&status), "{chunks:?}: {status}");
    }
    assert!(world.is_well().await);
}

#[tokio::test]
async fn several_hosts_are_refused() {
    let world = World::start().await;
    let request = format!("GET /api/v1/health/ HTTP/1.1\r\nhost: 127.0.0.1\r\n{LAST}");
    let answer = only(&world, request).await.unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("Host"), "{answer:?}");
}

#[tokio::test]
async fn a_name_that_leads_here_without_being_ours_is_refused() {
    let world = World::start().await;
    let ask = |host: &str| {
        format!("GET /api/v1/health/ HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
    };
    for (host, expected) in [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("evil.example:8000", 421),
        ("localhost.evil.example", 421),
    ] {
        let answer = only(&world, ask(host)).await.unwrap();
        assert_eq!(answer.status, expected, "{host}: {answer:?}");
    }
}

#[tokio::test]
async fn whoever_asks_first_is_told_to_go_on_or_what_is_wrong() {
    let world = World::start().await;
    let ask = |length: u64| {
        let length = format!("content-length: {length}\r\n");
        format!(
            "POST /api/v1/scan/start/ HTTP/1.1\r\nhost: localhost\r\n{length}expect: 100-continue\r\n\r\n"
        )
    };
    let mut peer = world.connect().await;
    peer.send(ask(5)).await;
    assert_eq!(peer.answer().await.status, 100);
    peer.send("hello").await;
    assert_eq!(peer.answer().await.status, 202);
    // What is too large anyway need not be sent.
    let mut peer = world.connect().await;
    peer.send(ask(60_000_000)).await;
    assert_eq!(peer.answer().await.status, 413);
    // A method that is not taken, likewise.
    let answers = world
        .say(format!(
            "PUT /api/v1/scan/status/{ID}/ HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n"
        ))
        .await;
    assert_eq!(answers[0].status, 405, "{answers:?}");
}
