//! What can be asked, and what every answer carries.

use super::*;

#[tokio::test(start_paused = true)]
async fn each_createorget_route_makes_a_meeting() {
    let client = Client::calm().await;
    let user = client.sim.delegated_token();
    for version in ["v1.0", "beta"] {
        let path = format!("/{version}/users/{ORGANIZER}/onlineMeetings/createOrGet");
        let body = json!({ "externalId": version }).to_string();
        let reply = client.send(client.request().uri(path), body.clone()).await;
        assert_eq!(reply.status, 201);
        let context = format!("https://graph.example/{version}/$metadata#microsoft.graph.onlineMeeting");
        assert_eq!(reply.json()["@odata.context"], context);

        let request = Request::builder()
            .method("POST")
            .uri(format!("/{version}/me/onlineMeetings/createOrGet?ignored=1"))
            .header("authorization", format!("bearer {user}"))
            .header("content-type", "Application/JSON; charset=utf-8");
        let reply = client.send(request, body).await;
        assert_eq!(reply.status, 201);
        assert_eq!(reply.json()["participants"]["organizer"]["identity"]["user"]["id"], USER_ID);
    }
    let report = client.sim.report();
    assert_eq!(report.requests, 4);
    assert_eq!(report.by_status, [(201, 4)].into());
    assert!(report.meetings.contains_key(&format!("{TENANT_ID}/{ORGANIZER}/beta")));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_segment_is_named() {
    let client = Client::calm().await;
    for (path, segment) in [
        ("/v1.0/onlineMeetings/createOrGet", "onlineMeetings"),
        ("/v1.0/me/onlinemeetings/createOrGet", "onlinemeetings"),
        ("/beta/users/1/events", "events"),
        ("/v1.0/me/onlineMeetings/createOrGet/again", "again"),
        ("/v1.0//createOrGet", ""),
    ] {
        let reply = client.send(client.request().uri(path), "{}").await;
        let message = format!("Resource not found for the segment '{segment}'.");
        assert_eq!(reply.problem(), (400, "BadRequest".to_owned(), message), "{path}");
    }
    assert_eq!(client.sim.report().by_path["POST (unknown)"], [(400, 5)].into());
}

#[tokio::test(start_paused = true)]
async fn everything_else_is_404() {
    let client = Client::calm().await;
    for path in ["/", "/v1.0", "/v2.0/me/onlineMeetings/createOrGet", "/%", "//", "*"] {
        for method in ["GET", "POST", "DELETE", "OPTIONS", "PURR"] {
            let reply = client.send(client.request().method(method).uri(path), "{}").await;
            let (status, code, _) = reply.problem();
            assert_eq!((status, code.as_str()), (404, "NotFound"), "{method} {path}");
        }
    }
    let report = client.sim.report();
    // `/v1.0` is Graph's own, and so its request.
    assert_eq!((&report.by_path["GET (unknown)"], report.requests), (&[(404, 1)].into(), 5));
    assert_eq!(report.by_path["GET (elsewhere)"], [(404, 5)].into());
}

#[tokio::test(start_paused = true)]
async fn createorget_is_for_post_alone() {
    let client = Client::calm().await;
    for method in ["GET", "PUT", "PATCH", "DELETE", "HEAD"] {
        let reply = client.send(client.request().method(method), "").await;
        assert_eq!(reply.status, 405);
        assert_eq!(reply.header("allow"), Some("POST"));
    }
    assert_eq!(client.sim.report().by_status, [(405, 5)].into());
}

#[tokio::test(start_paused = true)]
async fn every_answer_of_graph_carries_its_headers() {
    let client = Client::calm().await;
    let good = client.request().header("client-request-id", "mine");
    let bad = client.request().header("client-request-id", "mine");
    let lost = client.request().uri("/nowhere").header("client-request-id", "mine");
    for (request, body) in [(good, r#"{"externalId":"A"}"#), (bad, "{"), (lost, "")] {
        let reply = client.send(request, body).await;
        assert_eq!(reply.header("client-request-id"), Some("mine"));
        assert_eq!(reply.header("odata-version"), Some("4.0"));
        let content =
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
        assert_eq!(reply.header("content-type"), Some(content));
        let date = reply.header("date").expect("there is a date");
        assert!(httpdate::parse_http_date(date).is_ok(), "{date}");
        let id = reply.header("request-id").expect("there is an id");
        assert!(uuid::Uuid::try_parse(id).is_ok(), "{id}");
        let server = reply.header("x-ms-ags-diagnostic").expect("there is a server");
        let server = serde_json::from_str::<Value>(server).expect("it is JSON");
        assert!(server["ServerInfo"]["DataCenter"].is_string());
    }
}

#[tokio::test(start_paused = true)]
async fn request_ids_differ_from_one_another_and_not_from_run_to_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let client = Client::calm().await;
        let mut ids = Vec::new();
        for id in ["A", "A", "B", "", ""] {
            let reply = client.meet(id).await;
            ids.push(reply.header("request-id").map(str::to_owned));
        }
        let distinct = ids.iter().collect::<std::collections::HashSet<_>>();
        assert_eq!(distinct.len(), ids.len());
        runs.push(ids);
    }
    assert_eq!(runs[0], runs[1]);
}
