//! What every answer tells browsers not to do with it.

use axum::extract::Request;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// For answers that are no page: whatever a browser takes them for, they may do nothing.
const NO_PAGE: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Browsers that were here over TLS come back over TLS alone: for a year. This host only, for of its neighbours nothing is known.
const TLS_ALONE: &str = "max-age=31536000";

/// Pages use none of what a browser would ask its user for.
const NO_DEVICES: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), \
     publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=()";

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Adds the headers that protect whoever opens an answer. What an operation has said itself stays: the policy of its page, and
/// what may be cached.
pub(crate) fn protect(headers: &mut HeaderMap, over_tls: bool) {
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let mut default = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    default(header::CACHE_CONTROL, "no-store");
    default(header::CONTENT_SECURITY_POLICY, NO_PAGE);
    // Pages of others may ask for an answer where `CORS_ORIGINS` lets them; none takes it in as an image or a script.
    default(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    default(header::REFERRER_POLICY, "no-referrer");
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // For browsers that do not know `frame-ancestors`.
    default(header::X_FRAME_OPTIONS, "DENY");
    if is_page {
        default(CROSS_ORIGIN_OPENER_POLICY, "same-origin");
        default(PERMISSIONS_POLICY, NO_DEVICES);
    }
    // Over a plain connection it would mean nothing (RFC 6797, 7.2), and `localhost` has none but those.
    if over_tls {
        default(header::STRICT_TRANSPORT_SECURITY, TLS_ALONE);
    }
}

/// Whether a client came over TLS: before a function stands a gateway that takes nothing else, and a proxy before a plain port
/// says so. A client that claims it falsely tells nobody but itself.
pub(crate) fn is_over_tls(request: &Request) -> bool {
    let by_proxy = || {
        let scheme = request.headers().get(X_FORWARDED_PROTO);
        scheme.is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
    };
    request.extensions().get::<lambda_http::Context>().is_some() || by_proxy()
}
