//! A tenant in which the application has other permissions than those it needs.

use super::*;

fn names(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn an_application_has_the_roles_that_are_granted_and_no_others() {
    for (granted, directory, meetings) in [
        ("OnlineMeetings.ReadWrite.All User.Read.All", 200, 201),
        ("OnlineMeetings.ReadWrite.All", 403, 201),
        ("User.Read.All", 200, 403),
        ("", 403, 403),
    ] {
        let sim =
            Sim::registered(Scenario::calm(), Registration { granted: names(granted), ..Registration::default() });
        let reply = ask_for_token(&sim, TENANT_ID, &good_form()).await;
        let token = reply.json()["access_token"].as_str().expect("a token all the same").to_owned();
        // Who has no roles has no such claim (identity-platform/access-token-claims-reference).
        let roles = if granted.is_empty() { Value::Null } else { json!(names(granted)) };
        assert_eq!(claims(&token)["roles"], roles);
        let client = Client { sim, token };
        let request = client.request().method("GET").uri(format!("/v1.0/users/{ORGANIZER}"));
        assert_eq!(client.send(request, "").await.status, directory, "{granted}");
        assert_eq!(client.meet("A").await.status, meetings, "{granted}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_is_asked_for_consent_to_what_is_not_granted() {
    let delegated = names("User.Read");
    let sim = Sim::registered(Scenario::calm(), Registration { delegated, ..Registration::default() });
    for (scope, code) in
        [("User.Read openid", 0), ("https://graph.example/.default", 0), ("OnlineMeetings.ReadWrite", 65_001)]
    {
        let host = [("host", "login.example")];
        let form = format!("client_id={CLIENT_ID}&scope={}", escaped(scope));
        let begun = post(&sim, "/common/oauth2/v2.0/devicecode", &host, &form).await;
        tokio::time::advance(std::time::Duration::from_secs(2)).await;
        let code_given = begun.json()["device_code"].as_str().expect("a code").to_owned();
        let form = format!("grant_type=device_code&client_id={CLIENT_ID}&device_code={code_given}");
        let reply = post(&sim, "/common/oauth2/v2.0/token", &host, &form).await;
        if code > 0 {
            assert_eq!(denied(&reply).2, code, "{scope}");
            continue;
        }
        let token = reply.json()["access_token"].as_str().expect("a token").to_owned();
        assert_eq!(claims(&token)["scp"], "User.Read openid profile email");
    }
}
