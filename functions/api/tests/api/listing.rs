//! Lists of jobs, as their clients see them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use http::StatusCode;
use job::{Progress, Status};
use serde_json::{Value, json};
use testkit::Stack;

use crate::support;

const LIST: &str = "/api/v1/scan/";

/// What one page may cost, in read units: a thousand jobs of 1 KB at 4 KB a unit, and what is rounded up in each of its reads.
const MOST_UNITS_OF_A_PAGE: f64 = 300.0;

async fn page(stack: &Stack, query: &str) -> Value {
    let answer = stack.get(&format!("{LIST}?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {answer:?}");
    answer.json()
}

fn ids(page: &Value) -> Vec<String> {
    let jobs = page["jobs"].as_array().unwrap();
    let id = |job: &Value| job["job_id"].as_str().unwrap().to_owned();
    jobs.iter().map(id).collect()
}

/// Follows the cursors from this page to the end.
async fn rest(stack: &Stack, query: &str, mut at: Value) -> Vec<String> {
    let mut found = ids(&at);
    while let Some(cursor) = at["next"].as_str() {
        at = page(stack, &format!("{query}&cursor={cursor}")).await;
        found.extend(ids(&at));
    }
    found
}

/// The ids on all pages.
async fn all(stack: &Stack, query: &str) -> Vec<String> {
    let first = page(stack, query).await;
    rest(stack, query, first).await
}

/// Submits a job and lets a little time go by. Its id.
async fn submit(stack: &Stack, media_type: &str, tags: Value) -> String {
    // The beginning of a PDF, and no more: as a job it fails.
    let content = match media_type {
        "application/pdf" => ("base64", "JVBERi0xLjcK"),
        _ => ("text", "a@test.com"),
    };
    let source = json!({content.0: content.1, "media_type": media_type});
    let request = json!({"source": source, "tags": tags});
    let started = stack
        .start_job("application/json", request.to_string())
        .await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
    stack.clock.advance(Duration::from_millis(2));
    started.job_id()
}

/// So many jobs, newest first.
async fn submit_many(stack: &Stack, count: usize) -> Vec<String> {
    let mut newest_first = Vec::new();
    for _ in 0..count {
        newest_first.insert(0, submit(stack, "text/plain", json!({})).await);
    }
    newest_first
}

#[tokio::test]
async fn pages_of_any_size_give_every_job_once_and_the_newest_first() {
    let stack = Stack::start().await;
    assert_eq!(page(&stack, "").await, json!({"jobs": [], "next": null}));
    let newest_first = submit_many(&stack, 23).await;
    for limit in [1, 2, 7, 22, 23, 24, 200] {
        let query = format!("limit={limit}");
        let first = page(&stack, &query).await;
        assert_eq!(ids(&first).len(), limit.min(23), "{limit}");
        assert_eq!(rest(&stack, &query, first).await, newest_first, "{limit}");
    }
    assert_eq!(ids(&page(&stack, "").await), newest_first);
}

#[tokio::test]
async fn a_listed_job_says_what_its_status_says() {
    let stack = Stack::start().await;
    let id = submit(&stack, "text/csv", json!({"batch": "7"})).await;
    stack.job().failed().await;
    stack.drain_queue().await;
    for job in page(&stack, "").await["jobs"].as_array().unwrap() {
        let path = format!("/api/v1/scan/status/{}/", job["job_id"].as_str().unwrap());
        assert_eq!(stack.get(&path).await.json(), *job);
    }
    assert_eq!(page(&stack, "limit=2").await["jobs"][1]["job_id"], id);
}

#[tokio::test]
async fn the_link_leads_to_the_next_page_with_the_same_filter() {
    let stack = Stack::start().await;
    let newest_first = submit_many(&stack, 5).await;
    let mut found = Vec::new();
    let mut query = "?status=pending&limit=2".to_owned();
    loop {
        let answer = stack.get(&format!("/api/v1/scan{query}")).await;
        found.extend(ids(&answer.json()));
        let Some(link) = answer.header("link").strip_prefix('<') else {
            assert_eq!(answer.json()["next"], Value::Null);
            break;
        };
        query = link.strip_suffix(">; rel=\"next\"").unwrap().to_owned();
        assert!(query.contains("status=pending&limit=2&cursor="), "{query}");
    }
    assert_eq!(found, newest_first);
}

#[tokio::test]
async fn jobs_that_come_and_go_meanwhile_change_no_other_page() {
    let stack = Stack::start().await;
    let newest_first = submit_many(&stack, 30).await;
    let mut at = page(&stack, "limit=4").await;
    let mut found = ids(&at);
    let mut removed = BTreeSet::new();
    while let Some(cursor) = at["next"].as_str().map(ToOwned::to_owned) {
        submit_many(&stack, 3).await;
        let last = newest_first
            .iter()
            .rfind(|id| !found.contains(id) && !removed.contains(*id));
        if let Some(last) = last {
            let path = format!("/api/v1/scan/remove/{last}/");
            assert_eq!(
                stack.call(http::Method::DELETE, &path).await.status,
                StatusCode::NO_CONTENT
            );
            removed.insert(last.clone());
        }
        at = page(&stack, &format!("limit=4&cursor={cursor}")).await;
        found.extend(ids(&at));
    }
    let expected: Vec<String> = newest_first
        .into_iter()
        .filter(|id| !removed.contains(id))
        .collect();
    assert_eq!(found, expected);
    assert!(!removed.is_empty());
}

/// A filter of each kind, and what it says of a job as it is listed. Times are put in the place of `{from}` and `{to}`.
#[expect(clippy::type_complexity, reason = "a table is read by lines")]
const FILTERS: [(&str, fn(&Value) -> bool); 8] = [
    ("", |_| true),
    ("tag=batch:7", |job| job["tags"]["batch"] == "7"),
    ("tag=batch:7&tag=who:a%3Ab", |job| {
        job["tags"]["batch"] == "7" && job["tags"]["who"] == "a:b"
    }),
    ("tag=batch:9", |_| false),
    ("media_type=Text/CSV", |job| job["media_type"] == "text/csv"),
    ("tag=who:a:b&media_type=text/csv", |job| {
        job["tags"]["who"] == "a:b" && job["media_type"] == "text/csv"
    }),
    ("created_after={from}&created_before={to}", |job| {
        !["text/x-first", "text/x-last"]
            .map(Value::from)
            .contains(&job["media_type"])
    }),
    ("created_before={from}&created_after={to}", |_| false),
];

/// Jobs of all kinds in all states, between a first and a last one.
async fn jobs_of_all_kinds(stack: &Stack) -> (String, String) {
    submit(stack, "text/x-first", json!({})).await;
    let from = stack.clock.now().to_string();
    for cancelled in [false, true] {
        for media_type in ["text/csv", "text/plain; charset=utf-8", "application/pdf"] {
            for tags in [
                json!({}),
                json!({"batch": "7"}),
                json!({"batch": "7", "who": "a:b"}),
            ] {
                let id = submit(stack, media_type, tags).await;
                if cancelled {
                    stack.post(&format!("/api/v1/scan/cancel/{id}/")).await;
                }
            }
        }
    }
    stack.drain_queue().await;
    for tags in [json!({}), json!({"batch": "7"})] {
        submit(stack, "text/csv", tags).await;
    }
    stack.job().running().await;
    stack.clock.advance(Duration::from_millis(1));
    in_steps(stack).await;
    stack.clock.advance(Duration::from_millis(1));
    let to = stack.clock.now().to_string();
    submit(stack, "text/x-last", json!({})).await;
    (from, to)
}

/// A job between two of its steps.
async fn in_steps(stack: &Stack) {
    let (claim, now) = (stack.job().running().await, stack.clock.now());
    let progress = Progress::default();
    stack
        .store
        .continue_job(claim, progress, None, now, now)
        .await
        .unwrap();
}

#[tokio::test]
async fn each_filter_finds_exactly_what_it_says_in_every_status() {
    let stack = Stack::start().await;
    let (from, to) = jobs_of_all_kinds(&stack).await;
    let jobs = page(&stack, "limit=200").await["jobs"].clone();
    let of = |status: Status| {
        let has = |job: &&Value| job["status"] == status.name();
        jobs.as_array().unwrap().iter().filter(has).count()
    };
    let counts = Status::ALL.map(of);
    assert!(counts.iter().all(|&count| count > 0), "{counts:?}");

    for statuses in [
        "",
        "pending",
        "running",
        "completed",
        "failed",
        "cancelled",
        "failed,cancelled",
        "pending,running",
        "completed,failed",
    ] {
        for (filter, passes) in FILTERS {
            let filter = filter.replace("{from}", &from).replace("{to}", &to);
            let mut query = format!("limit=3&{filter}");
            if !statuses.is_empty() {
                query.push_str("&status=");
                query.push_str(statuses);
            }
            let expected: Vec<&str> = jobs
                .as_array()
                .unwrap()
                .iter()
                .filter(|job| passes(job))
                .filter(|job| {
                    statuses.is_empty() || statuses.split(',').any(|it| job["status"] == it)
                })
                .map(|job| job["job_id"].as_str().unwrap())
                .collect();
            assert_eq!(all(&stack, &query).await, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn the_begin_of_an_id_finds_the_jobs_whose_ids_begin_so() {
    let stack = Stack::start().await;
    let ids = submit_many(&stack, 12).await;
    for (id, length) in ids.iter().zip([36, 35, 24, 23, 13, 12, 11, 9, 8, 3, 1]) {
        let begin = &id[..length];
        let expected: Vec<&String> = ids.iter().filter(|id| id.starts_with(begin)).collect();
        let found = all(&stack, &format!("limit=5&q={}", begin.to_uppercase())).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{begin}");
    }
}

#[tokio::test]
async fn a_job_whose_time_is_over_is_not_listed() {
    let stack = Stack::start().await;
    stack.job().cancelled().await;
    stack.job().completed().await;
    stack
        .clock
        .advance(job::limits::KEEP_FINISHED + Duration::from_secs(1));
    let id = submit(&stack, "text/plain", json!({})).await;
    assert_eq!(all(&stack, "").await, [id]);
    assert_eq!(all(&stack, "status=cancelled,failed").await, [""; 0]);
}

#[tokio::test]
async fn failed_and_cancelled_jobs_are_found_without_looking_at_the_others() {
    let stack = Stack::start().await;
    stack.plant(800).await;
    let (failed, cancelled) = (stack.job().failed().await, stack.job().cancelled().await);
    stack.plant(800).await;
    stack.dynamodb.reset_counts();
    let found = page(&stack, "status=failed,cancelled").await;
    let expected = [&cancelled, &failed].map(|key| key.id.to_string());
    assert_eq!(BTreeSet::from_iter(ids(&found)), BTreeSet::from(expected));
    assert_eq!(found["next"], Value::Null);
    let units = stack.dynamodb.read_units();
    assert!(units < 20.0, "{units}");
}

#[tokio::test]
async fn a_page_that_finds_little_reads_a_bounded_amount_and_leads_on() {
    let stack = Stack::start().await;
    let oldest = submit(&stack, "text/plain", json!({"rare": "1"})).await;
    stack.plant(2_500).await;
    let query = "tag=rare:1&limit=200";
    let mut at = json!({"next": ""});
    let (mut pages, mut empty, mut found) = (0, 0, Vec::new());
    while let Some(cursor) = at["next"].as_str() {
        let query = match cursor {
            "" => query.to_owned(),
            cursor => format!("{query}&cursor={cursor}"),
        };
        stack.dynamodb.reset_counts();
        at = page(&stack, &query).await;
        let units = stack.dynamodb.read_units();
        assert!(
            units < MOST_UNITS_OF_A_PAGE,
            "{units} in {:?}",
            stack.dynamodb.calls()
        );
        pages += 1;
        empty += usize::from(ids(&at).is_empty());
        found.extend(ids(&at));
    }
    assert_eq!(found, [oldest]);
    assert!((3..=6).contains(&pages), "{pages}");
    assert_eq!(empty, pages - 1);
}

#[tokio::test]
async fn a_page_anywhere_in_a_long_list_costs_what_it_holds() {
    let stack = Stack::start().await;
    stack.plant(1_000).await;
    let mut found = 0;
    let mut at = page(&stack, "limit=50").await;
    while let Some(cursor) = at["next"].as_str().map(ToOwned::to_owned) {
        found += ids(&at).len();
        stack.dynamodb.reset_counts();
        at = page(&stack, &format!("limit=50&cursor={cursor}")).await;
        let units = stack.dynamodb.read_units();
        assert!(units <= 50.0, "{units} after {found}");
    }
    assert_eq!(found + ids(&at).len(), 1_000);
}

#[tokio::test]
async fn what_is_wrong_with_a_parameter_is_said_with_what_would_be_right() {
    let refused = async |query: &str| support::get(&format!("{LIST}?{query}")).await;
    for (query, parameter, right) in [
        (
            "status=done",
            "status",
            "pending, running, completed, failed, cancelled",
        ),
        ("status=failed,", "status", "joined by commas"),
        (
            "created_after=yesterday",
            "created_after",
            "2026-09-01T12:00:00Z",
        ),
        ("created_before=2026-09-01", "created_before", "RFC 3339"),
        (
            "created_after=2026-09-01T12:00:00+02:00",
            "created_after",
            "%2B",
        ),
        ("tag=batch", "tag", "`batch:7`"),
        ("tag=:7", "tag", "`batch:7`"),
        ("tag=a:1&tag=a:2", "tag", "No job has two values"),
        ("media_type=pdf", "media_type", "application/pdf"),
        ("media_type=image/*", "media_type", "application/pdf"),
        ("q=", "q", "first characters"),
        ("q=01990a5dac", "q", "hyphens"),
        ("limit=0", "limit", "from 1 to 200"),
        ("limit=201", "limit", "from 1 to 200"),
        ("limit=5&limit=6", "limit", "more than once"),
        ("cursor=", "cursor", "begin anew"),
        ("cursor=My4xNzg", "cursor", "begin anew"),
        ("cursor=%21", "cursor", "begin anew"),
        ("page=2", "page", "Known are: status,"),
    ] {
        let answer = refused(query).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(
            answer.places(),
            [format!("parameter {parameter}")],
            "{query}"
        );
        assert!(
            answer.detail().contains(right),
            "{query}: {}",
            answer.detail()
        );
    }
    let both = refused("limit=x&status=y").await;
    assert_eq!(both.places(), ["parameter limit", "parameter status"]);
}

/// As many jobs as a busy client has. Reported, not asserted: the time of a page depends on the machine. What it reads does not.
#[tokio::test]
#[ignore = "takes minutes, and a gigabyte or two of memory"]
#[expect(clippy::print_stderr, reason = "it is there to report figures")]
async fn a_million_jobs_are_listed_in_pages_that_cost_what_they_hold() {
    let stack = Stack::start().await;
    let oldest = submit(&stack, "text/plain", json!({"rare": "1"})).await;
    let begin = Instant::now();
    for planted in 1..=10 {
        stack.plant(100_000).await;
        stack.job().failed().await;
        stack.job().cancelled().await;
        let seconds = begin.elapsed().as_secs();
        eprintln!("{planted}00,000 jobs after {seconds} s");
    }
    let middle = (stack.clock.now() - Duration::from_secs(500)).to_string();
    for query in [
        "limit=50".to_owned(),
        "limit=200".to_owned(),
        format!("limit=50&created_before={middle}"),
        "limit=50&status=failed,cancelled".to_owned(),
        "limit=50&status=completed&media_type=text/plain".to_owned(),
        "limit=50&tag=rare:1".to_owned(),
        format!("limit=50&q={}", &oldest[..13]),
    ] {
        measure(&stack, &query).await;
    }
}

/// Turns a hundred pages, and says what they took.
#[expect(clippy::print_stderr, reason = "it is there to report figures")]
async fn measure(stack: &Stack, query: &str) {
    let (mut times, mut most_units) = (Vec::new(), 0.0_f64);
    let mut next = String::new();
    while times.len() < 100 {
        stack.dynamodb.reset_counts();
        let begin = Instant::now();
        let at = page(stack, &format!("{query}{next}")).await;
        times.push(begin.elapsed());
        most_units = most_units.max(stack.dynamodb.read_units());
        assert!(most_units < MOST_UNITS_OF_A_PAGE, "{query}: {most_units}");
        match at["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    times.sort();
    let (pages, median, worst) = (times.len(), times[times.len() / 2], times[times.len() - 1]);
    eprintln!(
        "{query}: {pages} pages, median {median:.1?}, worst {worst:.1?}, most read units {most_units}"
    );
}
