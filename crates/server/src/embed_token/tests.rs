use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::credential::{KeyId, KeyValue};
use serde_json::{Value, json};

use super::*;

fn secret() -> EmbedSecret {
    let value = "0123456789abcdefghijklmnopqrstuv".parse().expect("32 characters");
    EmbedSecret { id: KeyId::from_random([7; 16]), value }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_900_000_000).expect("a time")
}

fn header() -> Value {
    json!({"alg": "dir", "enc": "A256GCM", "kid": secret().id.as_str()})
}

/// Claims that a minimal token carries, an hour before it expires.
fn content() -> Value {
    json!({"cst": "UA", "dsh": "kQ3vT8mB2x", "exp": 1_900_003_600})
}

/// `base` with the members of `changes`; `null` takes a member away.
fn with(base: Value, changes: Value) -> String {
    let (Value::Object(mut members), Value::Object(changes)) = (base, changes) else {
        unreachable!("both are objects")
    };
    for (name, value) in changes {
        if value.is_null() {
            members.remove(&name)
        } else {
            members.insert(name, value)
        };
    }
    Value::Object(members).to_string()
}

fn token(header: &str, content: &str) -> String {
    jwe::seal(header, &secret().value, [1; 12], content.as_bytes())
}

fn open(token: &str) -> Result<Claims, EmbedTokenError> {
    let sealed = SealedToken::parse(token)?;
    assert_eq!(sealed.key_id(), &secret().id);
    sealed.open(&secret(), now())
}

#[track_caller]
fn check_refused(token: &str, reason: &str) {
    let error = open(token).expect_err("refused").to_string();
    assert!(error.contains(reason), "{error:?} should contain {reason:?}");
}

#[track_caller]
fn check_header(header: &str, reason: &str) {
    check_refused(&token(header, &content().to_string()), reason);
}

#[track_caller]
fn check_claims(changes: Value, reason: &str) {
    check_refused(&token(&header().to_string(), &with(content(), changes)), reason);
}

#[test]
fn a_minted_token_opens_with_what_went_in() {
    let claims = Claims {
        customer: "東京 支店".parse().expect("an id"),
        dashboard: "kQ3vT8mB2x".parse().expect("an embed id"),
        expires: Timestamp::from_second(1_900_086_400).expect("a time"),
        issuer: Some("https://app.example.com".parse().expect("an origin")),
        features: Some(Features::Only(vec![Feature::Filter, Feature::CreateView])),
        disables_editing: Some(true),
        chart: Some("by_month".to_owned()),
    };
    let token = mint(&claims, &secret(), now(), [9; 12]);
    assert_eq!(open(&token), Ok(claims));
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header"));
    let header: Value = serde_json::from_slice(&header.expect("base64url")).expect("JSON");
    assert_eq!(header, json!({"alg": "dir", "enc": "A256GCM", "kid": secret().id.as_str()}));
}

#[test]
fn what_was_not_asked_for_is_not_in_the_token() {
    let token = token(&header().to_string(), &content().to_string());
    let claims = open(&token).expect("opens");
    let content: Value = serde_json::from_slice(&claims.to_json(now())).expect("JSON");
    let expected =
        json!({"cst": "UA", "dsh": "kQ3vT8mB2x", "iat": 1_900_000_000, "exp": 1_900_003_600});
    assert_eq!(content, expected);
}

#[test]
fn harmless_variety_is_accepted() {
    for (members, claims) in [
        (json!({"typ": "JWT", "cty": "x"}), json!({})),
        (json!({"kid": secret().id.as_str().to_uppercase()}), json!({})),
        (json!({}), json!({"exp": 1_900_000_000.5, "iat": "whatever", "unknown": {"a": []}})),
        (json!({}), json!({"exp": 9e18})),
        (json!({}), json!({"cst": 42})),
        (json!({}), json!({"rbc": ["flt", "new-word", 7], "des": false, "cht": "by_month"})),
    ] {
        let token = token(&with(header(), members), &with(content(), claims.clone()));
        assert!(open(&token).is_ok(), "{claims}: {:?}", open(&token));
    }
}

