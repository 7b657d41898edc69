//! Names whose addresses are not what they were, or not all alike.

use fetch::{FetchError, Fetcher, Limits, Policy};

use crate::ear::{Ear, Names, fetcher, get, silently};
use crate::runtime;

const PUBLIC: &str = "93.184.216.34";

#[test]
#[ignore = "runs in a namespace"]
fn a_name_with_one_forbidden_address_among_others_is_refused_as_a_whole() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let lists: [&[&str]; 4] = [
            &[PUBLIC, "127.0.0.1"],
            &["10.0.0.1", PUBLIC],
            &[PUBLIC, "2606:2800:220:1::1", "::ffff:10.0.0.1"],
            &["fd00::1", "2606:2800:220:1::1"],
        ];
        for list in lists {
            let fetcher = fetcher(Names::of(&[list]));
            let answer = silently("a mixed name", ear, get(&fetcher, "http://name.test/")).await;
            assert_eq!(answer, Err(FetchError::ForbiddenAddress), "{list:?}");
        }
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn a_name_is_looked_up_once_and_what_was_looked_at_is_connected_to() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let names = Names::of(&[&[PUBLIC], &["127.0.0.1"]]);
        let fetcher = fetcher(names.clone());
        get(&fetcher, "http://name.test/a").await.unwrap();
        assert_eq!(names.asked(), 1);
        let at = (PUBLIC.parse::<std::net::IpAddr>().unwrap(), 80).into();
        assert_eq!(ear.take(), [(at, "/a".to_owned())]);
        // A second request is a second connection, and it is looked at anew.
        let answer = silently("a name", ear, get(&fetcher, "http://name.test/a")).await;
        assert_eq!(answer, Err(FetchError::ForbiddenAddress));
        assert_eq!(names.asked(), 2);
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn a_name_that_turns_between_robots_txt_and_the_document_is_refused() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let names = Names::of(&[&[PUBLIC], &["169.254.169.254"]]);
        let fetcher = Fetcher::with(Policy::default(), Limits::default(), names);
        let answer = get(&fetcher, "http://name.test/a").await;
        assert_eq!(answer, Err(FetchError::ForbiddenAddress));
        let at = (PUBLIC.parse::<std::net::IpAddr>().unwrap(), 80).into();
        assert_eq!(ear.take(), [(at, "/robots.txt".to_owned())]);
    });
}

#[test]
#[ignore = "runs in a namespace"]
fn a_name_that_turns_between_redirects_is_refused() {
    runtime().block_on(async {
        let ear = Ear::listen();
        let names = Names::of(&[&[PUBLIC], &["127.0.0.1"]]);
        let fetcher = fetcher(names);
        let answer = get(&fetcher, "http://name.test/to//again").await;
        assert_eq!(answer, Err(FetchError::ForbiddenAddress));
        let heard = ear.take();
        assert_eq!(heard.len(), 1, "{heard:?}");
    });
}
