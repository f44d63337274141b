//! What the identity service's refusals mean where a person signs in, and what to do.

use super::kept::Kept;
use super::{Verdict, login_trouble};
use crate::outcome::Trouble;

/// Whether a refresh token was refused for a cause that a new sign-in mends (*error codes for token endpoint errors*).
pub(super) fn is_person_needed(trouble: &Trouble) -> bool {
    ["invalid_grant", "interaction_required", "login_required", "consent_required"].contains(&trouble.code.as_str())
}

/// What this means where a person signs in; what is not special to that stays as it was judged.
pub(super) fn explained(verdict: Verdict) -> Verdict {
    let Verdict::Broken(trouble) = verdict else { return verdict };
    let number = trouble.cause.split_once("AADSTS").map(|(_, rest)| rest);
    let number = number.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    let words = match (trouble.code.as_str(), number.unwrap_or_default()) {
        ("authorization_declined" | "access_denied", _) => {
            "the person who was asked has declined; run the same command again and accept, if that was a mistake"
        }
        ("expired_token", _) => {
            "nobody has signed in while the code was good; run the same command again and enter the new code"
        }
        ("bad_verification_code", _) => {
            "the identity service does not know the code any more; run the same command again for a new one"
        }
        (_, "7000218") => {
            "the app may not sign people in like this; in its registration, under Authentication, allow public client \
             flows"
        }
        (_, "65001" | "65004" | "90094") => {
            "nobody has consented that this app makes meetings; the person who signs in, or an administrator, has to"
        }
        (_, "50105") => "this person is not assigned to the app; an administrator assigns people under Enterprise apps",
        (_, "530033" | "530034" | "53003" | "50199") => {
            "the organization's rules (conditional access) forbid signing in with a code; sign in another way, or ask \
             an administrator"
        }
        (_, "50059" | "50020") => {
            "this person is not of the tenant that is asked; check AZURE_TENANT_ID and who has signed in"
        }
        _ => return Verdict::Broken(trouble),
    };
    let said = trouble.cause.find(" (the identity service said: ").map_or("", |at| &trouble.cause[at..]);
    let cause = login_trouble(None, &format!("{words}{said}")).cause;
    Verdict::Broken(Trouble { cause, ..trouble })
}

/// A person is needed, and there is none.
pub(super) fn nobody_there(keep: Option<&Kept>, refused: Option<&Trouble>) -> Trouble {
    let mend = match keep {
        Some(keep) => format!("run the same command once at a terminal, and the sign-in is kept in {keep}"),
        None => "run it at a terminal, once with --keep-sign-in FILE for the runs that nobody watches".to_owned(),
    };
    // Both begin alike.
    let lead = login_trouble(None, "").cause;
    let why = refused.map(|trouble| trouble.cause.strip_prefix(&lead).unwrap_or(&trouble.cause).to_owned());
    let why = why.map_or_else(String::new, |why| format!("; the earlier sign-in is not taken: {why}"));
    let cause = format!("a person has to sign in, and nobody is there to be asked: {mend}{why}");
    let Trouble { cause, .. } = login_trouble(None, &cause);
    let refused = refused.cloned().unwrap_or_else(|| Trouble { code: "nobodyThere".into(), ..Trouble::default() });
    Trouble { cause, ..refused }
}