#[test]
fn words_that_are_unknown_allow_nothing() {
    let features = |words: Value| {
        let content = with(content(), json!({ "rbc": words }));
        open(&token(&header().to_string(), &content)).expect("opens").features
    };
    assert_eq!(features(json!(["*"])), Some(Features::All));
    assert_eq!(features(json!(["*", "flt"])), Some(Features::Only(vec![Feature::Filter])));
    assert_eq!(features(json!(["everything"])), Some(Features::Only(vec![])));
    assert_eq!(features(json!([])), Some(Features::Only(vec![])));
    assert_eq!(features(Value::Null), None);
}

#[test]
fn other_headers_are_refused() {
    let changed = |changes: Value| with(header(), changes);
    check_header(&changed(json!({"alg": "A256GCM"})), "its alg must be");
    check_header(&changed(json!({"alg": "none"})), "its alg must be");
    check_header(&changed(json!({"alg": "A256KW"})), "its alg must be");
    check_header(&changed(json!({"alg": null})), "its alg must be");
    check_header(&changed(json!({"enc": "A128GCM"})), "its enc must be");
    check_header(&changed(json!({"enc": "A128CBC-HS256"})), "its enc must be");
    check_header(&changed(json!({"enc": ["A256GCM"]})), "its enc must be");
    check_header(&changed(json!({"zip": "DEF"})), "compressed tokens");
    check_header(&changed(json!({"crit": ["exp"]})), "critical extensions");
    check_header(&changed(json!({"kid": null})), "lacks the key id");
    check_header(&changed(json!({"kid": "../../etc/passwd"})), "is no UUID");
    check_header("[]", "no JSON object");
    check_header("{\"alg\":\"dir\"", "no JSON object");
    let twice = header().to_string().replacen('{', "{\"alg\":\"dir\",", 1);
    check_header(&twice, "a member twice");
}

#[test]
fn other_forms_are_refused() {
    let good = token(&header().to_string(), &content().to_string());
    let parts: Vec<&str> = good.split('.').collect();
    let joined = |at: usize, part: &str| {
        let mut parts = parts.clone();
        parts[at] = part;
        parts.join(".")
    };
    check_refused("", "five parts");
    check_refused(&parts[..3].join("."), "five parts");
    check_refused(&format!("{good}."), "five parts");
    check_refused(&joined(1, "AAAA"), "encrypted key");
    check_refused(&joined(2, "AAAA"), "12 bytes");
    check_refused(&joined(4, "AAAA"), "16 bytes");
    check_refused(&joined(4, &format!("{}==", parts[4])), "canonical base64url");
    check_refused(&joined(3, &format!("{}+", parts[3])), "canonical base64url");
    check_refused(&joined(3, &format!("{} ", parts[3])), "canonical base64url");
    check_refused(&format!("{good}{}", "A".repeat(8192)), "longer than 8192 bytes");
    // A tag of 16 bytes has two spare bits in its last character: only zeros are canonical.
    let last = parts[4].chars().last().expect("a tag");
    let next = char::from(last as u8 + 1);
    let twin = format!("{}{next}", &parts[4][..parts[4].len() - 1]);
    check_refused(&joined(4, &twin), "canonical base64url");
}

