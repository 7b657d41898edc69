//! What `start` takes and what it refuses.

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, ID, MAX_BYTES, START, call, start, start_json};

const MULTIPART: [(&str, &str); 1] = [("content-type", "multipart/form-data; boundary=x")];

#[tokio::test]
async fn every_form_of_a_request_is_taken() {
    let text = ("content-type", "text/plain");
    let json = ("content-type", "application/json");
    let upper = ("content-type", "Application/JSON; charset=utf-8");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let named = ("content-disposition", "attachment; filename=a.txt");
    let part = "--x\r\ncontent-disposition: form-data; name=file; filename=a.txt\r\n\r\nhello\r\n--x--\r\n";
    for (path, headers, body) in [
        (START, &[][..], ""),
        ("/api/v1/scan/start", &[], ""),
        ("/api/v1/scan/start/?extract=links", &[], ""),
        (START, &[], "no type at all"),
        (START, &[text], "hello"),
        (START, &[text, ("content-encoding", "identity")], "hello"),
        (START, &[text, named], "hello"),
        (
            "/api/v1/scan/start/?extract=entities,tables&extract=text",
            &[text],
            "hello",
        ),
        (START, &[form], "a=b"),
        (
            START,
            &[("content-type", "application/ld+json")],
            "{\"source\": 1}",
        ),
        (START, &[("content-type", "nonsense")], "hello"),
        (START, &[json], "{\"source\": {\"text\": \"hello\"}}"),
        (START, &[upper], "{\"source\": {\"base64\": \"aGk\"}}"),
        (
            START,
            &[json],
            "\u{feff}{\"source\": {\"base64\": \"aGk=\", \"name\": \"a.txt\", \"media_type\": null}}",
        ),
        (
            START,
            &[json],
            "{\"sources\": [{\"text\": \"a\"}, {\"text\": \"b\"}], \"extract\": [\"text\", \"text\"]}",
        ),
        (START, &MULTIPART, part),
    ] {
        let answer = start(path, headers, body).await;
        assert!(answer.is_taken(), "{path} {headers:?} {body}: {answer:?}");
    }
}

