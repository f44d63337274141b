//! What Entra's error numbers mean here and what to do about them (Microsoft identity platform, *error codes*). It
//! decides nothing: a number that it does not know costs an explanation, never a verdict.

/// What to do where the number says nothing.
const OTHER: &str = "the identity service does not give one; check AZURE_TENANT_ID, AZURE_CLIENT_ID and what proves the \
    app, like AZURE_CLIENT_SECRET";

/// Numbers, what they mean, and what to do.
const MENDS: [(&[&str], &str); 22] = [
    (&["7000215"], "the client secret is wrong; AZURE_CLIENT_SECRET takes the secret's value, not its id"),
    (&["7000222"], "the client secret has expired; make a new one in the app registration"),
    (&["700016"], "the tenant does not know this app; check AZURE_CLIENT_ID and AZURE_TENANT_ID"),
    (&["90002", "900023"], "there is no such tenant; check AZURE_TENANT_ID"),
    (
        &["700027"],
        "the app does not know this certificate, or the key is another one's; upload the certificate in the app \
         registration (Certificates & secrets, Certificates) and compare its thumbprint",
    ),
    (
        &["700024"],
        "the assertion is not valid at this time: this machine's clock is wrong, or the federated token has expired; \
         set the clock, or let the token file be renewed",
    ),
    (
        &["700211"],
        "the app trusts no such issuer: the federated credential in the app registration must have the issuer that \
         the token has (its claim iss), letter by letter",
    ),
    (
        &["700212"],
        "the federated token is for somebody else: its claim aud must be the audience of the federated credential, \
         which is api://AzureADTokenExchange as a rule",
    ),
    (
        &["700213"],
        "the app does not trust this workload: the federated credential in the app registration must have the \
         subject that the token has (its claim sub), letter by letter",
    ),
    (
        &["70021"],
        "no federated credential of the app fits the token: issuer, subject and audience in the app registration \
         must be the token's own (its claims iss, sub and aud); a new one takes some minutes to come into effect",
    ),
    (
        &["53003"],
        "a Conditional Access policy does not let this sign-in pass; an administrator finds the policy in Entra's \
         sign-in logs, and can exclude this app or place",
    ),
    (
        &["50076", "50079"],
        "the tenant demands a second factor (MFA) of this user; sign in anew and confirm it, with --auth \
         device-code or az login",
    ),
    (
        &["65001"],
        "nobody has consented to what the app asks for; an administrator gives consent in the app registration (API \
         permissions, Grant admin consent)",
    ),
    (
        &["500011"],
        "the tenant does not know the service that a token is asked for; check that --graph-url is Graph's own and of \
         the tenant's cloud",
    ),
    (&["50034"], "the tenant has no such user; check with whom you sign in, and AZURE_TENANT_ID"),
    (&["50057"], "the user's account is disabled; an administrator can enable it"),
    (
        &["7000112"],
        "the app is disabled; an administrator enables it again (Entra admin centre, Enterprise applications, \
         Properties, Enabled for users to sign-in)",
    ),
    (
        &["700082", "700084", "50173", "70043", "50078"],
        "the kept sign-in has expired or was taken back; sign in again, with --auth device-code or az login",
    ),
    (
        &["7000218"],
        "the app is not set up for people to sign in with a device code; switch on Allow public client flows in the \
         app registration (Authentication, Advanced settings)",
    ),
    (
        &["50105"],
        "the user is not assigned to the app; an administrator assigns them (Enterprise applications, Users and \
         groups)",
    ),
    (&["90014"], "a required value is missing from the request; check that no AZURE_ variable is empty"),
    (
        &["50194"],
        "the app is of one tenant only, and was asked for at an address for all; set AZURE_TENANT_ID to the tenant's \
         own id",
    ),
];

/// What an answer with this in it means, and what to do.
pub(super) fn mend(said: &str) -> &'static str {
    known(said).unwrap_or(OTHER)
}

/// The same; nothing where the number is not known.
pub(super) fn known(said: &str) -> Option<&'static str> {
    let number = number(said).unwrap_or_default().trim_start_matches("AADSTS");
    MENDS.iter().find(|(numbers, _)| numbers.contains(&number)).map(|(_, mend)| *mend)
}

/// The number in an answer, with the letters before it, like `AADSTS7000215`.
pub(super) fn number(said: &str) -> Option<&str> {
    let at = said.find("AADSTS")?;
    let digits = said[at + "AADSTS".len()..].bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| &said[at..at + "AADSTS".len() + digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_that_people_meet_has_its_own_mend() {
        let known = [
            "7000215", "7000222", "700016", "90002", "700027", "700024", "700213", "70021", "700211", "700212",
            "53003", "50076", "65001", "500011", "50034", "50057", "7000112", "700082", "90014", "50194", "7000218",
            "50105",
        ];
        let mends: std::collections::BTreeSet<_> = known.map(|number| mend(&format!("AADSTS{number}: x"))).into();
        assert_eq!(mends.len(), known.len());
        assert!(!mends.contains(mend("AADSTS1: x")));
        for (one, other) in [("50079", "50076"), ("700084", "700082"), ("70043", "700082"), ("900023", "90002")] {
            assert_eq!(mend(&format!("AADSTS{one}")), mend(&format!("AADSTS{other}")));
        }
    }

    #[test]
    fn a_number_is_found_whole_wherever_it_stands() {
        assert_eq!(number("AADSTS7000215: Invalid"), Some("AADSTS7000215"));
        assert_eq!(number("ERROR: AADSTS70021"), Some("AADSTS70021"));
        assert_eq!((number("AADSTS"), number("AADSTSx"), number("")), (None, None, None));
    }
}
