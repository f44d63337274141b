//! A meeting that there is, found again: by its id, its link and its number.

use super::*;

const OTHER: &str = "6b1e0000-0000-4000-8000-000000000002";
const GUEST: &str = "9c440000-0000-4000-8000-000000000007";

/// As a query has it: all but letters and digits in `%`, so that what is encoded already is so twice.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn look_for(client: &Client, who: &str, filter: &str) -> Reply {
    client.get(&format!("{}?$filter={}", meetings_of(who), encoded(filter))).await
}

#[tokio::test(start_paused = true)]
async fn a_meeting_is_got_by_its_id_as_it_was_made() {
    let client = Client::calm().await;
    let keyed = client.post(full()).await.json();
    let plain = client.post_to(&meetings_of(ORGANIZER), json!({ "subject": "B" })).await.json();
    for meeting in [&keyed, &plain] {
        let path = path_to(ORGANIZER, meeting);
        let reply = client.get(&path).await;
        assert_eq!((reply.status.as_u16(), &reply.json()), (200, meeting));
        let raw = format!("{}/{}", meetings_of(ORGANIZER), text(meeting, "/id"));
        assert_eq!(&client.get(&raw).await.json(), meeting);
        let beta = client.get(&path.replace("v1.0", "beta")).await.json();
        assert_eq!(beta["@odata.context"], "https://graph.example/beta/$metadata#microsoft.graph.onlineMeeting");
    }
    let user = client.signed_in();
    let own = user.post_to("/v1.0/me/onlineMeetings", json!({})).await.json();
    let path = path_to(USER_ID, &own);
    assert_eq!(user.get(&path.replace(&format!("users/{USER_ID}"), "me")).await.json(), own);
    assert_eq!(client.get(&path).await.json(), own);
}

