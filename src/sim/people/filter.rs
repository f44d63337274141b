//! `$filter` on users: `eq`, `in`, `startsWith`, `and`, `or` and parentheses (concepts/filter-query-parameter).
//!
//! What the directory of Graph can do only in an advanced query, or not at all, is refused in its words, and so is what
//! is no filter. It is no engine: every user is looked at.

use serde_json::Value;

use super::super::error::Problem;
use super::directory::Person;
use super::lexer::{Token, tokens};
use super::profile;

/// How many things may be said with `or` or `in`, unless it is an advanced query (known issue 13635).
const CHILDREN_MAX: usize = 15;
/// How many characters a value may have, unless it is an advanced query (the same).
const VALUE_MAX: usize = 120;
/// How deep parentheses may be nested. Graph's bound is not documented.
const DEPTH_MAX: usize = 50;

/// Those properties that can be filtered by, of the type that the value must have (resources/user).
const TEXTS: [&str; 18] = [
    "city",
    "companyName",
    "country",
    "department",
    "displayName",
    "employeeId",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mailNickname",
    "postalCode",
    "preferredLanguage",
    "state",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];
const BOOLEANS: [&str; 1] = ["accountEnabled"];

#[derive(Debug, PartialEq)]
pub(in crate::sim) enum Filter {
    Or(Vec<Filter>),
    And(Vec<Filter>),
    /// With a text, a truth value, or null.
    Equal(&'static str, Value),
    StartsWith(&'static str, String),
}

impl Filter {
    /// Reads a filter; in an advanced query it may be longer.
    pub(in crate::sim) fn read(text: &str, advanced: bool) -> Result<Self, Problem> {
        let mut parser = Parser { tokens: tokens(text).ok_or_else(invalid)?, next: 0, advanced };
        let filter = parser.or(0)?;
        if parser.peek().is_some() {
            return Err(invalid());
        }
        match filter.most_children() {
            children if children > CHILDREN_MAX && !advanced => {
                // As seen in microsoftgraph/microsoft-graph-docs-contrib#1238.
                Err(Problem::unsupported_query(format!(
                    "Too many child clauses specified in search filter expression containing 'OR' operators: \
                     {children}. Max allowed: {CHILDREN_MAX}."
                )))
            }
            _ => Ok(filter),
        }
    }

    pub(in crate::sim) fn matches(&self, person: &Person) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.matches(person)),
            Self::And(parts) => parts.iter().all(|part| part.matches(person)),
            Self::Equal(property, Value::String(wanted)) => {
                profile::text(person, property).is_some_and(|own| is_same(own, wanted))
            }
            // Everybody's account is enabled.
            Self::Equal(property, wanted) if BOOLEANS.contains(property) => *wanted == Value::Bool(true),
            Self::Equal(property, _) => profile::text(person, property).is_none(),
            Self::StartsWith(property, wanted) => {
                let begins = |own: &str| own.to_lowercase().starts_with(&wanted.to_lowercase());
                profile::text(person, property).is_some_and(begins)
            }
        }
    }

    /// The texts that users must have, wherever.
    pub(in crate::sim) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().flat_map(Self::texts).collect(),
            Self::Equal(_, value) => value.as_str().into_iter().collect(),
            Self::StartsWith(..) => Vec::new(),
        }
    }

    fn most_children(&self) -> usize {
        match self {
            Self::Or(parts) | Self::And(parts) => {
                let own = if matches!(self, Self::Or(_)) { parts.len() } else { 0 };
                parts.iter().map(Self::most_children).max().unwrap_or(0).max(own)
            }
            Self::Equal(..) | Self::StartsWith(..) => 0,
        }
    }
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    advanced: bool,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.next)
    }

    fn word(&mut self) -> Result<&'a str, Problem> {
        let Some(Token::Word(word)) = self.peek() else { return Err(invalid()) };
        let word = *word;
        self.next += 1;
        Ok(word)
    }

    /// Whether the next token is this one, which is then taken.
    fn takes(&mut self, wanted: &Token<'_>) -> bool {
        let is_there = match (self.peek(), wanted) {
            (Some(Token::Word(own)), Token::Word(wanted)) => own.eq_ignore_ascii_case(wanted),
            (own, wanted) => own == Some(wanted),
        };
        self.next += usize::from(is_there);
        is_there
    }

    fn needs(&mut self, mark: char) -> Result<(), Problem> {
        if self.takes(&Token::Mark(mark)) { Ok(()) } else { Err(invalid()) }
    }

    fn or(&mut self, depth: usize) -> Result<Filter, Problem> {
        let mut parts = Vec::new();
        loop {
            // What an `or` has in an `or` is its own.
            match self.and(depth)? {
                Filter::Or(more) => parts.extend(more),
                part => parts.push(part),
            }
            if !self.takes(&Token::Word("or")) {
                return Ok(one_or(parts, Filter::Or));
            }
        }
    }

    fn and(&mut self, depth: usize) -> Result<Filter, Problem> {
        let mut parts = Vec::new();
        loop {
            parts.push(self.clause(depth)?);
            if !self.takes(&Token::Word("and")) {
                return Ok(one_or(parts, Filter::And));
            }
        }
    }

    fn clause(&mut self, depth: usize) -> Result<Filter, Problem> {
        if self.takes(&Token::Mark('(')) {
            if depth >= DEPTH_MAX {
                return Err(Problem::bad_request("Invalid filter clause: Recursion depth exceeded allowed limit."));
            }
            let filter = self.or(depth + 1)?;
            return self.needs(')').map(|()| filter);
        }
        let name = self.word()?;
        if self.peek() == Some(&Token::Mark('(')) {
            return self.function(name);
        }
        if name.eq_ignore_ascii_case("not") {
            return Err(unsupported_operator("Not"));
        }
        // A path or a lambda: Graph has them for other properties.
        if name.contains(['/', ':']) {
            return Err(unsupported_property(name.split('/').next().unwrap_or(name)));
        }
        let property = property(name)?;
        let operator = self.word()?;
        match operator.to_lowercase().as_str() {
            "eq" => self.value(property).map(|value| Filter::Equal(property, value)),
            "in" => {
                self.needs('(')?;
                let mut values = vec![self.value(property)?];
                while self.takes(&Token::Mark(',')) {
                    values.push(self.value(property)?);
                }
                self.needs(')')?;
                Ok(Filter::Or(values.into_iter().map(|value| Filter::Equal(property, value)).collect()))
            }
            "ne" => Err(unsupported_operator("NotEqualsMatch")),
            "ge" | "le" | "gt" | "lt" | "has" => Err(unsupported_property(property)),
            _ => Err(invalid()),
        }
    }

    fn function(&mut self, name: &str) -> Result<Filter, Problem> {
        match name.to_lowercase().as_str() {
            "startswith" => {}
            "not" => return Err(unsupported_operator("Not")),
            "endswith" => return Err(unsupported_operator("EndsWith")),
            "contains" => return Err(unsupported_operator("Contains")),
            _ if name.contains('/') => return Err(unsupported_property(name.split('/').next().unwrap_or(name))),
            _ => return Err(invalid()),
        }
        self.needs('(')?;
        let property = property(self.word()?)?;
        self.needs(',')?;
        let value = self.value(property)?;
        self.needs(')')?;
        match value {
            Value::String(value) => Ok(Filter::StartsWith(property, value)),
            _ => Err(invalid()),
        }
    }

    fn value(&mut self, property: &str) -> Result<Value, Problem> {
        let value = match self.peek() {
            Some(Token::Text(text)) => Value::String(text.clone()),
            Some(Token::Word("null")) => Value::Null,
            Some(Token::Word("true")) => Value::Bool(true),
            Some(Token::Word("false")) => Value::Bool(false),
            _ => return Err(invalid()),
        };
        self.next += 1;
        match &value {
            Value::String(text) if text.chars().count() > VALUE_MAX && !self.advanced => {
                Err(unsupported_property(property))
            }
            // As seen in microsoftgraph/microsoft-graph-docs#3044.
            Value::String(_) if BOOLEANS.contains(&property) => Err(invalid()),
            Value::Bool(_) if TEXTS.contains(&property) => Err(invalid()),
            _ => Ok(value),
        }
    }
}