#[test]
fn a_token_of_another_key_or_a_changed_one_does_not_open() {
    let good = token(&header().to_string(), &content().to_string());
    let other: KeyValue = "another key of thirty-two chars!".replace(' ', "_").parse().expect("32");
    let sealed = SealedToken::parse(&good).expect("well formed");
    let other = EmbedSecret { value: other, ..secret() };
    assert_eq!(sealed.open(&other, now()), Err(EmbedTokenError::Undecryptable));
    let parts: Vec<&str> = good.split('.').collect();
    for at in [2, 3, 4] {
        let first = if parts[at].starts_with('A') { "B" } else { "A" };
        let changed = format!("{first}{}", &parts[at][1..]);
        let mut parts = parts.clone();
        parts[at] = &changed;
        assert_eq!(open(&parts.join(".")), Err(EmbedTokenError::Undecryptable), "part {at}");
    }
    let spaced = header().to_string().replacen(':', ": ", 1);
    let spaced = URL_SAFE_NO_PAD.encode(spaced);
    let other_header = [spaced.as_str(), "", parts[2], parts[3], parts[4]].join(".");
    assert_eq!(open(&other_header), Err(EmbedTokenError::Undecryptable));
}

#[test]
fn claims_that_are_missing_or_wrong_are_refused() {
    check_claims(json!({"cst": null}), "cst is missing");
    check_claims(json!({"cst": ""}), "cst must not be empty");
    check_claims(json!({"cst": ["UA"]}), "cst must be text, not a list");
    check_claims(json!({"dsh": null}), "dsh is missing");
    check_claims(json!({"dsh": "../x"}), "dsh must be 6 to 32 letters or digits");
    check_claims(json!({"exp": null}), "exp is missing");
    check_claims(json!({"exp": "1900003600"}), "exp must be a number, not text");
    check_claims(json!({"exp": -9e18}), "expired");
    check_claims(json!({"iss": "app.example.com"}), "iss must be an origin");
    check_claims(json!({"iss": "https:app.example.com/"}), "iss must be an origin");
    check_claims(json!({"rbc": "flt"}), "rbc must be a list");
    check_claims(json!({"des": "true"}), "des must be true or false");
    check_claims(json!({"cht": 1}), "cht must be text");
    let header = header().to_string();
    check_refused(&token(&header, "[]"), "they must be an object, not a list");
    check_refused(&token(&header, ""), "not valid JSON");
    let twice = content().to_string().replacen('{', "{\"cst\":\"AA\",", 1);
    check_refused(&token(&header, &twice), "cst: is given twice");
}

#[test]
fn a_token_is_dead_from_the_moment_that_exp_says() {
    let at = |exp: Value| {
        let content = with(content(), json!({ "exp": exp }));
        open(&token(&header().to_string(), &content)).map(|_| ())
    };
    assert_eq!(at(json!(1_900_000_001)), Ok(()));
    assert_eq!(at(json!(1_900_000_000.1)), Ok(()));
    assert_eq!(at(json!(1_900_000_000)), Err(EmbedTokenError::Expired));
    assert_eq!(at(json!(1_899_999_999.9)), Err(EmbedTokenError::Expired));
    assert_eq!(at(json!(0)), Err(EmbedTokenError::Expired));
}

#[test]
fn an_issuer_binds_the_token_to_pages_of_its_origin() {
    let claims = |issuer: Value| {
        let content = with(content(), json!({ "iss": issuer }));
        open(&token(&header().to_string(), &content)).expect("opens")
    };
    let bound = claims(json!("https://App.example.com:443/"));
    for (origin, fetch_site, allowed) in [
        (Some("https://app.example.com"), Some("cross-site"), true),
        (Some("https://app.example.com"), None, true),
        (Some("http://app.example.com"), Some("cross-site"), false),
        (Some("https://app.example.com.evil.example"), None, false),
        (Some("https://evil.example"), Some("cross-site"), false),
        (Some("null"), Some("cross-site"), false),
        (None, None, false),
        (None, Some("none"), false),
        (Some("https://fanlight.example"), Some("same-origin"), true),
        (None, Some("same-origin"), true),
    ] {
        assert_eq!(bound.allows_page(origin, fetch_site), allowed, "{origin:?} {fetch_site:?}");
    }
    assert!(claims(Value::Null).allows_page(None, None));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_verifier_panic(text in "[A-Za-z0-9_.=+/ -]{0,200}") {
        proptest::prop_assert!(SealedToken::parse(&text).is_err());
    }
}
