//! What a client asks for behind the question mark: the system query options.
//!
//! They are written with a `$` or without (concepts/query-parameters), each at most once. What does not look like one
//! is passed over, as Graph does; what one of them means is not decided here.

use super::error::Problem;

/// Those that Graph has.
const NAMES: [&str; 10] =
    ["$select", "$filter", "$top", "$skip", "$count", "$orderby", "$skiptoken", "$search", "$expand", "$format"];

/// The options of one request, by their names.
pub(super) struct Options<'a>(Vec<(&'static str, &'a str)>);

impl<'a> Options<'a> {
    pub(super) fn read(query: &'a [(String, String)]) -> Result<Self, Problem> {
        let mut options: Vec<(&str, &str)> = Vec::new();
        for (given, value) in query {
            let bare = given.strip_prefix('$').unwrap_or(given);
            let Some(name) = NAMES.into_iter().find(|name| name[1..].eq_ignore_ascii_case(bare)) else {
                if given.starts_with('$') {
                    return Err(Problem::bad_request(format!("The query parameter '{given}' is not supported.")));
                }
                continue;
            };
            if options.iter().any(|(other, _)| *other == name) {
                // As seen in techcommunity.microsoft.com, 3567221.
                return Err(Problem::bad_request(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                )));
            }
            options.push((name, value));
        }
        Ok(Self(options))
    }

    /// Its value without the spaces around it; `None` also when that is nothing.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.0.iter().find(|(own, _)| *own == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// Refuses the options that are not supported where they are.
    pub(super) fn refuse(&self, names: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(own, _)| names.contains(own)) {
            Some((name, _)) => Err(Problem::unsupported_query(format!("'{name}' is not supported by the service."))),
            None => Ok(()),
        }
    }

    /// The properties that `$select` names, as the type spells them; `None` for those that are shown unasked. Case does
    /// not matter.
    pub(super) fn select(
        &self,
        type_name: &str,
        known: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Option<Vec<&'static str>>, Problem> {
        let Some(value) = self.get("$select").filter(|value| *value != "*") else { return Ok(None) };
        let mut selected = Vec::new();
        for term in value.split(',').map(str::trim) {
            let known = known(term).ok_or_else(|| Problem::unknown_property("select", term, type_name))?;
            if !selected.contains(&known) {
                selected.push(known);
            }
        }
        Ok(Some(selected))
    }
}

/// `@odata.context`: what the answer is, and which of its properties were asked for.
pub(super) fn context(root: &str, set: &str, selected: Option<&[&str]>, end: &str) -> String {
    let selected = selected.map(|names| format!("({})", names.join(","))).unwrap_or_default();
    format!("{root}/$metadata#{set}{selected}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn options_are_known_with_and_without_the_dollar_sign() {
        let query = query(&[("$Select", "id"), ("top", " 5 "), ("trace", "x"), ("$filter", " ")]);
        let options = Options::read(&query).expect("it is good");
        assert_eq!(options.get("$select"), Some("id"));
        assert_eq!(options.get("$top"), Some("5"));
        assert_eq!((options.get("$filter"), options.get("$skip")), (None, None));
        assert!(options.refuse(&["$skip"]).is_ok() && options.refuse(&["$top"]).is_err());
    }

    #[test]
    fn an_option_given_twice_or_unknown_is_refused() {
        for (pairs, words) in [
            ([("$top", "1"), ("top", "2")], "'$top' was specified more than once"),
            ([("$top", "1"), ("$apply", "x")], "'$apply' is not supported"),
        ] {
            let query = query(&pairs);
            let problem = Options::read(&query).err().expect("a refusal");
            assert!(problem.status == 400 && problem.message.contains(words), "{}", problem.message);
        }
    }
}
