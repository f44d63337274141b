//! The two filters that find a meeting: by its link and by its number (api/onlinemeeting-get).
//!
//! Graph has no list of meetings, so it takes no other filter, and none is no filter.

use super::super::error::Problem;

/// By what a meeting is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) enum By {
    JoinWebUrl(String),
    JoinMeetingId(String),
}

impl By {
    pub(in crate::sim) fn read(filter: Option<&str>) -> Result<Self, Problem> {
        let wrong = || {
            Problem::invalid_argument(
                "Filter expression expected - /onlineMeetings?$filter=JoinWebUrl eq '{joinWebUrl}'.",
            )
        };
        let (member, value) = filter.and_then(equation).ok_or_else(wrong)?;
        // The page spells them both ways.
        if member.eq_ignore_ascii_case("joinWebUrl") {
            return Ok(Self::JoinWebUrl(value));
        }
        if member.eq_ignore_ascii_case("joinMeetingIdSettings/joinMeetingId") {
            return Ok(Self::JoinMeetingId(value));
        }
        Err(wrong())
    }
}

/// `member eq 'text'`, where a quote in the text is doubled (`OData` 4.01, part 2, section 5.1.1.14).
fn equation(filter: &str) -> Option<(&str, String)> {
    let (member, rest) = filter.trim().split_once(char::is_whitespace)?;
    let literal = rest.trim_start().strip_prefix("eq")?;
    let text = literal.strip_prefix(char::is_whitespace)?.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let single = text.replace("''", "");
    (!single.contains('\'')).then(|| (member, text.replace("''", "'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_and_a_number_are_looked_for() {
        for (filter, by) in [
            ("JoinWebUrl eq 'https://t/'", By::JoinWebUrl("https://t/".to_owned())),
            (" joinWebUrl  eq  'it''s' ", By::JoinWebUrl("it's".to_owned())),
            ("joinMeetingIdSettings/joinMeetingId eq '123'", By::JoinMeetingId("123".to_owned())),
        ] {
            assert_eq!(By::read(Some(filter)), Ok(by), "{filter}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for filter in [
            None,
            Some(""),
            Some("JoinWebUrl"),
            Some("JoinWebUrl eq"),
            Some("JoinWebUrl eq https://t/"),
            Some("JoinWebUrl eq '"),
            Some("JoinWebUrl eq 'it's'"),
            Some("JoinWebUrl eq 'a' or JoinWebUrl eq 'b'"),
            Some("JoinWebUrl ne 'a'"),
            Some("JoinWebUrl eq'a'"),
            Some("externalId eq 'A'"),
        ] {
            let problem = By::read(filter).expect_err("no filter that Graph takes");
            assert_eq!(problem.status, 400, "{filter:?}");
        }
    }
}
