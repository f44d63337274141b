//! What an access token says that it permits.
//!
//! Tokens are Graph's business and may be of any form; but where one plainly says that it lacks the permission, no row
//! can succeed, and it is better known before the first is sent. What cannot be read is left to Graph. Nothing of a
//! token is ever shown.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::wire;
use crate::outcome::Trouble;

/// For an app (claim `roles`; Graph, *onlineMeeting: createOrGet*, Permissions).
const APPLICATION: &str = "OnlineMeetings.ReadWrite.All";
/// For a signed-in user (claim `scp`).
const DELEGATED: &str = "OnlineMeetings.ReadWrite";

/// Fails when the token says that it does not permit to make meetings.
pub(super) fn check(token: &str) -> Result<(), Trouble> {
    let Some(claims) = claims(token) else { return Ok(()) };
    let scopes = wire::text(&claims, &["scp"]);
    let roles = claims.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_user = scopes.is_some();
    let mut permissions = roles.iter().filter_map(Value::as_str).chain(scopes.iter().flat_map(|text| text.split(' ')));
    if permissions.any(|own| [APPLICATION, DELEGATED].iter().any(|needed| own.eq_ignore_ascii_case(needed))) {
        return Ok(());
    }
    let mend = if is_user {
        format!("it needs the delegated permission {DELEGATED}")
    } else {
        format!("the app needs the application permission {APPLICATION}, with admin consent given")
    };
    let cause = format!(
        "the access token does not permit to make meetings: {mend} (Entra admin centre, App registrations, this app, API \
         permissions); no waiting is needed, but a token that was issued before does not have it, and each run fetches a \
         new one; then run again"
    );
    Err(Trouble { code: "permissionMissing".into(), cause, ..Trouble::default() })
}

/// Whether the token says that it speaks for a signed-in user.
pub(super) fn is_users(token: &str) -> bool {
    claims(token).is_some_and(|claims| wire::text(&claims, &["scp"]).is_some())
}

/// When the token ends by its own word (RFC 7519, claim `exp`), if it has one.
pub(super) fn ends(token: &SecretString) -> Option<SystemTime> {
    let seconds = wire::text(&payload(token.expose_secret())?, &["exp"])?.parse().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

/// The client id of the app that the token was issued to, if it can be read (Microsoft identity platform, *access tokens*:
/// `appid` in tokens of version 1.0, `azp` in those of 2.0).
pub(super) fn app_id(token: &str) -> Option<String> {
    let claims = claims(token)?;
    wire::text(&claims, &["appid"]).or_else(|| wire::text(&claims, &["azp"]))
}

/// What is in a JWT.
fn payload(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

/// The claims of a JWT of Entra's: one that names its tenant and whom it is for (Microsoft identity platform, *access
/// tokens*).
pub(super) fn claims(token: &str) -> Option<Value> {
    let claims = payload(token)?;
    let is_entras = ["tid", "aud"].iter().all(|name| wire::text(&claims, &[name]).is_some());
    is_entras.then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_that_lacks_the_permission_is_told_before_anything_is_sent() {
        for (claims, words) in [
            (r#"{"tid":"t","aud":"a"}"#, "OnlineMeetings.ReadWrite.All, with admin consent"),
            (r#"{"tid":"t","aud":"a","roles":["User.Read.All"]}"#, "application permission"),
            (r#"{"tid":"t","aud":"a","scp":"User.Read openid"}"#, "delegated permission OnlineMeetings.ReadWrite "),
        ] {
            let trouble = check(&token(claims)).expect_err("it is missing");
            assert!(trouble.cause.contains(words), "{}", trouble.cause);
        }
    }

    #[test]
    fn a_token_tells_when_it_ends_if_it_can_be_read() {
        let at = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        for (claims, expected) in [
            (r#"{"exp":1801526400}"#, at(1_801_526_400)),
            (r#"{"exp":"1801526400"}"#, at(1_801_526_400)),
            (r#"{"exp":-1}"#, None),
            (r#"{"exp":1e300}"#, None),
            (r#"{"exp":null}"#, None),
            ("[]", None),
        ] {
            assert_eq!(ends(&token(claims).into()), expected, "{claims}");
        }
        assert_eq!(ends(&"opaque".into()), None);
    }

    #[test]
    fn the_app_is_known_by_the_token_of_either_version() {
        for (claims, id) in [
            (r#"{"tid":"t","aud":"a","appid":"one","azp":"two"}"#, Some("one")),
            (r#"{"tid":"t","aud":"a","azp":"two"}"#, Some("two")),
            (r#"{"tid":"t","aud":"a"}"#, None),
            (r#"{"appid":"one"}"#, None),
        ] {
            assert_eq!(app_id(&token(claims)).as_deref(), id, "{claims}");
        }
        assert_eq!(app_id("opaque"), None);
    }

    #[test]
    fn a_token_that_permits_it_or_cannot_be_read_is_left_to_graph() {
        for token in [
            token(r#"{"tid":"t","aud":"a","roles":["User.Read.All","onlinemeetings.readwrite.all"]}"#),
            token(r#"{"tid":"t","aud":"a","scp":"User.Read OnlineMeetings.ReadWrite"}"#),
            token(r#"{"sub":"somebody"}"#),
            token("[]"),
            token("{"),
            "opaque".into(),
            "a.b.c".into(),
            String::new(),
        ] {
            assert_eq!(check(&token), Ok(()), "{token}");
        }
    }
}
