//! What a person sees who follows a join link.

use super::*;

/// A visit with a browser, which brings no token.
async fn visit(client: &Client, method: &str, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
    let reply = ask(&client.sim, request).await;
    let body = reply.body.map(|body| String::from_utf8(body.to_vec()).expect("UTF-8"));
    (reply.status, reply.headers, body.expect("it is whole"))
}

/// The path of the join link of a meeting.
async fn path(client: &Client, body: Value) -> String {
    let meeting = client.post(body).await.json();
    let url = meeting["joinWebUrl"].as_str().expect("a link");
    format!("/{}", url.strip_prefix(JOIN_URL_START).expect("a rehearsal's link"))
}

#[tokio::test(start_paused = true)]
async fn a_join_link_leads_to_the_page_of_its_own_meeting() {
    let client = Client::calm().await;
    let other = path(&client, json!({ "externalId": "B", "subject": "Another" })).await;
    let own = path(&client, full()).await;
    assert_ne!(own, other);
    // Some programs write a link anew before they open it.
    for link in [own.clone(), own.replace("%3a", "%3A").replace("%40", "@")] {
        let (status, headers, html) = visit(&client, "GET", &link).await;
        assert_eq!(
            (status.as_u16(), &headers["content-type"]),
            (200, &"text/html; charset=utf-8".parse().expect("one"))
        );
        for words in ["<title>MATH101 week 5</title>", "08:00", "k@contoso.example", "No GUID", "(coorganizer)"] {
            assert!(html.contains(words), "{words} is not in {html}");
        }
    }
    assert!(visit(&client, "GET", &other).await.2.contains("<title>Another</title>"));
    assert_eq!(client.sim.report().requests, 2, "a visit is no request to Graph");
}

#[tokio::test(start_paused = true)]
async fn a_link_that_no_meeting_has_is_404_in_words() {
    let client = Client::calm().await;
    let own = path(&client, full()).await;
    for link in [own.replace("19%3a", "18%3a"), own.replace(ORGANIZER, USER_ID), own.replace("/0?", "/1?")] {
        let (status, headers, html) = visit(&client, "GET", &link).await;
        assert_eq!(status, 404, "{link}");
        assert!(headers.contains_key("content-security-policy"));
        assert!(html.contains("<h1>No rehearsal meeting has this link</h1>"), "{html}");
    }
    let (status, headers, _) = visit(&client, "POST", &own).await;
    assert_eq!((status.as_u16(), headers.contains_key("request-id")), (404, true), "that is for Graph to refuse");
}
