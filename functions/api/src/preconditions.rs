//! `If-Match` and `If-None-Match` of a request that writes (RFC 9110, section 13): what has to be there, or not to be, for it to be
//! carried out.

use http::{HeaderMap, HeaderName, header};

use crate::problem::{Flaws, Place, Problem};

/// What a client asks to hold before anything is written.
#[derive(Debug, Default)]
pub(crate) struct Preconditions {
    /// One of these has to be there.
    wanted: Option<Tags>,
    /// None of these may be there.
    unwanted: Option<Tags>,
}

/// Entity tags as a header lists them.
#[derive(Debug)]
enum Tags {
    /// `*`: whatever is there.
    Any,
    These(Vec<Tag>),
}

#[derive(Debug)]
struct Tag {
    weak: bool,
    /// With its quotes.
    opaque: String,
}

impl Preconditions {
    /// Those of a request with these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut flaws = Flaws::default();
        let wanted = tags(headers, &header::IF_MATCH, &mut flaws);
        let unwanted = tags(headers, &header::IF_NONE_MATCH, &mut flaws);
        flaws.end()?;
        Ok(Self { wanted, unwanted })
    }

    /// Whether they hold where the thing has this strong entity tag; none: there is no such thing.
    pub(crate) fn hold(&self, current: Option<&str>) -> bool {
        self.is_wanted(current) && !self.is_unwanted(current)
    }

    /// Whether `If-Match` holds.
    pub(crate) fn is_wanted(&self, current: Option<&str>) -> bool {
        match (&self.wanted, current) {
            (None, _) => true,
            (Some(Tags::Any), current) => current.is_some(),
            (Some(Tags::These(_)), None) => false,
            (Some(Tags::These(tags)), Some(current)) => {
                tags.iter().any(|tag| !tag.weak && tag.opaque == current)
            }
        }
    }

    /// Whether `If-None-Match` does not hold.
    pub(crate) fn is_unwanted(&self, current: Option<&str>) -> bool {
        match (&self.unwanted, current) {
            (None, _) | (_, None) => false,
            (Some(Tags::Any), Some(_)) => true,
            (Some(Tags::These(tags)), Some(current)) => {
                tags.iter().any(|tag| tag.opaque == current)
            }
        }
    }
}

fn tags(headers: &HeaderMap, name: &HeaderName, flaws: &mut Flaws) -> Option<Tags> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let texts: Option<Vec<&str>> = values.map(|value| value.to_str().ok()).collect();
    let read = texts.and_then(|texts| read(&texts.join(",")));
    if read.is_none() {
        flaws.add(
            Place::Header(name.clone()),
            "This is neither `*` nor a list of entity tags such as `\"3-9f\"`, joined by commas.",
        );
    }
    read
}

fn read(text: &str) -> Option<Tags> {
    let mut rest = text.trim();
    if rest == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    while !rest.is_empty() {
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        // A comma may be a part of a tag, a quote may not.
        let end = quoted.strip_prefix('"')?.find('"')? + 2;
        tags.push(Tag {
            weak,
            opaque: quoted[..end].to_owned(),
        });
        rest = quoted[end..].trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start_matches([',', ' ', '\t']);
        }
    }
    (!tags.is_empty()).then_some(Tags::These(tags))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(name: HeaderName, value: &'static str) -> Option<Preconditions> {
        let headers = [(name, HeaderValue::from_static(value))];
        Preconditions::of(&headers.into_iter().collect()).ok()
    }

    #[test]
    fn what_is_there_has_to_be_among_what_is_wanted() {
        let holds = |value, current| of(header::IF_MATCH, value).unwrap().hold(current);
        assert!(holds("*", Some("\"a\"")));
        assert!(!holds("*", None));
        assert!(holds("\"b,\", \"a\"", Some("\"a\"")));
        assert!(!holds("\"b\"", Some("\"a\"")));
        assert!(!holds("\"a\"", None));
        assert!(!holds("W/\"a\"", Some("\"a\"")));
    }

    #[test]
    fn what_is_there_may_not_be_among_what_is_unwanted() {
        let holds = |value, current| of(header::IF_NONE_MATCH, value).unwrap().hold(current);
        assert!(!holds("*", Some("\"a\"")));
        assert!(holds("*", None));
        assert!(!holds("W/\"a\"", Some("\"a\"")));
        assert!(holds("\"b\"", Some("\"a\"")));
        assert!(holds("\"b\"", None));
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        for value in [
            "",
            "a",
            "\"a",
            "\"a\" \"b\"",
            "*, \"a\"",
            "w/\"a\"",
            "\"a\";",
        ] {
            assert!(of(header::IF_MATCH, value).is_none(), "{value}");
        }
    }
}
