//! Which tokens are good, and what their claims say: read once, at the start.

use std::fmt;

use access::{Scope, Scopes};
use http::Uri;
use http::uri::Scheme;
use job::Tenant;
use jsonwebtoken::{Algorithm, AlgorithmFamily};

/// Which tokens are good, and what their claims say.
///
/// | variable | meaning | default |
/// | --- | --- | --- |
/// | `JWT_ISSUER` | the identity provider: a token's `iss`, to the letter | none |
/// | `JWT_AUDIENCE` | whom tokens are for: one of these stands in `aud`; separated by commas | none |
/// | `JWT_JWKS_URL` | where the provider's keys are | told by the issuer's `/.well-known/openid-configuration` |
/// | `JWT_ALGORITHM` | what tokens are signed by: `RS256` to `RS512`, `PS256` to `PS512`, `ES256`, `ES384`, `EdDSA` | `RS256` |
/// | `JWT_TENANT_CLAIM` | the claim that names the tenant: its name, or a path of names with dots between | `tenant` |
/// | `JWT_TENANT` | the tenant of all tokens, whatever they claim | none |
/// | `JWT_OPERATORS` | `true`: the claim may name the tenant `default`, whose admins run the installation | `false` |
/// | `JWT_SCOPE_CLAIM` | the claim that says what is permitted: words in a text, or an array | `scope` |
/// | `JWT_SCOPES` | what the claim's words permit: `readers=scan:read;staff=scan:read,scan:write` | words are scopes' names |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// A token's `iss`.
    pub(super) issuer: String,
    /// One of these stands in a token's `aud`.
    pub(super) audiences: Vec<String>,
    /// Where the keys are, or where that is said.
    pub(super) source: Source,
    /// What tokens are signed by.
    pub(super) algorithm: Algorithm,
    /// Whose a token is.
    pub(super) tenant: TenantRule,
    /// The claim that says what is permitted.
    pub(super) scope_claim: String,
    /// What the claim's words permit; none: they are scopes' names.
    pub(super) scopes: Option<Vec<(String, Scopes)>>,
}

/// Where keys are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The key set itself.
    Keys(Uri),
    /// The provider's description of itself, which says where its keys are.
    Discovery {
        /// Whose it has to be.
        issuer: String,
        /// Where it is.
        url: Uri,
    },
}

/// How a token's tenant is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TenantRule {
    /// It is this.
    Fixed(Tenant),
    /// This claim names it.
    Claim {
        /// The claim's name, or the path to it.
        name: String,
        /// Whether it may be the tenant `default`, whose admins run the installation.
        operators: bool,
    },
}

/// A setting that is missing or makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// Which one.
    pub variable: &'static str,
    /// What it has to be.
    pub wanted: &'static str,
}

impl Settings {
    /// Reads the variables of this environment.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let optional = |variable: &str| {
            let value = get(variable)?;
            let value = value.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        let required =
            |variable, wanted| optional(variable).ok_or(SettingsError { variable, wanted });
        let issuer = required("JWT_ISSUER", ISSUER_WANTED)?;
        let audiences = required("JWT_AUDIENCE", AUDIENCE_WANTED)?;
        let scope_claim = optional("JWT_SCOPE_CLAIM").unwrap_or_else(|| "scope".to_owned());
        Ok(Self {
            source: source(&issuer, optional("JWT_JWKS_URL").as_deref())?,
            audiences: parsed("JWT_AUDIENCE", AUDIENCE_WANTED, &audiences, audience_list)?,
            algorithm: algorithm(optional("JWT_ALGORITHM").as_deref())?,
            tenant: tenant_rule(optional)?,
            scopes: match optional("JWT_SCOPES") {
                Some(text) => Some(parsed("JWT_SCOPES", SCOPES_WANTED, &text, scope_map)?),
                None => None,
            },
            issuer,
            scope_claim,
        })
    }
}

