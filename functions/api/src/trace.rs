//! Where a request stands in a trace.

use http::HeaderMap;
use store::TraceParent;

/// The position of this request: after its caller's, if the caller names it as W3C Trace Context asks; else in the trace that AWS put it in;
/// else at the beginning of one.
pub(crate) fn position(headers: &HeaderMap) -> TraceParent {
    if let Some(caller) = only(headers, "traceparent").and_then(|text| text.parse().ok()) {
        return TraceParent::child(caller, rand::random());
    }
    let xray = only(headers, "x-amzn-trace-id").unwrap_or_default();
    let trace_id = service::xray_trace_id(xray).unwrap_or_else(rand::random);
    let sampled = xray.split(';').any(|part| part.trim() == "Sampled=1");
    TraceParent::root(trace_id, rand::random(), sampled)
}

/// The text of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.to_str().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn position_after(headers: &[(&'static str, &str)]) -> TraceParent {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        position(&map)
    }

    #[test]
    fn a_request_goes_on_with_its_callers_trace_at_a_position_of_its_own() {
        let caller = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let xray = "Root=1-5759e988-bd862e3fe1be46a994272793";
        let position = position_after(&[("traceparent", &caller), ("x-amzn-trace-id", xray)]);
        assert_eq!(position.trace_id(), TRACE);
        assert_ne!(position.span_id(), "00f067aa0ba902b7");
        assert!(position.is_sampled());
    }

    #[test]
    fn without_a_caller_the_trace_is_the_gateways() {
        let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
        let position = position_after(&[("x-amzn-trace-id", root)]);
        assert_eq!(position.trace_id(), "5759e988bd862e3fe1be46a994272793");
        assert!(!position.is_sampled());
        let position = position_after(&[("x-amzn-trace-id", &format!("{root};Sampled=1"))]);
        assert!(position.is_sampled());
    }

    #[test]
    fn what_is_not_valid_begins_a_new_trace() {
        let twice = format!("00-{TRACE}-00f067aa0ba902b7-01");
        for headers in [
            &[][..],
            &[("traceparent", "00-1-2-01")],
            &[("traceparent", &twice), ("traceparent", &twice)],
            &[("x-amzn-trace-id", "Root=none")],
        ] {
            let (one, other) = (position_after(headers), position_after(headers));
            assert_ne!(one.trace_id(), TRACE);
            assert_ne!(one.trace_id(), other.trace_id());
        }
    }
}
