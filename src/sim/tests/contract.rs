//! Requests that do not keep to Graph's metadata, or say a thing twice, on every path that takes a body.

use super::*;

/// Puts a value at a JSON pointer, making the objects on the way.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let mut place = &mut body;
    for name in pointer.split('/').skip(1) {
        place = &mut place[name];
    }
    *place = value;
    body
}

#[tokio::test(start_paused = true)]
async fn a_member_of_a_wrong_type_is_400_at_every_depth() {
    let client = Client::calm().await;
    let meeting = client.post(full()).await.json();
    let own = path_to(ORGANIZER, &meeting);
    for (pointer, value) in [
        ("/participants/@odata.type", json!("#microsoft.graph.user")),
        ("/participants/organizer/identity/device/id", json!(5)),
        ("/participants/organizer/role", json!("boss")),
        ("/participants/attendees", json!([{ "upn": "a", "identity": { "@odata.type": 5 } }])),
    ] {
        let body = with(json!({ "externalId": "B" }), pointer, value.clone());
        assert_eq!(client.post(body).await.status, 400, "createOrGet {pointer}");
        let body = with(json!({}), pointer, value.clone());
        assert_eq!(client.post_to(&meetings_of(ORGANIZER), body.clone()).await.status, 400, "create {pointer}");
        assert_eq!(client.patch(&own, body).await.status, 400, "update {pointer}");
    }
    for (pointer, value) in [
        ("/@odata.type", json!("#microsoft.graph.user")),
        ("/cloudVideoInteropInfo", json!("x")),
        ("/recordings", json!({})),
        ("/meetingSpokenLanguageTag", json!(["de"])),
        ("/sensitivityLabelAssignment/sensitivityLabelId", json!(5)),
        ("/lobbyBypassSettings/@odata.type", json!("lobbyBypassSettings")),
    ] {
        let body = with(json!({}), pointer, value);
        assert_eq!(client.post_to(&meetings_of(ORGANIZER), body.clone()).await.status, 400, "create {pointer}");
        assert_eq!(client.patch(&own, body).await.status, 400, "update {pointer}");
    }
    assert_eq!(client.sim.report().meetings_kept, 1);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_stands_twice_is_400() {
    let client = Client::calm().await;
    let twice = r#"{"externalId":"A","startDateTime":"soon","startDateTime":"2027-01-01T00:00:00Z"}"#;
    let (status, _, message) = client.send(client.request(), twice).await.problem();
    assert!(status == 400 && message.contains("'startDateTime'"), "{message}");
    let batch = r#"{"requests":[{"id":"1","method":"GET","url":"/me","url":"/users"}]}"#;
    assert_eq!(client.send(client.request().uri("/v1.0/$batch"), batch).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn times_that_no_meeting_could_have_do_not_matter_to_one_that_there_is() {
    let client = Client::calm().await;
    let wrong = [
        json!({ "externalId": "A", "endDateTime": "2027-02-03T08:00:00Z" }),
        json!({ "externalId": "A", "startDateTime": "2027-02-03T08:00:00Z", "endDateTime": "2027-02-03T07:00:00Z" }),
    ];
    for body in &wrong {
        assert_eq!(client.post(body.clone()).await.status, 400);
    }
    let first = client.meet("A").await;
    for body in &wrong {
        let reply = client.post(body.clone()).await;
        assert_eq!((reply.status.as_u16(), &reply.body), (200, &first.body));
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_json_and_says_so() {
    let client = Client::calm().await;
    let body = json!({ "requests": [{ "id": "1", "method": "GET", "url": "/organization" }] }).to_string();
    for content_type in [None, Some("text/plain")] {
        let request = Request::builder().method("POST").uri("/v1.0/$batch");
        let mut request = request.header("authorization", format!("Bearer {}", client.token));
        if let Some(value) = content_type {
            request = request.header("content-type", value);
        }
        assert_eq!(client.send(request, body.clone()).await.status, 400, "{content_type:?}");
    }
    let reply = client.send(client.request().uri("/v1.0/$batch"), body).await.json();
    assert!(reply["responses"][0]["headers"]["OData-Version"].is_string());
}

#[tokio::test(start_paused = true)]
async fn the_options_of_a_query_are_those_that_graph_has() {
    let client = Client::calm().await;
    let meeting = client.post(full()).await.json();
    let own = path_to(ORGANIZER, &meeting);
    for wrong in ["$select=id,nope", "$select=id)/evil", "$nope=1", "$select=id&$select=subject", "$$select=id"] {
        let (status, code, _) = client.get(&format!("{own}?{wrong}")).await.problem();
        assert_eq!((status, code.as_str()), (400, "BadRequest"), "{wrong}");
    }
    let chosen = client.get(&format!("{own}?$select=Subject,attendeeReport")).await.json();
    assert_eq!((&chosen["subject"], chosen.get("attendeeReport")), (&json!("MATH101 week 5"), Some(&Value::Null)));
    assert!(chosen.get("joinWebUrl").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_name_in_the_path_is_404_also_for_its_owner() {
    let client = Client::calm().await.signed_in();
    let me = client.get("/v1.0/me").await.json()["userPrincipalName"].as_str().expect("a name").to_owned();
    let (status, code, message) = client.post_to(&path_of(&me), json!({ "externalId": "A" })).await.problem();
    assert_eq!((status, code.as_str(), message.as_str()), (404, "UnknownError", ""));
}

#[tokio::test(start_paused = true)]
async fn an_organizer_is_never_another_by_id_or_by_name() {
    let client = Client::calm().await;
    let meeting = client.post(full()).await.json();
    let own = path_to(ORGANIZER, &meeting);
    let upn = meeting["participants"]["organizer"]["upn"].clone();
    let organizer = |value: Value| json!({ "participants": { "organizer": value } });
    assert_eq!(client.patch(&own, organizer(json!({ "upn": upn }))).await.status, 200);
    assert_eq!(client.patch(&own, organizer(json!({ "identity": { "user": { "id": ORGANIZER } } }))).await.status, 200);
    for other in [json!({ "upn": "k@contoso.example" }), json!({ "identity": { "user": { "id": USER_ID } } })] {
        assert_eq!(client.patch(&own, organizer(other)).await.status, 400);
    }
}

#[tokio::test(start_paused = true)]
async fn what_follows_a_body_that_is_too_large_is_not_waited_for() {
    let client = Client::calm().await;
    let reply = client.send(client.request(), "x".repeat((4 << 20) + 1)).await;
    assert_eq!((reply.status.as_u16(), reply.header("connection")), (413, Some("close")));
}
