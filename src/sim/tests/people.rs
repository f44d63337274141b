//! Organizers and attendees, as they come back.

use super::*;

#[tokio::test(start_paused = true)]
async fn attendees_come_back_as_they_were_given_and_lone_upns_are_looked_up() {
    let client = Client::calm().await;
    let people = client.post(full()).await.json()["participants"].clone();
    let organizer = &people["organizer"];
    assert_eq!(organizer["identity"]["user"]["id"], ORGANIZER);
    assert_eq!(organizer["role"], "presenter");
    let id = |n: usize| people["attendees"][n]["identity"]["user"]["id"].clone();
    let upn = |n: usize| people["attendees"][n]["upn"].clone();
    let role = |n: usize| people["attendees"][n]["role"].clone();
    assert_eq!(id(0), id(1), "a upn is the same in any case");
    assert!(uuid::Uuid::try_parse(id(0).as_str().expect("a text")).is_ok());
    assert_eq!((upn(0), role(0)), (json!("S.Lind@contoso.example"), json!("presenter")));
    assert_eq!(role(1), "attendee");
    assert_eq!((id(2), upn(2), role(2)), (json!("No GUID"), Value::Null, json!("unknownFutureValue")));
    assert_eq!((id(3), upn(3), role(3)), (json!("9C44"), json!("k@contoso.example"), json!("unknownFutureValue")));
}

#[tokio::test(start_paused = true)]
async fn newer_roles_are_shown_to_those_who_ask_for_them() {
    let client = Client::calm().await;
    let request = client.request().header("prefer", "respond-async, include-unknown-enum-members");
    let people = client.send(request, full().to_string()).await.json()["participants"].clone();
    assert_eq!(people["attendees"][2]["role"], "coorganizer");
    assert_eq!(people["attendees"][3]["role"], "producer");
}

#[tokio::test(start_paused = true)]
async fn one_organizer_in_seven_has_no_audio_conferencing() {
    let client = Client::calm().await;
    let mut without = 0;
    for n in 0..700 {
        let path = path_of(&format!("6b1e0000-0000-4000-8000-{n:012}"));
        let reply = client.send(client.request().uri(path), r#"{"externalId":"A"}"#).await;
        let audio = reply.json()["audioConferencing"].clone();
        if audio.is_null() {
            without += 1;
            continue;
        }
        let conference = audio["conferenceId"].as_str().expect("a text");
        assert_eq!(conference.len(), 9);
        let dial_in = audio["dialinUrl"].as_str().expect("a text");
        assert!(dial_in.starts_with("https://dialin.teams.example/") && dial_in.ends_with(conference));
        let number = audio["tollNumber"].as_str().expect("a text");
        assert!(number.starts_with("+1 206-555-01") && number.len() == 15, "{number}");
        assert_eq!(audio["tollNumbers"], json!([number]));
    }
    assert!((70..=130).contains(&without), "{without}");
}
