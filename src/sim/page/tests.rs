//! What the page says and how it says what others wrote. How it looks and runs in a browser: tests/it/page.rs.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prop_assert_eq;

use super::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn shown<'a>() -> Shown<'a> {
    Shown {
        organizer: "Ada Lovelace",
        subject: Some("MATH101 week 5"),
        start: time("2027-02-03T08:00:00Z"),
        end: time("2027-02-03T08:30:00Z"),
        attendees: Vec::new(),
        meeting_id: "2345678901234",
        passcode: Some("aB3<d&"),
        dial_in: Some(DialIn { number: "+1 206-555-0134", conference_id: "987654321" }),
        lobby: Some("organization"),
    }
}

/// Each tag of the page, in order.
fn tags(html: &str) -> Vec<String> {
    let markup = html.replace(SCRIPT, "");
    markup.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default().to_owned()).collect()
}

/// The text of the heading, as a browser would read it.
fn heading(html: &str) -> String {
    let (_, rest) = html.split_once("<h1").expect("a heading");
    let (_, rest) = rest.split_once('>').expect("a tag ends");
    let (text, _) = rest.split_once('<').expect("a heading ends");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}

#[test]
fn a_meeting_is_told_in_full() {
    let html = meeting(&shown());
    for words in [
        "<html lang=\"en\">",
        "<title>MATH101 week 5</title>",
        "<h1 dir=\"auto\">MATH101 week 5</h1>",
        "A rehearsal meeting of <bdi>Ada Lovelace</bdi>",
        "Nobody will be there",
        "no real Teams link",
        "<time datetime=\"2027-02-03T08:00:00Z\">Wednesday 3 February 2027\n08:00</time> to \
         <time datetime=\"2027-02-03T08:30:00Z\">08:30</time>",
        "Coordinated Universal Time (UTC)",
        "<code>234 567 890 123 4</code>",
        "<code>aB3&lt;d&amp;</code>",
        "<code>+1 206-555-0134</code>",
        "<code>987 654 321#</code>",
        "People in the organization and guests get in at once; everyone else waits",
    ] {
        assert!(html.contains(words), "{words} is not in {html}");
    }
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(!html.contains("Attendees"), "nobody was named");
}

#[test]
fn what_a_meeting_does_not_have_is_not_spoken_of() {
    let html = meeting(&Shown { passcode: None, dial_in: None, lobby: None, ..shown() });
    for word in ["Passcode", "Dial in", "Conference", "Lobby"] {
        assert!(!html.contains(word), "{word}");
    }
}

#[test]
fn a_meeting_without_a_subject_has_a_heading_all_the_same() {
    for subject in [None, Some(""), Some(" \n\t")] {
        let html = meeting(&Shown { subject, ..shown() });
        assert_eq!(heading(&html), "Meeting without a subject");
        assert!(html.contains("<title>Meeting without a subject</title>"));
    }
}

#[test]
fn both_days_are_said_where_there_are_two() {
    for (end, said) in [
        ("2027-02-03T23:59:59Z", ">23:59</time>"),
        ("2027-02-04T00:00:00Z", ">Thursday 4 February 2027, 00:00</time>"),
        ("2028-02-03T08:00:00Z", ">Thursday 3 February 2028, 08:00</time>"),
        (
            "9999-12-31T23:59:59.9999999Z",
            "<time datetime=\"9999-12-31T23:59:59Z\">Friday 31 December 9999, 23:59</time>",
        ),
    ] {
        let html = meeting(&Shown { end: time(end), ..shown() });
        assert!(html.contains(said), "{html}");
    }
}

#[test]
fn attendees_are_named_with_the_role_that_is_not_the_usual_one() {
    let attendees = [("ada@contoso.example", "attendee"), ("<b>", "coorganizer")];
    let attendees = attendees.map(|(name, role)| Person { name, role }).into();
    let html = meeting(&Shown { attendees, ..shown() });
    assert!(html.contains("<li><bdi>ada@contoso.example</bdi></li>"), "{html}");
    assert!(html.contains("<li><bdi>&lt;b&gt;</bdi> (coorganizer)</li>"), "{html}");
}

#[test]
fn every_scope_of_the_lobby_is_put_into_words_and_a_later_one_shown_as_it_is() {
    for (scope, words) in [
        ("organizer", "The organizer gets in at once; everyone else waits"),
        ("organization", "People in the organization and guests get in at once; everyone else waits"),
        ("organizationExcludingGuests", "<dd>People in the organization get in at once; "),
        ("organizationAndFederated", "People in the organization, in trusted ones, and guests get in at once; "),
        ("everyone", "<dd>Everyone gets in at once</dd>"),
        ("invited", "People who were invited get in at once; "),
        ("some<Later>One", "<dd>some&lt;Later&gt;One</dd>"),
    ] {
        let html = meeting(&Shown { lobby: Some(scope), ..shown() });
        assert!(html.contains(words), "{scope}: {html}");
    }
}

#[test]
fn a_subject_is_never_markup() {
    let subject = "<script>alert(1)</script> & \"quotes\" 'n' </title></h1>\u{0}\u{1b}";
    let html = meeting(&Shown { subject: Some(subject), organizer: "</bdi><img src=x>", ..shown() });
    assert_eq!(tags(&html), tags(&meeting(&shown())));
    assert_eq!(heading(&html), subject.replace(['\u{0}', '\u{1b}'], "\u{fffd}"));
}

#[test]
fn a_long_subject_is_whole_and_in_smaller_type() {
    let subject = "שיעור 🎓 ".repeat(60);
    let html = meeting(&Shown { subject: Some(&subject), ..shown() });
    assert_eq!(heading(&html), subject);
    assert!(html.contains("<h1 dir=\"auto\" class=\"long\">"));
}

#[test]
fn no_meeting_is_told_in_words_and_is_no_script() {
    let html = no_meeting();
    assert_eq!(heading(&html), "No rehearsal meeting has this link");
    assert!(!html.contains("<script"));
}

#[test]
fn a_page_keeps_to_itself() {
    let response = response(StatusCode::NOT_FOUND, no_meeting());
    assert_eq!(response.status(), 404);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
    let html = meeting(&shown());
    for outside in ["http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())));
    let want = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    assert_eq!(POLICY, want);
    let html = meeting(&shown());
    assert!(html.contains(&format!("<style>{STYLE}</style>")) && html.contains(&format!("<script>{SCRIPT}</script>")));
    let inline = |tag: &String| tag.contains(" style=") || tag.contains(" on");
    assert_eq!(tags(&html).into_iter().find(inline), None, "the policy would not allow it");
}

proptest::proptest! {
    #[test]
    fn whatever_is_written_stays_text(subject in "\\PC*|.*|[<>&'\"a ]*", organizer in "\\PC*|.*|[<>&'\"a ]*") {
        let html = meeting(&Shown { subject: Some(&subject), organizer: &organizer, ..shown() });
        // As many letters, so that the heading is of the same size.
        let plain = "x".repeat(subject.chars().count());
        let like = meeting(&Shown { subject: Some(&plain), ..shown() });
        prop_assert_eq!(tags(&html), tags(&like));
        if !subject.trim().is_empty() {
            let seen = subject.replace(['\n', '\r', '\t'], " ").replace(char::is_control, "\u{fffd}");
            prop_assert_eq!(heading(&html), seen);
        }
    }
}
