//! What an access token says that it permits.
//!
//! Tokens are Graph's business and may be of any form; but where one plainly says that it lacks the permission, no row
//! can succeed, and it is better known before the first is sent. What cannot be read is left to Graph. Nothing of a
//! token is ever shown.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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
        "the access token does not permit to make meetings: {mend} (Entra admin centre, App registrations, API \
         permissions)"
    );
    Err(Trouble { code: "permissionMissing".into(), cause, ..Trouble::default() })
}

/// The claims of a JWT of Entra's: one that names its tenant and whom it is for (Microsoft identity platform, *access
/// tokens*).
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()?;
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