const ISSUER_WANTED: &str = "the identity provider's issuer: what stands in `iss`, an https URL (or http on loopback) unless JWT_JWKS_URL is set";
const AUDIENCE_WANTED: &str = "the audiences of tokens, separated by commas";
const JWKS_URL_WANTED: &str =
    "the https URL (or http on loopback) of the issuer's keys, or nothing";
const ALGORITHM_WANTED: &str =
    "one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA";
const TENANT_WANTED: &str = "a tenant's name: 1 to 64 characters of a-z, 0-9, - and _";
const ONE_TENANT_WANTED: &str = "nothing, for JWT_TENANT says whose all tokens are";
const OPERATORS_WANTED: &str = "true or false";
const SCOPES_WANTED: &str = "pairs of a word and the scopes that it permits, such as \
    `readers=scan:read;staff=scan:read,scan:write`";

fn source(issuer: &str, jwks_url: Option<&str>) -> Result<Source, SettingsError> {
    if let Some(url) = jwks_url {
        return parsed("JWT_JWKS_URL", JWKS_URL_WANTED, url, trusted_url).map(Source::Keys);
    }
    let at = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let url = parsed("JWT_ISSUER", ISSUER_WANTED, &at, trusted_url)?;
    let issuer = issuer.to_owned();
    Ok(Source::Discovery { issuer, url })
}

/// A URL that what comes from can be trusted: nobody between here and there can change it.
pub(super) fn trusted_url(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let host = uri.host().filter(|host| !host.is_empty())?;
    let names_a_user = uri.authority()?.as_str().contains('@');
    let trusted = uri.scheme() == Some(&Scheme::HTTPS) || is_plain(&uri) && is_loopback(host);
    (trusted && !names_a_user).then_some(uri)
}

/// Whether this is asked without TLS.
pub(super) fn is_plain(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTP)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn audience_list(text: &str) -> Option<Vec<String>> {
    let names = text.split(',').map(str::trim);
    let names: Vec<String> = names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    (!names.is_empty()).then_some(names)
}

fn algorithm(name: Option<&str>) -> Result<Algorithm, SettingsError> {
    let Some(name) = name else {
        return Ok(Algorithm::RS256);
    };
    parsed("JWT_ALGORITHM", ALGORITHM_WANTED, name, |name| {
        let algorithm: Algorithm = name.parse().ok()?;
        // With a shared secret, whoever can check a token can make one.
        (algorithm.family() != AlgorithmFamily::Hmac).then_some(algorithm)
    })
}

fn tenant_rule(optional: impl Fn(&str) -> Option<String>) -> Result<TenantRule, SettingsError> {
    let claim = optional("JWT_TENANT_CLAIM");
    let operators = match optional("JWT_OPERATORS") {
        None => false,
        Some(word) => parsed("JWT_OPERATORS", OPERATORS_WANTED, &word, |word| {
            word.parse().ok()
        })?,
    };
    let Some(name) = optional("JWT_TENANT") else {
        let name = claim.unwrap_or_else(|| "tenant".to_owned());
        return Ok(TenantRule::Claim { name, operators });
    };
    if claim.is_some() {
        let (variable, wanted) = ("JWT_TENANT_CLAIM", ONE_TENANT_WANTED);
        return Err(SettingsError { variable, wanted });
    }
    #[expect(clippy::disallowed_methods, reason = "the settings say whose it is")]
    let named = Tenant::new;
    parsed("JWT_TENANT", TENANT_WANTED, &name, named).map(TenantRule::Fixed)
}

/// `word=scope,scope;other=scope`, or with spaces for commas. A word may hold `=`, as names in directories do.
fn scope_map(text: &str) -> Option<Vec<(String, Scopes)>> {
    let pairs = text
        .split(';')
        .map(str::trim)
        .filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (word, scopes) = pair.rsplit_once('=')?;
        let word = word.trim();
        let scopes: Option<Scopes> = scopes
            .split([' ', ','])
            .filter(|name| !name.is_empty())
            .map(|name| name.parse::<Scope>().ok())
            .collect();
        let scopes = scopes.filter(|scopes| !scopes.is_empty())?;
        (!word.is_empty()).then(|| (word.to_owned(), scopes))
    });
    let map: Vec<_> = pairs.collect::<Option<_>>()?;
    (!map.is_empty()).then_some(map)
}