#[tokio::test]
async fn json_that_is_no_request_is_a_document() {
    for body in [
        "[]",
        "\"text\"",
        "-1.5e999",
        " [ {\"source\": 1} ] ",
        "{\"contacts\": [{\"email\": \"a@test.com\"}]}",
        "{\"nested\": {\"source\": {}}}",
        "{\"half a pair\": \"\\ud800\"}",
    ] {
        let answer = start_json(body).await;
        assert!(answer.is_taken(), "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn any_body_is_a_document_if_the_client_says_so() {
    let path = "/api/v1/scan/start/?as=document&extract=text";
    for kind in ["application/json", "multipart/form-data"] {
        for body in ["{\"source\": \"web\"}", "{not json"] {
            let answer = start(path, &[("content-type", kind)], body).await;
            assert!(answer.is_taken(), "{kind} {body}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn invalid_json_is_refused_with_line_and_column() {
    for (body, place) in [
        ("{\"source\": ", "line 1 column 11"),
        ("{\n  \"source\": {\"text\": hello}\n}", "line 2 column 22"),
        ("hello", "line 1 column 1"),
        ("[1,\n2]\n[3]", "line 3 column 1"),
        ("{\"a\": \"tab\there\"}", "line 1 column 10"),
    ] {
        let answer = start_json(body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {answer:?}");
        assert_eq!(answer.json()["error"], "Malformed request");
        assert!(answer.detail().contains(place), "{body}: {answer:?}");
    }
    let answer = start_json(&b"{\"a\": \"\xff\"}"[..]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.detail().contains("after 7 bytes it is not UTF-8"));
}

#[tokio::test]
async fn json_nested_too_deeply_is_refused_at_any_depth() {
    let limit = 128;
    for open in ["[", "{\"source\":", "{\"a\":["] {
        let answer = start_json(open.repeat(9_000)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{open}");
        assert!(answer.detail().contains("more than 128 levels"));
    }
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(start_json(nested(limit)).await.is_taken());
    assert!(!start_json(nested(limit + 1)).await.is_taken());
    // Brackets in strings open nothing.
    let text = json!(["[".repeat(1000), "\\\"["]).to_string();
    assert!(start_json(text).await.is_taken());
}

#[tokio::test]
async fn a_request_is_refused_with_a_pointer_to_each_fault() {
    let many: Vec<Value> = (0..101).map(|_| json!({"text": "a"})).collect();
    let long = "x".repeat(256);
    for (request, places) in [
        (json!({}), &[""][..]),
        (json!({"extract": ["text"]}), &[""]),
        (json!({"source": null}), &[""]),
        (json!({"source": "hello"}), &["/source"]),
        (json!({"source": {}}), &["/source"]),
        (
            json!({"source": {"text": "a", "base64": "YQ=="}}),
            &["/source"],
        ),
        (json!({"source": {"text": ""}}), &["/source/text"]),
        (json!({"source": {"text": 5}}), &["/source/text"]),
        (json!({"source": {"base64": ""}}), &["/source/base64"]),
        (json!({"source": {"base64": "a"}}), &["/source/base64"]),
        (json!({"source": {"base64": "YQ==\n"}}), &["/source/base64"]),
        (
            json!({"source": {"text": "a", "name": ""}}),
            &["/source/name"],
        ),
        (
            json!({"source": {"text": "a", "name": "a\nb"}}),
            &["/source/name"],
        ),
        (
            json!({"source": {"text": "a", "media_type": long}}),
            &["/source/media_type"],
        ),
        (
            json!({"source": {"url": "ftp://example.org/"}}),
            &["/source/url"],
        ),
        (
            json!({"source": {"text": "a", "etag": "\"1\"", "last_modified": "now"}}),
            &["/source/etag", "/source/last_modified"],
        ),
        (
            json!({"source": {"url": "https://example.org/", "etag": "\"1\"\r\n", "last_modified": long}}),
            &["/source/etag", "/source/last_modified"],
        ),
        (
            json!({"source": {"text": "a"}, "sources": []}),
            &["/sources"],
        ),
        (json!({"sources": {"text": "a"}}), &["/sources"]),
        (json!({"sources": []}), &["/sources"]),
        (json!({"sources": many}), &["/sources"]),
        (
            json!({"sources": [{"text": "a"}, {"text": ""}, 3]}),
            &["/sources/1/text", "/sources/2"],
        ),
        (
            json!({"source": {"text": "a"}, "extract": []}),
            &["/extract"],
        ),
        (
            json!({"source": {"text": "a"}, "extract": "text"}),
            &["/extract"],
        ),
        (
            json!({"source": {"text": "a"}, "extract": ["text", "Text", 1]}),
            &["/extract/1", "/extract/2"],
        ),
        (
            json!({"source": {"text": "a", "colour": 1}, "tags": [], "a/b~c": 0}),
            &["/a~1b~0c", "/tags", "/source/colour"],
        ),
        (json!({"collection": "s3://b/"}), &["/collection"]),
        (json!({"collection": {}}), &["/collection"]),
        (
            json!({"collection": {"s3": "b"}, "source": {"text": "a"}}),
            &["/collection", "/collection/s3"],
        ),
        (
            json!({"collection": {"s3": "s3://abc/", "archive": {"s3": "s3://abc/a.zip"}}}),
            &["/collection"],
        ),
        (
            json!({"collection": {"archive": "s3://abc/a.zip"}}),
            &["/collection/archive"],
        ),
        (
            json!({"collection": {"archive": {"s3": "s3://abc/a.zip", "upload": "a"}}}),
            &["/collection/archive"],
        ),
        (
            json!({"collection": {"archive": {"s3": "s3://abc/folder/"}}}),
            &["/collection/archive/s3"],
        ),
        (
            json!({"collection": {"archive": {"upload": "a"}}}),
            &["/collection/archive/upload"],
        ),
        (
            json!({"collection": {"archive": {"url": "https://example.org/a.zip"}}}),
            &["/collection/archive", "/collection/archive/url"],
        ),
    ] {
        let answer = start_json(request.to_string()).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{request}: {answer:?}"
        );
        let mut places: Vec<String> = places
            .iter()
            .map(|place| format!("pointer {place}"))
            .collect();
        let mut named = answer.places();
        // Members come in the order in which the client wrote them.
        places.sort();
        named.sort();
        assert_eq!(named, places, "{request}: {answer:?}");
    }
}

#[tokio::test]
async fn a_member_that_is_there_twice_is_refused() {
    let answer =
        start_json("{\"source\": {\"text\": \"a\", \"text\": \"b\"}, \"source\": {}}").await;
    assert_eq!(answer.places(), ["pointer /source", "pointer /source/text"]);
    let detail = &answer.json()["errors"][0]["detail"];
    assert!(detail.as_str().unwrap().contains("twice"));
}

#[tokio::test]
async fn half_a_surrogate_pair_is_no_text() {
    let answer = start_json("{\"source\": {\"text\": \"\\ud800\"}}").await;
    assert_eq!(answer.places(), ["pointer /source/text"]);
    assert!(answer.detail().contains("surrogate"), "{answer:?}");
}

#[tokio::test]
async fn an_answer_does_not_grow_with_the_number_of_faults() {
    let wrong = vec!["x".repeat(500); 60];
    let answer = start_json(json!({"source": {"text": "a"}, "extract": wrong}).to_string()).await;
    assert_eq!(answer.places().len(), 20);
    assert!(answer.detail().contains("60 places"), "{answer:?}");
    assert!(answer.body.len() < 10_000);

    let mut members = json!({"source": {"text": "a"}});
    for index in 0..5_000 {
        members[format!("m{index}")] = json!(index);
    }
    let answer = start_json(members.to_string()).await;
    assert_eq!(answer.places(), ["pointer "]);
    assert!(answer.detail().contains("5001 members"), "{answer:?}");
}

#[tokio::test]
async fn parts_of_a_form_are_checked() {
    let part = |head: &str, body: &str| {
        format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{body}\r\n")
    };
    let file = part("name=file; filename=\"a.txt\"", "hello");
    let form = |parts: &[&str]| format!("{}--x--\r\n", parts.concat());

    let taken = [
        form(&[&file, &file]),
        form(&[&part("name=file", "no name")]),
        form(&[
            &file,
            &part("name=extract", "text, links"),
            &part("name=extract", "tables"),
        ]),
        form(&[&part(
            "name=\"file\"; filename=\"C:\\\\naïve.txt\"",
            "hello",
        )]),
    ];
    for body in taken {
        let answer = start(START, &MULTIPART, body.clone()).await;
        assert!(answer.is_taken(), "{body}: {answer:?}");
    }

    let empty = part("name=file; filename=\"empty.txt\"", "");
    let refused = [
        (form(&[]), "file"),
        (form(&[&part("name=extract", "text")]), "file"),
        (form(&[&file, &empty]), "file"),
        (form(&[&file, &part("name=colour", "red")]), "colour"),
        (
            form(&[&file, &part("name=extract", "text,colour")]),
            "extract",
        ),
        (form(&[&file, &part("name=extract", "")]), "extract"),
        (form(&vec![file.as_str(); 101]), "file"),
    ];
    for (body, field) in refused {
        let answer = start(START, &MULTIPART, body.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {answer:?}"
        );
        assert_eq!(answer.places(), [format!("field {field}")], "{body}");
    }
    let answer = start(START, &MULTIPART, form(&[&file, &empty])).await;
    assert!(
        answer.detail().contains("Document 1 is empty"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_refused() {
    let whole = "--x\r\ncontent-disposition: form-data; name=file\r\n\r\nhello\r\n--x--\r\n";
    for (kind, body) in [
        ("multipart/form-data", whole),
        ("multipart/form-data; boundary=y", whole),
        ("multipart/form-data; boundary=x", &whole[..55]),
        ("multipart/form-data; boundary=x", "hello"),
        ("multipart/form-data; boundary=x", ""),
    ] {
        let answer = start(START, &[("content-type", kind)], body).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{kind} {body}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn parameters_that_are_not_known_are_refused() {
    for (query, places) in [
        ("colour=red&extract=text&size=1", &["colour", "size"][..]),
        ("extract=", &["extract"]),
        ("extract=text,,links", &["extract"]),
        ("extract=Text", &["extract"]),
        ("as=request", &["as"]),
    ] {
        let answer = start(&format!("{START}?{query}"), &[], "hello").await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}: {answer:?}"
        );
        let places: Vec<String> = places
            .iter()
            .map(|name| format!("parameter {name}"))
            .collect();
        assert_eq!(answer.places(), places, "{query}");
    }
}

#[tokio::test]
async fn what_to_extract_is_said_in_one_place() {
    let path = "/api/v1/scan/start/?extract=text";
    let json = [("content-type", "application/json")];
    let answer = start(path, &json, "{\"source\": {\"text\": \"a\"}}").await;
    assert_eq!(answer.places(), ["parameter extract"]);
    let form = "--x\r\ncontent-disposition: form-data; name=file\r\n\r\na\r\n--x\r\ncontent-disposition: form-data; name=extract\r\n\r\ntext\r\n--x--\r\n";
    let answer = start(path, &MULTIPART, form).await;
    assert_eq!(answer.places(), ["parameter extract"]);
    // A document has nowhere else to say it.
    assert!(start(path, &json, "{\"a\": 1}").await.is_taken());
}

#[tokio::test]
async fn a_document_of_no_bytes_is_refused() {
    for kind in [
        "text/plain",
        "application/pdf",
        "application/x-www-form-urlencoded",
    ] {
        let headers = [("content-type", kind), ("content-length", "0")];
        let answer = start(START, &headers, "").await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{kind}: {answer:?}"
        );
        assert!(answer.detail().contains("0 bytes"), "{answer:?}");
    }
    let answer = start_json("").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
    assert!(answer.detail().contains("empty"), "{answer:?}");
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    for coding in ["gzip", "br", "identity, gzip"] {
        let headers = [("content-type", "text/plain"), ("content-encoding", coding)];
        let answer = start(START, &headers, "hello").await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{coding}: {answer:?}"
        );
        assert_eq!(answer.header("accept-encoding"), "identity");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_however_it_comes() {
    let check = |answer: Answer, length: &str| {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{answer:?}");
        assert_eq!(answer.json()["error"], "Request too large");
        let detail = answer.detail();
        assert!(
            detail.contains(length) && detail.contains("100000 bytes"),
            "{detail}"
        );
    };
    let text = ("content-type", "text/plain");
    let long = vec![b'a'; MAX_BYTES + 1];
    let said = [text, ("content-length", "100001")];
    check(start(START, &said, long.clone()).await, "100001 bytes");
    let huge = [text, ("content-length", "99999999999")];
    check(start(START, &huge, "").await, "99999999999 bytes");
    let waiting = [
        text,
        ("content-length", "200000"),
        ("expect", "100-continue"),
    ];
    check(start(START, &waiting, "").await, "200000 bytes");
    let chunks = vec![Bytes::from(vec![b'a'; 30_000]); 4].into_iter();
    let body = Body::from_stream(stream::iter(chunks.map(Ok::<_, std::io::Error>)));
    check(start(START, &[text], body).await, "too long");

    assert!(start(START, &[text], long[1..].to_vec()).await.is_taken());
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let chunks = [
        Ok(Bytes::from("hello")),
        Err(std::io::Error::other("disconnected")),
    ];
    let body = Body::from_stream(stream::iter(chunks));
    let answer = start(START, &[("content-type", "text/plain")], body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
}

#[tokio::test]
async fn headers_that_cannot_be_kept_are_refused() {
    let long = format!("attachment; filename={}", "x".repeat(256));
    let tab = "attachment; filename=\"a\tb\"";
    for name in [long.as_str(), tab] {
        let headers = [
            ("content-type", "text/plain"),
            ("content-disposition", name),
        ];
        let answer = start(START, &headers, "hello").await;
        assert_eq!(
            answer.places(),
            ["header content-disposition"],
            "{answer:?}"
        );
    }
    let answer = start(START, &[("content-type", &"x".repeat(256))], "hello").await;
    assert_eq!(answer.places(), ["header content-type"], "{answer:?}");
}

#[tokio::test]
async fn documented_requests_are_taken() {
    let description = api::openapi();
    let body = &description["paths"][START]["post"]["requestBody"]["content"];
    let examples = body["application/json"]["examples"].as_object().unwrap();
    assert!(examples.len() >= 3);
    for (name, example) in examples {
        let answer = start_json(example["value"].to_string()).await;
        assert!(answer.is_taken(), "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn other_operations_take_no_parameters() {
    for (method, path) in [
        ("GET", format!("/api/v1/scan/status/{ID}/?colour=red")),
        ("GET", format!("/api/v1/scan/result/{ID}?colour=red")),
        ("POST", format!("/api/v1/scan/cancel/{ID}/?colour=red")),
        ("POST", format!("/api/v1/scan/retry/{ID}/?colour=red")),
        ("DELETE", format!("/api/v1/scan/remove/{ID}/?colour=red")),
        ("GET", "/api/v1/health/?colour=red".to_owned()),
        ("GET", "/api/v1/limits/?colour=red".to_owned()),
        ("GET", "/api/schema/?colour=red".to_owned()),
    ] {
        let answer = call(method.parse().unwrap(), &path).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{path}: {answer:?}"
        );
        assert_eq!(answer.places(), ["parameter colour"], "{path}");
    }
}
