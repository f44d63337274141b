//! One person of a list: the roles, the name and the address.
//!
//! A name means nothing to Graph and is kept for those who write to people; where somebody else could be lost with it, it
//! is a flaw.

use std::ops::Range;

use crate::meeting::Role;

use super::super::flaw::Wrong;
use super::address::{self, object_id, trimmed};
use super::list::{Reader, SEPARATE, closing_angle, closing_quote, stands_alone};
use super::recipient::called;

/// How alike a word must be to a role (Jaro-Winkler, 0 to 1) for that to be offered in its place.
const ALIKE_MIN: f64 = 0.88;

impl Reader<'_, '_> {
    /// Reads one person, who has the roles before the name.
    pub(super) fn person(
        &mut self,
        range: Range<usize>,
        angle: Option<usize>,
        commas: usize,
        role: Option<Role>,
        quoted: bool,
    ) {
        let Some(range) = trimmed(self.text, range) else { return };
        let flaws = self.flaws();
        let Some((own_role, begin)) = self.role(range.clone()) else { return };
        let role = own_role.or(role);
        let Some(rest) = trimmed(self.text, begin..range.end) else {
            if flaws == self.flaws() {
                let mend = "write who it is after the colon, like presenter:ada@contoso.example, or remove it";
                self.wrong(Wrong::new("a role with nobody after it", mend).of_part(range));
            }
            return;
        };
        let bytes = &self.text.as_bytes()[..rest.end];
        let whole = !quoted && bytes[rest.start] == b'"' && closing_quote(bytes, rest.start) == Some(rest.end - 1);
        if whole && rest.len() > 1 {
            return self.list(rest.start + 1..rest.end - 1, role, true);
        }
        let name = angle.and_then(|open| called(&self.text[rest.start..open]));
        let address = match angle {
            Some(open) => self.between(rest.start..open, open..rest.end, commas),
            None => Some(rest),
        };
        let Some(address) = address else { return };
        match address::read(self.text, address) {
            Ok(address) if flaws == self.flaws() => self.people.enter(address, name, role, self.column, range),
            Ok(_) => {}
            Err(wrong) => self.wrong(wrong),
        }
    }

    /// The address in `Name <address>`, if it can be looked at.
    fn between(&mut self, name: Range<usize>, rest: Range<usize>, commas: usize) -> Option<Range<usize>> {
        let Some(close) = closing_angle(&self.text.as_bytes()[..rest.end], rest.start) else {
            let mend = "close it with >, like Ada Lind <ada@contoso.example>";
            self.wrong(Wrong::new("an address that is opened with < and never closed", mend).of_part(rest));
            return None;
        };
        if let Some(after) = trimmed(self.text, close + 1..rest.end) {
            self.wrong(
                Wrong::new("more text after the address", format!("remove it; or, if it is somebody else, {SEPARATE}"))
                    .of_part(after),
            );
        }
        let Some(address) = trimmed(self.text, rest.start + 1..close) else {
            let mend = "write the address between < and >, like Ada Lind <ada@contoso.example>";
            self.wrong(Wrong::new("nothing between < and >", mend).of_part(rest.start..close + 1));
            return None;
        };
        if let Some(name) = trimmed(self.text, name) {
            self.name(name, address.clone(), commas);
        }
        Some(address)
    }

    /// A name means nothing to Graph; but somebody else could be in it, who would be lost.
    fn name(&mut self, name: Range<usize>, address: Range<usize>, commas: usize) {
        let text = &self.text[name.clone()];
        if commas < 2 && !text.contains('@') && text.len() < address::ID_LEN {
            return;
        }
        let is_other = |word: &str| {
            let word = word.trim_matches(|c| address::is_blank(c) || "\"'“”‘’„()[],;<>".contains(c));
            let word = address::without_scheme(word);
            let at = word.find('@').is_some_and(|at| 0 < at && at + 1 < word.len());
            (at || object_id(word).is_some())
                && !word.eq_ignore_ascii_case(address::without_scheme(&self.text[address.clone()]))
        };
        if text.split(|c: char| address::is_blank(c) || c == ';' || c == ',').any(is_other) {
            let mend = format!("{SEPARATE}; if it is one, leave one address");
            let wrong = Wrong::new("an address within a name", mend)
                .saying("before < stands another address than after it, so that this may be one person or two");
            self.wrong(wrong.of_part(name));
        } else if commas > 1 {
            let mend = "put the name in quotation marks, like \"Lind, Ada, Dr\" <ada@contoso.example>; or, if these \
                        are several people, give each an address";
            let wrong = Wrong::new("a name with several commas", mend)
                .saying("nobody can tell here whether the commas are in a name or between people");
            self.wrong(wrong.of_part(name));
        }
    }

    /// The role before a name, and where the name begins; `None` when there is nothing more to be said of it.
    fn role(&mut self, range: Range<usize>) -> Option<(Option<Role>, usize)> {
        let (mut role, mut begin) = (None::<Role>, range.start);
        while let Some(colon) = colon(&self.text[begin..range.end]).map(|at| begin + at) {
            let part = trimmed(self.text, begin..colon).unwrap_or(colon..colon + 1);
            let word = &self.text[part.clone()];
            if word.eq_ignore_ascii_case("mailto") {
                break;
            }
            let rest = &self.text[colon + 1..range.end];
            if rest.starts_with("//") {
                let mend = "write the address with which the person signs in, like ada@contoso.example";
                self.wrong(
                    Wrong::new(address::NOBODY, mend).saying("this is the address of a web page").of_part(range),
                );
                return None;
            }
            match (role, named(word)) {
                (Some(old), Some(new)) if old != new => {
                    let what = format!("one person is called {} and {}", old.as_str(), new.as_str());
                    let mend = "leave one of the two: a person has one role";
                    self.wrong(Wrong::new("somebody with two roles", mend).saying(what).of_part(part));
                }
                (_, Some(new)) => role = Some(new),
                (_, None) => {
                    let near = Role::ALL
                        .into_iter()
                        .map(Role::as_str)
                        .find(|role| strsim::jaro_winkler(role, &word.to_ascii_lowercase()) >= ALIKE_MIN);
                    let near = near.map_or(String::new(), |role| format!("write {role}: if that is meant; "));
                    let mend = format!(
                        "{near}the roles are presenter:, coorganizer: and attendee:, or write none; if the colon belongs \
                         to a name, put the name in quotation marks"
                    );
                    self.wrong(Wrong::new("a role that there is not", mend).of_part(part));
                    if !rest.contains('<') && !stands_alone(rest) {
                        return None;
                    }
                }
            }
            begin = colon + 1;
        }
        Some((role, begin))
    }

    fn wrong(&mut self, wrong: Wrong) {
        self.people.wrong(self.column, wrong);
    }

    /// How many there are so far.
    fn flaws(&self) -> usize {
        self.people.wrongs.len() + self.people.untold
    }
}

/// A role by its name, in any case, and with or without a hyphen or space.
fn named(word: &str) -> Option<Role> {
    let letters = || word.chars().filter(|c| !matches!(c, '-' | ' ' | '\u{a0}' | '\u{2011}'));
    Role::ALL.into_iter().find(|role| letters().map(|c| c.to_ascii_lowercase()).eq(role.as_str().chars()))
}

/// Where the colon of a role is: before any address and any quotation mark.
fn colon(text: &str) -> Option<usize> {
    text.find([':', '<', '"', '@']).filter(|at| text.as_bytes()[*at] == b':')
}
