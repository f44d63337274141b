//! What a token permits, and what Graph says where that is not enough.

use super::*;

const BOTH: &str = "OnlineMeetings.ReadWrite OnlineMeetings.ReadWrite.All";

/// Who may do something by one of these permissions, and by no other.
async fn holds(bearer: Bearer, method: &str, path: &str, enough: &[&str], code: &str) {
    let client = Client::calm().await;
    let ask = async |permissions: &str| {
        let client = Client { sim: client.sim.clone(), token: client.sim.issue_for(bearer, permissions) };
        client.send(client.request().method(method).uri(path), r#"{"externalId":"A"}"#).await
    };
    let all = "OnlineMeetings.Read OnlineMeetings.Read.All User.Read User.ReadBasic.All User.Read.All openid \
               Calls.JoinGroupCalls.All Organization.Read.All";
    let others = format!("{all} {BOTH}").split(' ').filter(|name| !enough.contains(name)).collect::<Vec<_>>().join(" ");
    for permissions in ["", "onlinemeetings.readwrite.all", &others] {
        let (status, given, _) = ask(permissions).await.problem();
        assert_eq!((status, given.as_str()), (403, code), "{method} {path}: {permissions}");
    }
    for permission in enough {
        let status = ask(&format!("openid {permission}")).await.status;
        assert_ne!(status, 403, "{method} {path}: {permission}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_needs_the_permission_of_each_route() {
    let meetings = meetings_of(ORGANIZER);
    let (read, write) =
        (&["OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All"], &["OnlineMeetings.ReadWrite.All"]);
    for (method, path, enough, code) in [
        ("POST", path_of(ORGANIZER), &write[..], "Forbidden"),
        ("POST", meetings.clone(), write, "Forbidden"),
        ("GET", format!("{meetings}?$filter=JoinWebUrl%20eq%20'x'"), read, "Forbidden"),
        ("GET", format!("{meetings}/x"), read, "Forbidden"),
        ("PATCH", format!("{meetings}/x"), write, "Forbidden"),
        ("DELETE", format!("{meetings}/x"), write, "Forbidden"),
        ("POST", "/beta/communications/calls".to_owned(), &["Calls.JoinGroupCalls.All"], "Forbidden"),
        ("GET", format!("/v1.0/users/{ORGANIZER}"), &["User.Read.All"], "Authorization_RequestDenied"),
        ("GET", "/v1.0/users".to_owned(), &["User.Read.All"], "Authorization_RequestDenied"),
        ("GET", "/v1.0/organization".to_owned(), &["Organization.Read.All"], "Authorization_RequestDenied"),
    ] {
        holds(Bearer::App, method, &path, enough, code).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_needs_the_permission_of_each_route() {
    let meetings = "/v1.0/me/onlineMeetings";
    let (read, write) = (&["OnlineMeetings.Read", "OnlineMeetings.ReadWrite"], &["OnlineMeetings.ReadWrite"]);
    let (own, others) =
        (&["User.Read", "User.ReadBasic.All", "User.Read.All"], &["User.ReadBasic.All", "User.Read.All"]);
    for (method, path, enough, code) in [
        ("POST", format!("{meetings}/createOrGet"), &write[..], "Forbidden"),
        ("POST", meetings.to_owned(), write, "Forbidden"),
        ("GET", format!("{meetings}/x"), read, "Forbidden"),
        ("PATCH", format!("{meetings}/x"), write, "Forbidden"),
        ("DELETE", format!("{meetings}/x"), write, "Forbidden"),
        ("POST", "/v1.0/communications/calls".to_owned(), &[], "Forbidden"),
        ("GET", "/v1.0/me".to_owned(), own, "Authorization_RequestDenied"),
        ("GET", format!("/v1.0/users/{}", USER_ID.to_uppercase()), own, "Authorization_RequestDenied"),
        ("GET", format!("/v1.0/users/{ORGANIZER}"), others, "Authorization_RequestDenied"),
        ("GET", "/v1.0/users".to_owned(), others, "Authorization_RequestDenied"),
        (
            "GET",
            "/beta/organization".to_owned(),
            &["User.Read", "Organization.Read.All"],
            "Authorization_RequestDenied",
        ),
    ] {
        holds(Bearer::User, method, &path, enough, code).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_needs_no_permission_and_its_requests_do() {
    let client = Client::calm().await;
    let client = Client { token: client.sim.issue_for(Bearer::User, "User.Read"), sim: client.sim };
    let batch = client.post_to("/v1.0/$batch", json!({ "requests": [
        { "id": "1", "method": "GET", "url": "/me" },
        { "id": "2", "method": "GET", "url": "/users" },
        { "id": "3", "method": "POST", "url": "/me/onlineMeetings", "headers": { "Content-Type": "application/json" }, "body": {} },
    ]}));
    let batch = batch.await;
    assert_eq!(batch.status, 200);
    let mut answers: Vec<(String, u64)> = Vec::new();
    for answer in batch.json()["responses"].as_array().expect("a collection") {
        answers.push((text(answer, "/id"), answer["status"].as_u64().expect("a status")));
    }
    answers.sort();
    assert_eq!(answers, [("1".to_owned(), 200), ("2".to_owned(), 403), ("3".to_owned(), 403)]);
    assert_eq!(client.sim.report().meetings_kept, 0);
}

#[tokio::test(start_paused = true)]
async fn who_has_no_permission_learns_nothing_more() {
    let client = Client::new("quota=3/10s,latency=0".parse().expect("a scenario")).await;
    let poor = Client { token: client.sim.issue_for(Bearer::App, "User.Read.All"), sim: client.sim.clone() };
    for body in ["{", r#"{"externalId":"A"}"#] {
        assert_eq!(poor.send(poor.request(), body).await.problem().0, 403, "{body}");
    }
    assert_eq!(client.meet("A").await.status, 201);
}
