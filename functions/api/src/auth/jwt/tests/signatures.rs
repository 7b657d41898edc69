use access::Actor;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use testkit::{Issuer, SigningKey};

use super::super::{MAX_TOKEN_BYTES, Refused};
use super::{World, words};

#[tokio::test]
async fn a_token_is_its_subjects_by_each_algorithm_that_can_be_asked_for() {
    use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
    let rsa = [RS256, RS384, RS512, PS256, PS384, PS512];
    let rsa = rsa.map(|algorithm| (format!("{algorithm:?}"), SigningKey::rsa("1", algorithm)));
    let others = [
        ("ES256".to_owned(), SigningKey::p256("1")),
        ("ES384".to_owned(), SigningKey::p384("1")),
        ("EdDSA".to_owned(), SigningKey::ed25519("1")),
    ];
    for (algorithm, key) in rsa.into_iter().chain(others) {
        let world = World::signing(key, &[("JWT_ALGORITHM", &algorithm)]).await;
        let caller = world.identify(json!({})).await.unwrap();
        assert_eq!(caller.actor, Actor::Subject("ann".into()), "{algorithm}");
        assert_eq!(caller.tenant.as_str(), "acme");

        let token = world.token(json!({}));
        let (signed, _) = token.rsplit_once('.').unwrap();
        let other = world.token(json!({"sub": "bob"}));
        let (_, signature) = other.rsplit_once('.').unwrap();
        let forged = format!("{signed}.{signature}");
        assert_eq!(
            words(world.jwt.identify(&forged).await),
            FORGED,
            "{algorithm}"
        );
    }
}

#[tokio::test]
async fn a_token_cannot_choose_its_algorithm() {
    let world = World::start().await;
    let claims = world.claims(json!({}));
    let same_key_other_algorithm = SigningKey::rsa("first", Algorithm::RS512).sign(&claims);
    let by_the_public_half = world.key.sign_by_public_half(&claims);
    for token in [same_key_other_algorithm, by_the_public_half] {
        assert_eq!(words(world.jwt.identify(&token).await), OTHER_ALGORITHM);
    }
    let unsigned = |alg: &str, signature: &str| {
        let token = world
            .key
            .sign_as(&json!({"alg": alg, "kid": "first"}), &claims);
        let (signed, _) = token.rsplit_once('.').unwrap();
        format!("{signed}.{signature}")
    };
    for alg in [
        "none", "None", "NONE", "nOnE", "", "rs256", "HS256", "HS512",
    ] {
        assert_eq!(
            words(world.jwt.identify(&unsigned(alg, "")).await),
            OTHER_ALGORITHM
        );
    }
    assert_eq!(
        words(world.jwt.identify(&unsigned("RS256", "")).await),
        FORGED
    );
    // Nobody was asked for a key before it was clear that it would be used.
    assert_eq!(world.issuer.fetches(), 1);
}

#[tokio::test]
async fn a_key_is_used_for_nothing_but_what_it_is_published_for() {
    let good = SigningKey::rsa("first", Algorithm::RS256);
    let wrong = [
        ("alg", json!("PS256")),
        ("alg", json!("RSA-OAEP")),
        ("use", json!("enc")),
        ("key_ops", json!(["encrypt"])),
        ("kty", json!("oct")),
        ("kty", Value::Null),
        ("n", json!("no base64!")),
    ];
    for (member, value) in wrong {
        let key = good.clone().published_with(member, value.clone());
        let world = World::signing(key, &[]).await;
        assert_eq!(
            words(world.identify(json!({})).await),
            UNKNOWN_KEY,
            "{member} {value}"
        );
    }
    let right = [
        ("alg", Value::Null),
        ("use", Value::Null),
        ("key_ops", json!(["verify"])),
        ("x5t", json!("AAAA")),
        ("something", json!({"new": 1})),
    ];
    for (member, value) in right {
        let key = good.clone().published_with(member, value.clone());
        let world = World::signing(key, &[]).await;
        assert!(world.identify(json!({})).await.is_ok(), "{member} {value}");
    }
    let other_curve = SigningKey::p256("1").published_with("crv", json!("P-384"));
    let world = World::signing(other_curve, &[("JWT_ALGORITHM", "ES256")]).await;
    assert_eq!(words(world.identify(json!({})).await), UNKNOWN_KEY);
}

