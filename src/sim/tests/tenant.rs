//! A tenant whose users a file lists: who may organize, and who is known.

use super::*;

const LIST: &str = "\
id,userPrincipalName,displayName,mail,licensed,policy
6b1e0000-0000-4000-8000-000000000009,none@contoso.example,Nobody's Licence,,false,true
6b1e0000-0000-4000-8000-000000000001,T.Okafor@contoso.example,Tola Okafor,tola@fabrikam.example,true,true
6b1e0000-0000-4000-8000-000000000002,s.lind@contoso.example,Sara Lind,,true,false
";
const UNLICENSED: &str = "6b1e0000-0000-4000-8000-000000000009";
const WITHOUT_POLICY: &str = "6b1e0000-0000-4000-8000-000000000002";

/// A client of a tenant with these users, the first licensed of whom is signed in.
async fn tenant(list: &str) -> Client {
    let place = tempfile::tempdir().expect("a directory");
    let directory = place.path().join("people.csv");
    std::fs::write(&directory, list).expect("a file");
    let sim = Sim::open(Setup {
        scenario: Scenario::calm(),
        state: None,
        directory: Some(directory),
        client_certificates: Vec::new(),
        federated: Vec::new(),
        granted: None,
        delegated: None,
        public_url: "http://127.0.0.1:8365".to_owned(),
    });
    let sim = sim.expect("it opens");
    let form = good_form().replace("https%3A%2F%2Fgraph.example", "http%3A%2F%2F127.0.0.1%3A8365");
    let token = text(&ask_for_token(&sim, TENANT_ID, &form).await.json(), "/access_token");
    Client { sim, token }
}

