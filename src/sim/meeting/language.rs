//! The languages that an invitation can be written in: `Accept-Language` on create and get
//! (api/application-post-onlinemeetings). The page of createOrGet does not have the header; what answers with the same
//! resource is taken to heed it all the same.
//!
//! It translates nothing else.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

/// The words of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Language {
    tag: &'static str,
    pub(super) title: &'static str,
    pub(super) join: &'static str,
    pub(super) meeting_id: &'static str,
    pub(super) passcode: &'static str,
}

const fn language(
    tag: &'static str,
    title: &'static str,
    join: &'static str,
    meeting_id: &'static str,
    passcode: &'static str,
) -> Language {
    Language { tag, title, join, meeting_id, passcode }
}

/// The first is what Graph writes in unless it is asked for another that it has.
const LANGUAGES: [Language; 6] = [
    language("en", "Microsoft Teams meeting", "Join the meeting", "Meeting ID", "Passcode"),
    language("de", "Microsoft Teams-Besprechung", "An der Besprechung teilnehmen", "Besprechungs-ID", "Passcode"),
    language("es", "Reunión de Microsoft Teams", "Unirse a la reunión", "Id. de reunión", "Código de acceso"),
    language("fr", "Réunion Microsoft Teams", "Rejoindre la réunion", "ID de réunion", "Code secret"),
    language("nl", "Microsoft Teams-vergadering", "Deelnemen aan de vergadering", "Vergadering-id", "Wachtwoordcode"),
    language("sv", "Microsoft Teams-möte", "Delta i mötet", "Mötes-ID", "Lösenord"),
];

impl Language {
    pub(in crate::sim) const DEFAULT: Self = LANGUAGES[0];

    /// The best of those that are accepted (RFC 9110, section 12.5.4).
    pub(in crate::sim) fn accepted(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        let ranges = values.flat_map(|value| value.split(',')).filter_map(range);
        let known = ranges.filter_map(|(tag, quality)| {
            let primary = tag.split('-').next().unwrap_or_default();
            let found = LANGUAGES.into_iter().find(|language| language.tag.eq_ignore_ascii_case(primary))?;
            Some((found, quality))
        });
        // The first of equals.
        let best = known.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Self::DEFAULT, |(language, _)| language)
    }
}

/// A tag and its quality, unless that is 0.
fn range(text: &str) -> Option<(&str, f64)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?;
    let quality = parts.find_map(|part| part.strip_prefix("q="));
    let quality = quality.map_or(Some(1.0), |quality| quality.parse::<f64>().ok())?;
    (quality > 0.0).then_some((tag, quality))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_accepted_language_that_there_is_is_taken() {
        for (accepted, tag) in [
            ("", "en"),
            ("de", "de"),
            ("de-AT", "de"),
            ("DE-de", "de"),
            ("ja, fr-CA;q=0.8, de;q=0.9", "de"),
            ("ja, *", "en"),
            ("nl;q=0, sv", "sv"),
            ("es;q=high", "en"),
            ("es, fr", "es"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, http::HeaderValue::from_static(accepted));
            assert_eq!(Language::accepted(&headers).tag, tag, "{accepted}");
        }
        assert_eq!(Language::accepted(&HeaderMap::new()), Language::DEFAULT);
    }
}