#[tokio::test(start_paused = true)]
async fn who_is_invited_by_id_or_by_name_gets_the_meeting_and_a_stranger_does_not() {
    let client = Client::calm().await;
    let name = "guest@contoso.example";
    let body = json!({ "externalId": "A", "participants": { "attendees": [
        { "identity": { "user": { "id": GUEST.to_uppercase() } } }, { "upn": name },
    ]}});
    let meeting = client.post(body).await.json();
    let named = text(&client.get(&format!("/v1.0/users/{name}")).await.json(), "/id");
    for invited in [GUEST, &named] {
        assert_eq!(client.get(&path_to(invited, &meeting)).await.json(), meeting, "{invited}");
        // To be invited is not to be in charge.
        assert_eq!(client.patch(&path_to(invited, &meeting), json!({ "subject": "B" })).await.problem().0, 404);
        assert_eq!(client.delete(&path_to(invited, &meeting)).await.problem().0, 404);
        assert_eq!(look_for(&client, invited, &by_link(&meeting)).await.problem().0, 404);
    }
    let stranger = client.get(&path_to(OTHER, &meeting)).await.problem();
    assert_eq!(stranger, (404, "NotFound".to_owned(), "3004: Specified meeting is not found.".to_owned()));
    let user = client.signed_in();
    assert_eq!(user.get(&path_to(ORGANIZER, &meeting)).await.problem().0, 403);
    assert_eq!(user.get(&path_to(USER_ID, &meeting)).await.problem().0, 404);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_graph_could_not_have_given_is_400_and_one_of_no_meeting_404() {
    let client = Client::calm().await;
    let meeting = client.meet("A").await.json();
    let id = text(&meeting, "/id");
    let path = |id: &str| format!("{}/{id}", meetings_of(ORGANIZER));
    for corrupted in [&id[1..], &id[..id.len() - 1], "A", "MSo=", "%20", "%00", &id.to_lowercase(), &format!("{id}%20")]
    {
        for method in ["GET", "PATCH", "DELETE"] {
            let reply = client.send(client.request().method(method).uri(path(corrupted)), "{}").await;
            let expected = (400, "BadRequest".to_owned(), "Meeting Id is corrupted.".to_owned());
            assert_eq!(reply.problem(), expected, "{method} {corrupted}");
        }
    }
    let elsewhere = client.post_to(&meetings_of(OTHER), json!({})).await.json();
    assert_eq!(client.get(&path(&text(&elsewhere, "/id"))).await.problem().0, 404);
    assert_eq!(client.delete(&path_to(ORGANIZER, &meeting)).await.status, 204);
    assert_eq!(client.get(&path(&id)).await.problem().0, 404);
}

#[tokio::test(start_paused = true)]
async fn an_id_with_a_slash_in_it_is_found_when_that_is_encoded() {
    let client = Client::calm().await;
    let body = json!({ "externalId": "A", "chatInfo": { "threadId": "19:it's???>>>@thread.tacv2" } });
    let meeting = client.post_to(&path_of(ORGANIZER).replace("v1.0", "beta"), body).await.json();
    let id = text(&meeting, "/id");
    assert!(id.contains('/') && text(&meeting, "/joinWebUrl").contains("%27"), "{meeting}");
    let path = path_to(ORGANIZER, &meeting).replace("v1.0", "beta");
    assert_eq!(client.get(&path).await.json(), meeting);
    let found = look_for(&client, ORGANIZER, &by_link(&meeting)).await.json();
    assert_eq!(found["value"][0]["id"], meeting["id"]);
    let (status, _, message) = client.get(&format!("{}/{id}", meetings_of(ORGANIZER))).await.problem();
    assert!(status == 400 && message.contains("segment"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn what_is_selected_is_shown_and_nothing_else() {
    let client = Client::calm().await;
    let meeting = client.post(full()).await.json();
    let path = path_to(ORGANIZER, &meeting);
    for select in ["$select=subject,joinWebUrl", "select=Subject,%20JOINWEBURL", "%24select=subject%2CjoinWebUrl"] {
        let shown = client.get(&format!("{path}?{select}")).await.json();
        let expected = json!({
            "@odata.context": "https://graph.example/v1.0/$metadata#microsoft.graph.onlineMeeting(subject,joinWebUrl)",
            "subject": meeting["subject"], "joinWebUrl": meeting["joinWebUrl"],
        });
        assert_eq!(shown, expected, "{select}");
    }
    for all in ["", "?$select=", "?$select=*", "?$top=5", "?trace=1"] {
        assert_eq!(client.get(&format!("{path}{all}")).await.json(), meeting, "{all}");
    }
    let filter = encoded(&by_link(&meeting));
    let found = client.get(&format!("{}?$filter={filter}&$select=id", meetings_of(ORGANIZER))).await.json();
    assert_eq!(found["value"], json!([{ "id": meeting["id"] }]));
    // What is made is shown in whole, since a page of nothing else says otherwise.
    let made = client.post_to(&format!("{}?$select=id", meetings_of(ORGANIZER)), json!({})).await.json();
    assert!(made["joinWebUrl"].is_string());
}

fn by_link(meeting: &Value) -> String {
    format!("JoinWebUrl eq '{}'", text(meeting, "/joinWebUrl"))
}

fn by_number(meeting: &Value) -> String {
    format!("joinMeetingIdSettings/joinMeetingId eq '{}'", text(meeting, "/joinMeetingIdSettings/joinMeetingId"))
}

#[tokio::test(start_paused = true)]
async fn a_meeting_is_found_by_its_link_and_by_its_number_among_those_of_its_organizer() {
    let client = Client::calm().await;
    let meetings = [
        client.meet("A").await.json(),
        client.meet("B").await.json(),
        client.post_to(&meetings_of(ORGANIZER), json!({})).await.json(),
    ];
    for meeting in &meetings {
        for filter in [by_link(meeting), by_number(meeting), by_link(meeting).replace("Join", "join")] {
            let found = look_for(&client, ORGANIZER, &filter).await;
            assert_eq!(found.status, 200, "{filter}");
            let mut found = found.json();
            let context = format!("https://graph.example/v1.0/$metadata#users('{ORGANIZER}')/onlineMeetings");
            assert_eq!(found["@odata.context"], context);
            let mut only = found["value"][0].take();
            only["@odata.context"] = meeting["@odata.context"].clone();
            assert_eq!((&only, found["value"].as_array().map(Vec::len)), (meeting, Some(1)));
            assert_eq!(look_for(&client, OTHER, &filter).await.problem().0, 404, "{filter}");
        }
    }
    let first = path_to(ORGANIZER, &meetings[0]);
    assert_eq!(client.delete(&first).await.status, 204);
    for filter in [by_link(&meetings[0]), by_number(&meetings[0])] {
        assert_eq!(look_for(&client, ORGANIZER, &filter).await.problem().0, 404, "{filter}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_is_encoded_twice_and_a_number_is_written_as_it_is() {
    let client = Client::calm().await;
    let meeting = client.meet("A").await.json();
    let (link, code) = (text(&meeting, "/joinWebUrl"), text(&meeting, "/meetingCode"));
    // As in the example of the page: `%3a` of the link is `%253a` in the query.
    let query =
        link.replace('%', "%25").replace(':', "%3A").replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
    assert!(query.contains("19%253ameeting_"), "{query}");
    let found = client.get(&format!("{}?$filter=JoinWebUrl%20eq%20'{query}'", meetings_of(ORGANIZER))).await;
    assert_eq!(found.json()["value"][0]["id"], meeting["id"]);
    // Encoded once, it is another text by the time it is looked for.
    let once = format!("{}?$filter=JoinWebUrl%20eq%20'{link}'", meetings_of(ORGANIZER));
    assert_eq!(client.get(&once).await.problem().0, 404);
    for other in [format!("0{code}"), format!("+{code}"), format!("{code} "), code[1..].to_owned(), String::new()] {
        let filter = format!("joinMeetingIdSettings/joinMeetingId eq '{other}'");
        assert_eq!(look_for(&client, ORGANIZER, &filter).await.problem().0, 404, "{filter}");
    }
    for link in [format!("{link}&x=1"), link.to_uppercase(), link.replace("teams.example", "teams.microsoft.com")] {
        let filter = format!("JoinWebUrl eq '{link}'");
        assert_eq!(look_for(&client, ORGANIZER, &filter).await.problem().0, 404, "{filter}");
    }
    let quoted = format!("JoinWebUrl eq '{link}''s'");
    assert_eq!(look_for(&client, ORGANIZER, &quoted).await.problem().0, 404, "a doubled quote is a quote");
}

#[tokio::test(start_paused = true)]
async fn there_is_no_list_and_no_other_filter() {
    let client = Client::calm().await;
    client.meet("A").await;
    for query in ["", "?$top=5", "?$filter=", "?$filter=externalId%20eq%20'A'", "?$filter=JoinWebUrl%20eq%20'it's'"] {
        let (status, code, message) = client.get(&format!("{}{query}", meetings_of(ORGANIZER))).await.problem();
        assert_eq!((status, code.as_str()), (400, "InvalidArgument"), "{query}");
        assert!(message.contains("JoinWebUrl"), "{message}");
    }
    let user = client.signed_in();
    assert_eq!(user.get("/v1.0/me/onlineMeetings").await.problem().0, 400);
    assert_eq!(client.get("/v1.0/me/onlineMeetings").await.problem().0, 400);
}