#[tokio::test]
async fn what_a_header_says_of_keys_is_not_followed() {
    let world = World::start().await;
    let elsewhere = Issuer::start(&[]).await;
    let forger = SigningKey::other_rsa("forged");
    elsewhere.publish(&[&forger]);
    let keys = format!("{}/keys", elsewhere.url);
    let claims = world.claims(json!({}));
    for (member, value) in [
        ("jku", json!(keys)),
        ("x5u", json!(keys)),
        ("jwk", forger.jwk()),
        ("x5c", json!(["AAAA"])),
    ] {
        // Neither under a name of its own, nor under that of the issuer's key, nor under none.
        for (kid, why) in [
            (json!("forged"), UNKNOWN_KEY),
            (json!("first"), FORGED),
            (Value::Null, FORGED),
        ] {
            let mut header = forger.header();
            header["kid"] = kid;
            header[member] = value.clone();
            let token = forger.sign_as(&header, &claims);
            assert_eq!(words(world.jwt.identify(&token).await), why, "{member}");
        }
        let mut header = world.key.header();
        header[member] = value;
        let token = world.key.sign_as(&header, &claims);
        assert!(world.jwt.identify(&token).await.is_ok(), "{member}");
    }
    assert_eq!(elsewhere.fetches(), 0);
}

#[tokio::test]
async fn a_header_that_asks_for_more_than_is_known_here_is_refused() {
    let world = World::start().await;
    let claims = world.claims(json!({}));
    let with = |member: &str, value: Value| {
        let mut header = world.key.header();
        header[member] = value;
        world.key.sign_as(&header, &claims)
    };
    for token in [
        with("crit", json!(["b64"])),
        with("crit", json!([])),
        with("typ", json!("logout+jwt")),
        with("typ", json!("dpop+jwt")),
    ] {
        assert!(matches!(
            world.jwt.identify(&token).await,
            Err(Refused::Invalid(_))
        ));
    }
    for typ in ["jwt", "JWT", "at+jwt", "application/at+JWT"] {
        let token = with("typ", json!(typ));
        assert!(world.jwt.identify(&token).await.is_ok(), "{typ}");
    }
    // A number among what is not read is no fault.
    assert!(world.jwt.identify(&with("ver", json!(2))).await.is_ok());
}

#[tokio::test]
async fn what_is_no_token_is_refused_before_anybody_is_asked() {
    let world = World::start().await;
    let good = world.token(json!({}));
    let (header, rest) = good.split_once('.').unwrap();
    let long = world.token(json!({"filler": "x".repeat(MAX_TOKEN_BYTES)}));
    let nested = "[".repeat(MAX_TOKEN_BYTES / 2);
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "é.é.é",
        header,
        &format!("{header}."),
        &format!("=.{rest}"),
        &format!("bnVsbA.{rest}"),
        &nested,
        &long,
    ] {
        let refused = world.jwt.identify(text).await;
        assert!(matches!(refused, Err(Refused::Invalid(_))), "{text}");
    }
    assert_eq!(world.issuer.fetches(), 0);
    for text in [
        &format!("{good}.x"),
        &format!("{good}="),
        &format!(" {good}"),
    ] {
        assert!(matches!(
            world.jwt.identify(text).await,
            Err(Refused::Invalid(_))
        ));
    }
    assert!(world.jwt.identify(&good).await.is_ok());
}

#[tokio::test]
async fn a_token_of_another_issuers_key_is_refused_whatever_it_claims() {
    let world = World::start().await;
    let forger = SigningKey::other_rsa("first");
    let forged = forger.sign(&world.claims(json!({})));
    assert_eq!(words(world.jwt.identify(&forged).await), FORGED);
}

const FORGED: &str = "The token's signature does not fit.";
const UNKNOWN_KEY: &str = "The token is signed with a key that its issuer does not publish.";
const OTHER_ALGORITHM: &str =
    "The token is signed by another algorithm than the one that is accepted here.";