#[tokio::test(start_paused = true)]
async fn an_organizer_is_in_the_list_by_id_and_has_a_licence_and_a_policy() {
    let client = tenant(LIST).await;
    let nobody = (404, "UnknownError".to_owned(), String::new());
    let refused = (403, "Forbidden".to_owned(), "No application access policy found for this app.".to_owned());
    for (who, expected) in
        [(USER_ID, &nobody), (UNLICENSED, &nobody), ("T.Okafor@contoso.example", &nobody), (WITHOUT_POLICY, &refused)]
    {
        for reply in [
            client.post_to(&path_of(who), json!({ "externalId": "A" })).await,
            client.post_to(&meetings_of(who), json!({})).await,
            client.get(&format!("{}?$filter=JoinWebUrl%20eq%20'x'", meetings_of(who))).await,
            client.get(&format!("{}/x", meetings_of(who))).await,
            client.patch(&format!("{}/x", meetings_of(who)), json!({})).await,
            client.delete(&format!("{}/x", meetings_of(who))).await,
        ] {
            assert_eq!(&reply.problem(), expected, "{who}");
        }
    }
    assert_eq!(client.meet("A").await.status, 201);
    assert_eq!(client.sim.report().meetings_kept, 1);
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_for_applications_and_a_signed_in_user_needs_none() {
    // The first with a licence is signed in.
    let list =
        LIST.replace("0001,T.Okafor@contoso.example,Tola Okafor,tola@fabrikam.example,true", "0001,t@x.example,T,,no");
    let client = tenant(&list).await;
    let user = client.signed_in();
    assert_eq!(text(&user.get("/v1.0/me").await.json(), "/id"), WITHOUT_POLICY);
    let meeting = user.post_to("/v1.0/me/onlineMeetings", json!({})).await.json();
    assert_eq!(meeting["participants"]["organizer"]["upn"], "s.lind@contoso.example");
    let path = path_to(WITHOUT_POLICY, &meeting);
    assert_eq!(user.get(&path).await.json(), meeting);
    assert_eq!(client.get(&path).await.problem().0, 403);
    assert_eq!(client.delete(&path).await.problem().0, 403);
    assert_eq!(user.delete(&path).await.status, 204);
}

#[tokio::test(start_paused = true)]
async fn users_are_found_by_id_by_name_and_by_filter() {
    let client = tenant(LIST).await;
    let by_id = client.get(&format!("/v1.0/users/{}", ORGANIZER.to_uppercase())).await.json();
    let by_name = client.get("/v1.0/users/t.okafor@CONTOSO.example").await.json();
    assert_eq!(by_id, by_name);
    assert_eq!((&by_id["displayName"], &by_id["mail"]), (&json!("Tola Okafor"), &json!("tola@fabrikam.example")));
    // An address is no name; it can be looked for.
    assert_eq!(client.get("/v1.0/users/tola@fabrikam.example").await.problem().1, "Request_ResourceNotFound");
    let find = async |filter: &str| {
        let found = client.get(&format!("/v1.0/users?$select=id&$filter={}", filter.replace(' ', "%20"))).await.json();
        found["value"].as_array().expect("a collection").iter().map(|user| text(user, "/id")).collect::<Vec<_>>()
    };
    assert_eq!(find("mail eq 'tola@fabrikam.example'").await, [ORGANIZER]);
    assert_eq!(find("userPrincipalName eq 'S.LIND@contoso.example'").await, [WITHOUT_POLICY]);
    assert_eq!(find("startswith(displayName,'nobody')").await, [UNLICENSED]);
    assert_eq!(find("mail eq 'nobody@fabrikam.example'").await, [""; 0]);
    assert_eq!(client.get("/v1.0/users").await.json()["value"].as_array().map(Vec::len), Some(3));
    assert_eq!(client.get(&format!("/v1.0/users/{USER_ID}")).await.problem().0, 404);
    assert_eq!(client.get("/v1.0/users?$filter=mail%20like%20'x'").await.problem().0, 400);
}

#[tokio::test(start_paused = true)]
async fn me_is_who_is_signed_in_and_the_tenant_is_one() {
    let client = tenant(LIST).await;
    let user = client.signed_in();
    let me = user.get("/v1.0/me?$select=id,userPrincipalName").await.json();
    assert_eq!((text(&me, "/id").as_str(), &me["userPrincipalName"]), (ORGANIZER, &json!("T.Okafor@contoso.example")));
    assert!(text(&me, "/@odata.context").starts_with("http://127.0.0.1:8365/v1.0/$metadata#users("), "{me}");
    assert_eq!(client.get("/v1.0/me").await.problem().0, 400, "an application is nobody");
    for client in [&client, &user] {
        let tenant = client.get("/beta/organization?$select=id").await.json();
        assert_eq!(tenant["value"], json!([{ "id": TENANT_ID }]));
    }
    for path in ["/v1.0/me", "/v1.0/users", "/v1.0/organization"] {
        let reply = user.post_to(path, json!({})).await;
        assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, Some("GET")), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_no_token_is_told_where_the_tokens_of_this_simulator_are() {
    let client = Client { token: String::new(), ..tenant(LIST).await };
    let reply = client.get("/v1.0/users").await;
    assert_eq!(reply.status, 401);
    let challenge = reply.header("www-authenticate").expect("there is one");
    assert!(challenge.contains("=\"http://127.0.0.1:8365/common/oauth2/authorize\""), "{challenge}");
}

#[tokio::test(start_paused = true)]
async fn an_attendee_whom_the_tenant_does_not_know_has_no_identity() {
    let client = tenant(LIST).await;
    let wrong = "6b1e0000-0000-4000-8000-00000000000f";
    let body = json!({ "externalId": "A", "participants": { "attendees": [
        { "upn": "S.Lind@contoso.example" },
        { "upn": "guest@fabrikam.example" },
        { "upn": "guest@fabrikam.example", "identity": { "user": { "id": wrong } } },
    ]}});
    let meeting = client.post(body).await.json();
    let identity = |n: usize| meeting["participants"]["attendees"][n]["identity"].clone();
    assert_eq!(identity(0)["user"]["id"], WITHOUT_POLICY);
    assert_eq!(identity(1), Value::Null);
    assert_eq!(identity(2)["user"]["id"], wrong, "an id is kept as it came");
    assert_eq!(meeting["participants"]["organizer"]["upn"], "T.Okafor@contoso.example");
    assert!(text(&meeting, "/joinWebUrl").starts_with("http://127.0.0.1:8365/l/meetup-join/19%3ameeting_"));
    let filter = text(&meeting, "/joinWebUrl").replace('%', "%25");
    let found = client.get(&format!("{}?$filter=JoinWebUrl%20eq%20'{filter}'", meetings_of(ORGANIZER))).await;
    assert_eq!(found.json()["value"][0]["id"], meeting["id"]);
}
