//! What an administrator pastes into Teams PowerShell.

use std::fmt::Write as _;

/// What stands in the place of an id that is not known.
const APP_ID: &str = "APP-ID";
const ORGANIZER_ID: &str = "ORGANIZER-OBJECT-ID";

/// The cmdlets that let this app make meetings for these organizers, in one line (Graph, *configure application access
/// to online meetings*). Whatever could end a text in quotation marks, or be a command of its own, is no id and is not
/// filled in.
pub fn cmdlets(app_id: Option<&str>, organizers: &[&str]) -> String {
    let app_id = app_id.filter(|id| is_id(id)).unwrap_or(APP_ID);
    let mut text = format!(
        "New-CsApplicationAccessPolicy -Identity convoke -AppIds \"{app_id}\" -Description \"Lets convoke make meetings\""
    );
    let mut grant = |organizer: &str| {
        let _ = write!(text, "; Grant-CsApplicationAccessPolicy -PolicyName convoke -Identity \"{organizer}\"");
    };
    let mut filled = organizers.iter().filter(|id| is_id(id)).peekable();
    if filled.peek().is_none() {
        grant(ORGANIZER_ID);
    }
    filled.for_each(|organizer| grant(organizer));
    text
}

/// An object id, or a name to sign in with, which Teams PowerShell takes as well.
fn is_id(text: &str) -> bool {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.@'+#!".contains(char);
    !text.is_empty() && text.len() <= 256 && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ids_are_filled_in_and_the_policy_is_made_once() {
        assert_eq!(
            cmdlets(Some("a-1"), &["o-1", "o'b@contoso.example"]),
            "New-CsApplicationAccessPolicy -Identity convoke -AppIds \"a-1\" -Description \"Lets convoke make meetings\"; \
             Grant-CsApplicationAccessPolicy -PolicyName convoke -Identity \"o-1\"; \
             Grant-CsApplicationAccessPolicy -PolicyName convoke -Identity \"o'b@contoso.example\""
        );
        let blank = cmdlets(None, &[]);
        assert!(blank.contains("\"APP-ID\"") && blank.ends_with("\"ORGANIZER-OBJECT-ID\""), "{blank}");
    }

    proptest! {
        #[test]
        fn no_id_can_leave_its_quotation_marks(app in any::<String>(), organizer in "[ -~“”„`]{0,40}") {
            let text = cmdlets(Some(&app), &[&organizer]);
            prop_assert_eq!(text.matches('"').count(), 6, "{}", text);
            prop_assert!(!text.contains(['“', '”', '„', '`', '$', '\n']), "{}", text);
            prop_assert_eq!(text.matches(';').count(), 1);
        }
    }
}
