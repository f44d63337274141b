//! What is the line's meeting, and what is not.

use super::*;

fn meeting(organizer: &str, name: &str, made_by: MadeBy) -> OnlineMeeting {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    OnlineMeeting {
        join_web_url: "https://teams.example/l/A".to_owned(),
        organizer_id: text(organizer),
        external_id: text(name),
        made_by: Some(made_by),
        ..OnlineMeeting::default()
    }
}

#[test]
fn only_what_graph_has_under_the_lines_organizer_and_name_is_the_lines() {
    let (found, plain) = (MadeBy::CreateOrGet, MadeBy::Create);
    for (line, graph, is) in [
        (meeting("o", "A", found), meeting("o", "A", found), true),
        (meeting("o", "A", found), meeting("O", "A", found), true),
        (meeting("o", "A", found), meeting("p", "A", found), false),
        (meeting("o", "A", found), meeting("", "A", found), false),
        (meeting("o", "A", found), meeting("o", "a", found), false),
        (meeting("o", "A", found), meeting("o", "A ", found), false),
        (meeting("o", "A", found), meeting("o", "", found), false),
        (meeting("o", "A", plain), meeting("o", "", found), true),
        (meeting("o", "A", plain), meeting("o", "A", found), false),
        (meeting("o", "A", plain), meeting("p", "", found), false),
        (meeting("", "A", found), meeting("o", "A", found), true),
    ] {
        assert_eq!(is_lines(&graph, &line), is, "{line:?} {graph:?}");
    }
    let other_link =
        |made: OnlineMeeting| OnlineMeeting { join_web_url: "https://teams.example/l/a".to_owned(), ..made };
    let graph = |name| other_link(meeting("o", name, found));
    assert!(!is_lines(&graph(""), &meeting("o", "A", plain)));
    assert!(!is_lines(&graph("A"), &meeting("", "A", found)));
    assert!(is_lines(&graph("A"), &meeting("o", "A", found)), "Graph may write a link anew");
}
