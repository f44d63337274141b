//! What went wrong, for a person and for Microsoft's support.

/// What stands between our words and Graph's.
const SAID: &str = " (Graph said: ";

/// What went wrong with an attempt or a row, in words for a person and in Graph's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The HTTP status; `None` when no answer came.
    pub http_status: Option<u16>,
    /// Graph's `error.code`, or a word of ours when there was no answer.
    pub code: String,
    /// The same for all rows that fail for this cause: what it means and what to do.
    pub cause: String,
    /// What Graph said about this row, if it said anything.
    pub said: String,
    /// Graph's `request-id`, which Microsoft's support asks for.
    pub request_id: Option<String>,
}

impl Trouble {
    /// Whether there was an answer at all.
    pub fn was_answered(&self) -> bool {
        self.http_status.is_some()
    }

    /// The text of the `error` column.
    pub fn error(&self) -> String {
        if self.said.is_empty() { self.cause.clone() } else { format!("{}{SAID}{})", self.cause, self.said) }
    }

    /// Takes the text of an `error` column apart again.
    pub fn of_error(error: &str) -> Self {
        let (cause, said) = match error.split_once(SAID) {
            Some((cause, said)) => (cause, said.strip_suffix(')').unwrap_or(said)),
            None => (error, ""),
        };
        Self { cause: cause.to_owned(), said: said.to_owned(), ..Self::default() }
    }
}
