//! What went wrong, for a person and for Microsoft's support.

use super::OnlineMeeting;

/// What stands between our words and Graph's.
const SAID: &str = " (Graph said: ";
/// What stands before what is to be pasted.
const PASTE: &str = "; in Teams PowerShell: ";
/// What stands before the record whose answer this is, when nobody was asked for it.
const UNASKED: &str = "; not asked again after three identical answers, the first of them for record ";

/// What went wrong with an attempt or a row, in words for a person and in Graph's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The HTTP status; `None` when no answer came.
    pub http_status: Option<u16>,
    /// Graph's `error.code`, or a word of ours when there was no answer.
    pub code: String,
    /// The same for all rows that fail for this cause: what it means, what to do, how long that takes, and whether
    /// running again helps.
    pub cause: String,
    /// What Graph said about this row, if it said anything.
    pub said: String,
    /// What else is this row's own; apart, so that what can go wrong stays small.
    pub own: Box<Own>,
}

/// What of a trouble is one row's own, beside Graph's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// What is to be typed to mend it, with the ids of this app and organizer, if that is known.
    pub paste: String,
    /// The first record that got this answer, when enough rows of the organizer had got it and this one was not asked.
    pub unasked: Option<u64>,
    /// Graph's `request-id`, which Microsoft's support asks for.
    pub request_id: Option<String>,
    /// Our own id of the request, which they ask for as well and which there is without an answer, too.
    pub client_request_id: Option<String>,
    /// When Graph answered, as it said it.
    pub date: Option<String>,
    /// The meeting that the row has all the same: it could not be looked at, or not be deleted.
    pub had: Option<Box<OnlineMeeting>>,
    /// It is certain that Graph did nothing of what it was asked. No line has it.
    pub nothing_done: bool,
}

impl Trouble {
    /// Whether there was an answer at all.
    pub fn was_answered(&self) -> bool {
        self.http_status.is_some()
    }

    /// The same, when it is certain that Graph did nothing.
    #[must_use]
    pub fn nothing_done(mut self) -> Self {
        self.own.nothing_done = true;
        self
    }

    /// The same for a row that has this meeting all the same.
    #[must_use]
    pub fn with_meeting(mut self, meeting: OnlineMeeting) -> Self {
        self.own.had = Some(Box::new(meeting));
        self
    }

    /// The same for a row for which nobody was asked.
    #[must_use]
    pub fn at_second_hand(&self) -> Self {
        let Own { paste, unasked, .. } = &*self.own;
        let own = Own { paste: paste.clone(), unasked: *unasked, ..Own::default() };
        Self { http_status: None, own: Box::new(own), ..self.clone() }
    }

    /// The same for a row that was not asked again, after the one of this record and others had got this answer.
    #[must_use]
    pub fn unasked(&self, first: u64) -> Self {
        let mut trouble = self.at_second_hand();
        trouble.own.unasked = Some(first);
        trouble
    }

    /// The text of the `error` column.
    pub fn error(&self) -> String {
        let part = |lead: &str, text: &str, end: &str| {
            if text.is_empty() { String::new() } else { format!("{lead}{text}{end}") }
        };
        let unasked = self.own.unasked.map(|first| first.to_string()).unwrap_or_default();
        let (paste, unasked) = (part(PASTE, &self.own.paste, ""), part(UNASKED, &unasked, ""));
        format!("{}{paste}{unasked}{}", self.cause, part(SAID, &self.said, ")"))
    }

    /// What Microsoft's support finds the request by, for the log; empty when there was none.
    pub fn for_support(&self) -> String {
        let Own { request_id, client_request_id, date, .. } = &*self.own;
        let ids = [("request-id", request_id), ("client-request-id", client_request_id), ("date", date)];
        let told: Vec<String> = ids.iter().filter_map(|(name, id)| Some(format!("{name} {}", id.as_ref()?))).collect();
        if told.is_empty() { String::new() } else { format!(" [for Microsoft's support: {}]", told.join(", ")) }
    }

    /// Takes the text of an `error` column apart again.
    pub fn of_error(error: &str) -> Self {
        let (ours, said) = match error.split_once(SAID) {
            Some((ours, said)) => (ours, said.strip_suffix(')').unwrap_or(said)),
            None => (error, ""),
        };
        let unasked = ours.split_once(UNASKED).and_then(|(ours, first)| Some((ours, first.parse().ok()?)));
        let (ours, unasked) = unasked.map_or((ours, None), |(ours, first)| (ours, Some(first)));
        let (cause, paste) = ours.split_once(PASTE).unwrap_or((ours, ""));
        let [cause, paste, said] = [cause, paste, said].map(str::to_owned);
        Self { cause, said, own: Box::new(Own { paste, unasked, ..Own::default() }), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option::of;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_a_line_says_is_taken_apart_exactly(
            cause in "[a-z ;:(]{0,20}",
            paste in "[a-z \"-]{0,20}",
            said in "([a-z ()]|; in Teams PowerShell: | \\(Graph said: ){0,20}",
            unasked in of(any::<u64>()),
        ) {
            let own = Box::new(Own { paste, unasked, ..Own::default() });
            let trouble = Trouble { cause, said, own, ..Trouble::default() };
            prop_assert_eq!(Trouble::of_error(&trouble.error()), trouble);
        }
    }
}
