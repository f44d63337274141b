//! Reads a join link back: `/l/meetup-join/{thread}/{message}?context={"Tid":…,"Oid":…}`.
//!
//! Links are compared by what they say and not by their letters: chat programs and browsers write the escapes of a link
//! anew. It does not look whether there is such a meeting.

use http::Uri;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What a join link names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Link {
    /// `chatInfo.threadId`.
    pub(in crate::sim) thread: String,
    /// `chatInfo.messageId`.
    pub(in crate::sim) message: String,
    /// `Tid` of the context.
    pub(in crate::sim) tenant: Option<String>,
    /// `Oid` of the context, the organizer's object ID.
    pub(in crate::sim) organizer: Option<String>,
}

impl Link {
    /// `None`: the path is not that of a join link.
    pub(in crate::sim) fn read(uri: &Uri) -> Option<Self> {
        let segments: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        let ["l", "meetup-join", thread, message] = segments[..] else {
            return None;
        };
        let parameters = uri.query().unwrap_or_default().split('&');
        let context = parameters.filter_map(|parameter| parameter.strip_prefix("context=")).map(decoded).next();
        let context: Value = context.and_then(|context| serde_json::from_str(&context).ok()).unwrap_or_default();
        let said = |name: &str| context[name].as_str().map(str::to_ascii_lowercase);
        Some(Self { thread: decoded(thread), message: decoded(message), tenant: said("Tid"), organizer: said("Oid") })
    }
}

/// Without the escapes; what is no escape stays as it is.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str) -> Option<Link> {
        Link::read(&uri.parse().expect("a URI"))
    }

    #[test]
    fn a_link_is_the_same_however_it_is_escaped() {
        let written = read(
            "/l/meetup-join/19%3ameeting_MTc%40thread.v2/0?context=%7b%22Tid%22%3a%22A-1%22%2c%22Oid%22%3a%22b%22%7d",
        );
        let want = Link {
            thread: "19:meeting_MTc@thread.v2".to_owned(),
            message: "0".to_owned(),
            tenant: Some("a-1".to_owned()),
            organizer: Some("b".to_owned()),
        };
        assert_eq!(written, Some(want.clone()));
        for other in [
            "http://127.0.0.1:8080/l/meetup-join/19:meeting_MTc@thread.v2/0?context=%7B%22Oid%22:%22B%22,%22Tid%22:%22a-1%22%7D",
            "/l/meetup-join/19%3Ameeting_MTc@thread%2Ev2/0/?x=1&context=%7B%22Tid%22%3A%22a-1%22%2C%22Oid%22%3A%22b%22%7D&y",
        ] {
            assert_eq!(read(other), Some(want.clone()), "{other}");
        }
    }

    #[test]
    fn odd_links_are_read_without_harm() {
        for none in
            ["/", "/l/meetup-join", "/l/meetup-join/19:x", "/l/meetup-join/a/0/b", "/v1.0/me", "/L/meetup-join/a/0"]
        {
            assert_eq!(read(none), None, "{none}");
        }
        for context in
            ["", "?context=", "?context=%7b", "?context=[]", "?context=%ff%00%", "?context=%7b%22Oid%22:1%7d"]
        {
            let link = read(&format!("/l/meetup-join/100%25%zz%/0{context}")).expect("it is a join link");
            assert_eq!((link.thread.as_str(), link.organizer), ("100%%zz%", None), "{context}");
        }
    }
}