/// The directory does not tell the cases apart.
fn is_same(own: &str, wanted: &str) -> bool {
    let is_plain = own.is_ascii() && wanted.is_ascii();
    own.eq_ignore_ascii_case(wanted) || !is_plain && own.to_lowercase() == wanted.to_lowercase()
}

fn one_or(mut parts: Vec<Filter>, several: impl Fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            several(parts)
        }
    }
}

fn property(name: &str) -> Result<&'static str, Problem> {
    let known = profile::property(name).ok_or_else(|| Problem::unknown_property("filter", name, profile::TYPE))?;
    if TEXTS.contains(&known) || BOOLEANS.contains(&known) { Ok(known) } else { Err(unsupported_property(known)) }
}

fn invalid() -> Problem {
    Problem::bad_request("Invalid filter clause")
}

/// As seen in microsoftgraph/microsoft-graph-docs-contrib#3260.
fn unsupported_property(property: &str) -> Problem {
    Problem::unsupported_query(format!(
        "Unsupported or invalid query filter clause specified for property '{property}' of resource 'User'."
    ))
}

/// As seen in microsoftgraph/microsoft-graph-docs#14451.
fn unsupported_operator(operator: &str) -> Problem {
    Problem::unsupported_query(format!("Unsupported property filter clause operator '{operator}'."))
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
