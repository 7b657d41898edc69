//! Whom a token speaks of, once its signature is known to fit.

use std::time::Duration;

use access::{Actor, Identity, Scope, Scopes};
use jiff::{SignedDuration, Timestamp};
use job::Tenant;
use serde_json::{Map, Value};

use super::Refused;
use super::settings::{Settings, TenantRule};

/// How far the issuer's clock and ours may be apart.
const SKEW: Duration = Duration::from_mins(1);

/// Longest subject, in characters. OIDC has it shorter by one.
const MAX_SUBJECT_CHARS: usize = 256;

type Claims = Map<String, Value>;

/// The caller that these claims speak of.
pub(super) fn identity(
    claims: &Claims,
    settings: &Settings,
    now: Timestamp,
) -> Result<Identity, Refused> {
    check_issuer(claims, &settings.issuer)?;
    check_audience(claims, &settings.audiences)?;
    let until = check_times(claims, now)?;
    Ok(Identity {
        actor: Actor::Subject(subject(claims)?),
        tenant: tenant(claims, &settings.tenant)?,
        scopes: scopes(claims, settings),
        until: Some(until),
    })
}

fn check_issuer(claims: &Claims, issuer: &str) -> Result<(), Refused> {
    let named = claims.get("iss").and_then(Value::as_str);
    refuse_unless(
        named == Some(issuer),
        "The token is of another issuer (`iss`) than the one that is trusted here.",
    )
}

/// `aud`, or `client_id` in a token that has no `aud`: some issuers' access tokens say so for whom they are.
fn check_audience(claims: &Claims, ours: &[String]) -> Result<(), Refused> {
    let named = claims.get("aud").or_else(|| claims.get("client_id"));
    let is_ours = |name: &Value| {
        name.as_str()
            .is_some_and(|name| ours.iter().any(|it| it == name))
    };
    let meant = match named {
        Some(Value::Array(names)) => names.iter().any(is_ours),
        Some(name) => is_ours(name),
        None => false,
    };
    refuse_unless(meant, "The token is not for this service (`aud`).")
}

/// Checks that a token is good now, and says until when it is.
fn check_times(claims: &Claims, now: Timestamp) -> Result<Timestamp, Refused> {
    let Some(expires) = time(claims, "exp")? else {
        return Err(Refused::Invalid(
            "The token does not say when it expires (`exp`).",
        ));
    };
    let until = expires.checked_add(SKEW).unwrap_or(Timestamp::MAX);
    refuse_unless(now < until, "The token has expired (`exp`).")?;
    let has_come = |time: Option<Timestamp>| time.is_none_or(|time| time <= now + SKEW);
    refuse_unless(
        has_come(time(claims, "nbf")?),
        "The token is not yet valid (`nbf`).",
    )?;
    refuse_unless(
        has_come(time(claims, "iat")?),
        "The token was issued in the future (`iat`).",
    )?;
    Ok(until)
}

/// Seconds since 1970, with a fraction or without. A time that no calendar has is its first or its last.
fn time(claims: &Claims, name: &str) -> Result<Option<Timestamp>, Refused> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value.as_f64().ok_or(Refused::Invalid(
        "A time of the token (`exp`, `nbf`, `iat`) is no number of seconds.",
    ))?;
    let since = SignedDuration::try_from_secs_f64(seconds);
    let time = since.and_then(Timestamp::from_duration);
    let beyond = if seconds < 0.0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Ok(Some(time.unwrap_or(beyond)))
}

/// In ASCII, as OIDC has it: it stands in logs of who did what, where no sign may look like another.
fn subject(claims: &Claims) -> Result<String, Refused> {
    let subject = claims
        .get("sub")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let printable = subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    refuse_unless(
        printable && matches!(subject.len(), 1..=MAX_SUBJECT_CHARS),
        "The token does not say whom it speaks of (`sub`): 1 to 256 printable characters of ASCII.",
    )?;
    Ok(subject.to_owned())
}

fn tenant(claims: &Claims, rule: &TenantRule) -> Result<Tenant, Refused> {
    let (name, operators) = match rule {
        TenantRule::Fixed(tenant) => return Ok(tenant.clone()),
        TenantRule::Claim { name, operators } => (name, *operators),
    };
    let claim = find(claims, name).ok_or(Refused::Invalid(
        "The token names no tenant: it lacks the claim that does so here.",
    ))?;
    let named = match claim {
        Value::String(name) => Some(name),
        Value::Array(names) => match names.as_slice() {
            [Value::String(name)] => Some(name),
            _ => None,
        },
        _ => None,
    };
    #[expect(clippy::disallowed_methods, reason = "the token says whose it is")]
    let tenant = named.and_then(|name| Tenant::new(name.as_str()));
    let tenant = tenant.ok_or(Refused::Invalid(
        "The token's claim of the tenant is not one name: 1 to 64 characters of a-z, 0-9, - and _.",
    ))?;
    // Its admins run the installation: that is not for everybody to give who edits claims at the issuer.
    refuse_unless(
        operators || tenant.as_str() != Tenant::DEFAULT,
        "The token names the tenant `default`, which a token's claim may not do here.",
    )?;
    Ok(tenant)
}

/// What the claim permits of what there is here; nothing, for a caller whom nothing is permitted.
fn scopes(claims: &Claims, settings: &Settings) -> Scopes {
    let words: Vec<&str> = match find(claims, &settings.scope_claim) {
        Some(Value::String(words)) => words.split_whitespace().collect(),
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    match &settings.scopes {
        None => words
            .iter()
            .filter_map(|word| word.parse::<Scope>().ok())
            .collect(),
        Some(map) => map
            .iter()
            .filter(|(word, _)| words.contains(&word.as_str()))
            .flat_map(|(_, scopes)| scopes.iter())
            .collect(),
    }
}

/// The claim of this name, or the one at the end of this path. A name may have dots of its own, so the whole is looked for first.
fn find<'a>(claims: &'a Claims, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        name.match_indices('.').find_map(|(at, _)| {
            let inner = claims.get(&name[..at])?.as_object()?;
            find(inner, &name[at + 1..])
        })
    })
}

fn refuse_unless(holds: bool, why: &'static str) -> Result<(), Refused> {
    holds.then_some(()).ok_or(Refused::Invalid(why))
}