fn parsed<'a, T>(
    variable: &'static str,
    wanted: &'static str,
    text: &'a str,
    parse: impl Fn(&'a str) -> Option<T>,
) -> Result<T, SettingsError> {
    parse(text).ok_or(SettingsError { variable, wanted })
}

impl fmt::Display for SettingsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { variable, wanted } = self;
        write!(
            out,
            "the environment variable {variable} must be set to {wanted}"
        )
    }
}

impl std::error::Error for SettingsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let usual = [
            ("JWT_ISSUER", "https://login.example.com/"),
            ("JWT_AUDIENCE", "scan"),
        ];
        Settings::read(|variable| {
            let variables = variables.iter().chain(&usual);
            let mut named = variables.filter(|(name, _)| *name == variable);
            named.next().map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_issuer_and_an_audience_are_enough() {
        let settings = read(&[]).unwrap();
        let url = "https://login.example.com/.well-known/openid-configuration";
        let source = Source::Discovery {
            issuer: "https://login.example.com/".into(),
            url: Uri::from_static(url),
        };
        assert_eq!(settings.source, source);
        assert_eq!(settings.algorithm, Algorithm::RS256);
        let claim = TenantRule::Claim {
            name: "tenant".into(),
            operators: false,
        };
        assert_eq!(settings.tenant, claim);
        assert_eq!((&*settings.scope_claim, settings.scopes), ("scope", None));
    }

    #[test]
    fn what_is_set_wrong_is_named_with_what_would_be_right() {
        for (variable, value) in [
            ("JWT_ISSUER", ""),
            ("JWT_ISSUER", "login.example.com"),
            ("JWT_ISSUER", "http://login.example.com"),
            ("JWT_ISSUER", "http://localhost.example.com"),
            ("JWT_ISSUER", "https://user@login.example.com"),
            ("JWT_AUDIENCE", " , "),
            ("JWT_JWKS_URL", "http://10.0.0.1/keys"),
            ("JWT_JWKS_URL", "ftp://login.example.com/keys"),
            ("JWT_JWKS_URL", "/keys"),
            ("JWT_ALGORITHM", "HS256"),
            ("JWT_ALGORITHM", "none"),
            ("JWT_ALGORITHM", "rs256"),
            ("JWT_ALGORITHM", "ES512"),
            ("JWT_TENANT", "Acme"),
            ("JWT_OPERATORS", "yes"),
            ("JWT_SCOPES", "readers"),
            ("JWT_SCOPES", "readers="),
            ("JWT_SCOPES", "=admin"),
            ("JWT_SCOPES", "readers=scan:read;staff=everything"),
            ("JWT_SCOPES", ";"),
        ] {
            let error = read(&[(variable, value)]).unwrap_err();
            assert_eq!(error.variable, variable, "{value}");
            assert!(!error.to_string().contains("  "), "{error}");
        }
    }

    #[test]
    fn a_tenant_is_fixed_or_claimed_and_not_both() {
        let fixed = [("JWT_TENANT", "acme")];
        let tenant = read(&fixed).unwrap().tenant;
        assert_eq!(tenant, TenantRule::Fixed(testkit::tenant("acme")));
        let error = read(&[fixed[0], ("JWT_TENANT_CLAIM", "org")]).unwrap_err();
        assert_eq!(error.variable, "JWT_TENANT_CLAIM");
    }

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for url in [
            "https://login.example.com/keys?tenant=1",
            "http://localhost:8080/keys",
            "http://127.0.0.2/keys",
            "http://[::1]:8080/keys",
        ] {
            let settings = read(&[("JWT_JWKS_URL", url), ("JWT_ISSUER", "any name")]);
            let settings = settings.unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(settings.source, Source::Keys(Uri::from_static(url)));
        }
    }
}
