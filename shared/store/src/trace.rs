//! Which trace a request belongs to: the `traceparent` of W3C Trace Context, level 1.

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A position in a trace, as it goes from one program to the next. What cannot be one cannot be held: ids of zero are
/// refused, as the specification asks.
///
/// Ids are drawn by whoever makes one, so that nothing here is random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceParent {
    trace_id: NonZeroU128,
    span_id: NonZeroU64,
    sampled: bool,
}

/// A text that is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent")]
pub struct MalformedTraceParent;

/// Length of version 00, and of what a later version has in common with it.
const LENGTH: usize = "00-00000000000000000000000000000000-0000000000000000-00".len();

/// The only flag that version 00 knows.
const SAMPLED: u8 = 1;

impl TraceParent {
    /// The beginning of a trace. The ids are to be random.
    pub fn root(trace_id: NonZeroU128, span_id: NonZeroU64, sampled: bool) -> Self {
        Self {
            trace_id,
            span_id,
            sampled,
        }
    }

    /// The next position in the same trace. The id is to be random.
    #[must_use]
    pub fn child(self, span_id: NonZeroU64) -> Self {
        Self { span_id, ..self }
    }

    /// The trace, in 32 hexadecimal digits.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// The position in it, in 16 hexadecimal digits.
    pub fn span_id(self) -> String {
        format!("{:016x}", self.span_id)
    }

    /// Whether the caller records this trace.
    pub fn is_sampled(self) -> bool {
        self.sampled
    }
}

impl FromStr for TraceParent {
    type Err = MalformedTraceParent;

    /// Reads version 00, and of a later version what it has in common with 00.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).ok_or(MalformedTraceParent)
    }
}

fn read(text: &str) -> Option<TraceParent> {
    let (known, beyond) = text.split_at_checked(LENGTH)?;
    let mut fields = known.split('-');
    let version = hex(fields.next()?, 2)?;
    let trace_id = hex(fields.next()?, 32)?;
    let span_id = hex(fields.next()?, 16)?;
    let flags = hex(fields.next()?, 2)?;
    let rest_is_fine = match version {
        0 => beyond.is_empty(),
        0xff => false,
        _ => beyond.is_empty() || beyond.starts_with('-'),
    };
    rest_is_fine.then_some(TraceParent {
        trace_id: NonZeroU128::new(trace_id)?,
        span_id: NonZeroU64::new(u64::try_from(span_id).ok()?)?,
        sampled: flags & u128::from(SAMPLED) != 0,
    })
}

/// Reads this many lower-case digits.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let plain = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == digits && text.bytes().all(plain))
        .then(|| u128::from_str_radix(text, 16).ok())?
}

impl fmt::Display for TraceParent {
    /// Version 00, whichever was read.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = if self.sampled { SAMPLED } else { 0 };
        write!(
            out,
            "00-{:032x}-{:016x}-{flags:02x}",
            self.trace_id, self.span_id
        )
    }
}

impl TryFrom<String> for TraceParent {
    type Error = MalformedTraceParent;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TraceParent> for String {
    fn from(traceparent: TraceParent) -> Self {
        traceparent.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn version_0_comes_back_as_it_went() {
        for (flags, sampled) in [("00", false), ("01", true)] {
            let text = format!("00-{TRACE}-{SPAN}-{flags}");
            let read: TraceParent = text.parse().unwrap();
            assert_eq!(read.trace_id(), TRACE);
            assert_eq!(read.span_id(), SPAN);
            assert_eq!(read.is_sampled(), sampled);
            assert_eq!(read.to_string(), text);
            let json = serde_json::to_string(&read).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<TraceParent>(&json).unwrap(), read);
        }
    }

    #[test]
    fn flags_that_are_not_known_are_not_passed_on() {
        let read: TraceParent = format!("00-{TRACE}-{SPAN}-fe").parse().unwrap();
        assert_eq!(read.to_string(), format!("00-{TRACE}-{SPAN}-00"));
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known_and_goes_on_as_version_0() {
        for beyond in ["", "-", "-what the future brings"] {
            let text = format!("cc-{TRACE}-{SPAN}-01{beyond}");
            let read: TraceParent = text.parse().unwrap();
            assert_eq!(read.to_string(), format!("00-{TRACE}-{SPAN}-01"));
        }
    }

    #[test]
    fn what_the_specification_forbids_is_refused() {
        let zeros = "0".repeat(32);
        for text in [
            String::new(),
            "00".into(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("00-{TRACE}-{SPAN}-01-beyond"),
            format!("00-{TRACE}-{SPAN}-0x"),
            format!("00-{TRACE}-{SPAN}-+1"),
            format!("00-{zeros}-{SPAN}-01"),
            format!("00-{TRACE}-{}-01", &zeros[..16]),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", SPAN.to_uppercase()),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("FF-{TRACE}-{SPAN}-01"),
            format!("cc-{TRACE}-{SPAN}-01beyond"),
            format!("0-0{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}{SPAN}--01"),
            format!(" 00-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-é"),
        ] {
            assert_eq!(
                text.parse::<TraceParent>(),
                Err(MalformedTraceParent),
                "{text}"
            );
        }
    }

    #[test]
    fn a_child_is_in_the_same_trace_at_another_position() {
        let (trace_id, span_id) = (NonZeroU128::new(1).unwrap(), NonZeroU64::new(2).unwrap());
        let root = TraceParent::root(trace_id, span_id, true);
        let child = root.child(NonZeroU64::new(3).unwrap());
        assert_eq!(
            child.to_string(),
            "00-00000000000000000000000000000001-0000000000000003-01"
        );
        assert_eq!(child.trace_id(), root.trace_id());
    }
}
