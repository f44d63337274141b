//! Names that Graph knows people by: user principal names and object ids, and what keeps a text from being one.
//!
//! Whether there is such a user is for Graph to say.

use std::ops::Range;

use super::super::flaw::Wrong;
use super::list::SEPARATE;

/// The most characters of a user principal name (Entra, *prepare for directory synchronization*: 64, `@`, 48).
const UPN_MAX: usize = 113;

/// The length of an object id.
pub(super) const ID_LEN: usize = 36;

/// The kind of flaw of those who have no address.
pub(super) const NOBODY: &str = "somebody without an address";

/// The kind of flaw of an address with something wrong in it.
pub(super) const CANNOT_BE: &str = "an address that cannot be one";

const WRITE: &str =
    "write the address with which the person signs in, like ada@contoso.example, or the object id; or remove it";

/// What Entra allows in the name before the `@` (*prepare for directory synchronization*, userPrincipalName): letters
/// without accents, digits and these. `+` is not among them, but some guests have it from their own address.
const SIGNS: &[u8] = b"'.-_!#^~+";

/// Bytes that an address can have.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'@';
        byte += 1;
    }
    let mut sign = 0;
    while sign < SIGNS.len() {
        plain[SIGNS[sign] as usize] = true;
        sign += 1;
    }
    plain
};

pub(super) fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

/// What separates people, or ends a line.
pub(super) fn is_separator(byte: u8) -> bool {
    matches!(byte, b';' | b',' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Space, and what is not seen at all but comes along when text is copied.
pub(in crate::input) fn is_blank(c: char) -> bool {
    c == ' ' || c.is_whitespace() || is_invisible(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The range without the space around its text; `None` when there is nothing else.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let whole = &text[range.clone()];
    let start = whole.trim_start_matches(is_blank);
    let start_at = range.end - start.len();
    let own = start.trim_end_matches(is_blank);
    (!own.is_empty()).then(|| start_at..start_at + own.len())
}

/// The text without the space and the pairs of quotation marks around it.
fn unwrapped(text: &str) -> &str {
    const PAIRS: [(char, char); 7] =
        [('"', '"'), ('\'', '\''), ('“', '”'), ('„', '“'), ('‘', '’'), ('‚', '‘'), ('«', '»')];
    let text = text.trim_matches(is_blank);
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return text;
    }
    let inside = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
    PAIRS.into_iter().find_map(inside).map_or(text, |inside: &str| inside.trim_matches(is_blank))
}

/// The text without `mailto:` before it.
pub(super) fn without_scheme(text: &str) -> &str {
    const SCHEME: &str = "mailto:";
    match text.get(..SCHEME.len()) {
        Some(scheme) if scheme.eq_ignore_ascii_case(SCHEME) => &text[SCHEME.len()..],
        _ => text,
    }
}

/// The Entra object id in a text that may have space, quotation marks or `{…}` around it; `None` if there is none.
pub(in crate::input) fn object_id(text: &str) -> Option<&str> {
    let text = unwrapped(text);
    let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    Some(inside.map_or(text, |inside| inside.trim_matches(is_blank))).filter(|id| is_object_id(id))
}

/// Whether the text has the shape of an Entra object id: a GUID in its usual form.
fn is_object_id(text: &str) -> bool {
    text.len() == ID_LEN
        && text.bytes().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether the text can be a user principal name. The directory takes no domain without a dot.
fn is_user_principal_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(at) = bytes.iter().position(|byte| *byte == b'@') else { return false };
    let (name, domain) = (&bytes[..at], &bytes[at + 1..]);
    let (mut before, mut dots) = (b'.', 0);
    for &byte in domain {
        match byte {
            b'.' | b'-' if before == b'.' => return false,
            b'.' if before == b'-' => return false,
            b'.' => dots += 1,
            _ if byte == b'-' || byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
        before = byte;
    }
    let dot_before = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == b'.');
    dots > 0
        && before.is_ascii_alphanumeric()
        && bytes.len() <= UPN_MAX
        && !dot_before(name.first())
        && !dot_before(name.last())
        && name[0] != b'\''
        && name.iter().all(|byte| is_plain(*byte))
        && !name.windows(2).any(|pair| pair == b"..")
}

/// Whether the text is a name that Graph could know somebody by.
pub(super) fn is_one(text: &str) -> bool {
    is_user_principal_name(text) || is_object_id(text)
}

/// The name in a part of the text where one must be, and nothing else but what may stand around it.
pub(in crate::input) fn read(text: &str, range: Range<usize>) -> Result<&str, Wrong> {
    let own = unwrapped(without_scheme(unwrapped(&text[range.clone()])));
    if own.is_empty() {
        return Err(Wrong::new(NOBODY, WRITE).saying("there is no address in this").of_part(range));
    }
    if is_user_principal_name(own) {
        return Ok(own);
    }
    if let Some(id) = object_id(own) {
        return Ok(id);
    }
    let begin = own.as_ptr().addr() - text.as_ptr().addr();
    let mut wrong = wrong(own);
    let part = wrong.part.take().unwrap_or(0..own.len());
    Err(wrong.of_part(begin + part.start..begin + part.end))
}

/// What is wrong with a text that is no name, and where in it.
fn wrong(own: &str) -> Wrong {
    let cannot = |part: Range<usize>, what: String, mend: &str| Wrong::new(CANNOT_BE, mend).saying(what).of_part(part);
    let Some(at) = own.find('@') else { return nobody(own) };
    if let Some((place, blank)) = own.char_indices().find(|(_, c)| is_blank(*c) && !is_invisible(*c)) {
        return spaced(own, place..place + blank.len_utf8());
    }
    if let Some(second) = own[at + 1..].find('@').map(|second| at + 1 + second) {
        let mend = format!("leave one @; if these are several people, {SEPARATE}");
        return cannot(second..second + 1, "an address has one @, and this has more".into(), &mend);
    }
    if own.starts_with('\'') {
        let mend = "remove it, or close it behind the address";
        return cannot(0..1, "a quotation mark stands before the address and none behind it".into(), mend);
    }
    let (name, domain) = (&own[..at], &own[at + 1..]);
    let odd = |(place, c): &(usize, char)| {
        let in_name = u8::try_from(*c).is_ok_and(is_plain);
        !in_name || *place > at && !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
    };
    if let Some((place, c)) = own.char_indices().find(odd) {
        let (what, mend) = odd_character(c, place > at);
        return cannot(place..place + c.len_utf8(), what, &mend);
    }
    if name.is_empty() || domain.is_empty() {
        let what = format!("nothing stands {} the @", if name.is_empty() { "before" } else { "after" });
        return cannot(at..at + 1, what, WRITE);
    }
    let dots =
        [own.find(".."), Some(0).filter(|_| own.starts_with('.')), own.find(".@"), own.find("@.").map(|at| at + 1)];
    let dots = dots.into_iter().flatten().min().or_else(|| own.ends_with('.').then(|| own.len() - 1));
    if let Some(dot) = dots {
        let length = own[dot..].bytes().take_while(|byte| *byte == b'.').count();
        let what = "a dot may stand between two letters only, one at a time";
        return cannot(dot..dot + length, what.into(), "remove what is too much");
    }
    if !domain.contains('.') {
        let mend = "write the whole of it, like ada@contoso.example";
        return cannot(at + 1..own.len(), "what follows the @ has no dot, so that it is no whole domain".into(), mend);
    }
    if own.len() > UPN_MAX {
        let what = format!("it has {} characters, and a user principal name has {UPN_MAX} at most", own.len());
        return cannot(0..own.len(), what, "write it as the directory has it, or write the object id");
    }
    cannot(at + 1..own.len(), "what follows the @ is no domain".into(), WRITE)
}

/// What is wrong with a character that no address has, and what to do about it.
fn odd_character(c: char, in_domain: bool) -> (String, String) {
    let code = u32::from(c);
    if is_invisible(c) || c.is_control() {
        let what = format!("there is a character in it that cannot be seen (U+{code:04X})");
        return (what, "delete it, or type the address anew".into());
    }
    let mend = match c {
        '’' | '‘' | '`' | '´' => "write the straight mark ' if it belongs to the address, or remove it",
        '“' | '”' | '„' | '"' => "remove it, or put the whole address in quotation marks",
        _ if c.is_alphabetic() && in_domain => "write the domain as the directory has it, in the form xn--… if need be",
        _ => "write the user principal name as the directory has it, or write the object id",
    };
    let what = if c.is_alphabetic() {
        format!("a user principal name has letters from a to z only, and not '{c}'")
    } else if in_domain {
        format!("no domain has a '{c}' in it")
    } else {
        format!("no user principal name has a '{c}' in it")
    };
    (what, mend.into())
}

/// Something that has an `@` and a space, which is at `blank`.
fn spaced(own: &str, blank: Range<usize>) -> Wrong {
    let mut addresses =
        own.split(is_blank).map(|word| word.trim_matches(['(', ')', '[', ']', '<', '>'])).filter(|word| is_one(word));
    match (addresses.next(), addresses.next()) {
        (Some(_), Some(_)) => Wrong::new("people with nothing between them", SEPARATE),
        (Some(address), None) if own.matches('@').count() == 1 => {
            let mend = format!("put < and > around the address: <{address}>");
            Wrong::new("a name and an address that run together", mend)
        }
        _ => {
            let mend = format!("remove it; if these are several people, {SEPARATE}");
            Wrong::new(CANNOT_BE, mend).saying("there is a space in the address").of_part(blank)
        }
    }
}

/// Something that has no `@` and is no object id.
/// What is said of what was meant for an object id.
pub(in crate::input) const ALMOST: &str =
    "this is almost an object id, which has 8, 4, 4, 4 and 12 characters from 0 to f with hyphens between";

/// Whether it was meant for an object id: nearly all of it is what one has.
pub(in crate::input) fn is_almost_object_id(text: &str) -> bool {
    let hex = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let others = text.chars().filter(|c| !c.is_ascii_hexdigit() && c.is_alphabetic()).count();
    hex >= 24 && others <= 2 && object_id(text).is_none()
}

fn nobody(own: &str) -> Wrong {
    let lower = own.to_ascii_lowercase();
    let at = ["＠", "(at)", "[at]"].into_iter().find_map(|sign| lower.find(sign).map(|at| (at..at + sign.len(), sign)));
    if let Some((part, sign)) = at {
        let mend = "write @ in its place, like ada@contoso.example";
        return Wrong::new(CANNOT_BE, mend).saying(format!("the address has {sign} where @ belongs")).of_part(part);
    }
    let digits = own.bytes().filter(u8::is_ascii_digit).count();
    let what = if digits >= 5 && !own.contains(char::is_alphabetic) {
        "this is a telephone number"
    } else if is_almost_object_id(own) {
        ALMOST
    } else if lower.starts_with("www.") {
        "this is the address of a web page"
    } else {
        "this is neither an address nor an object id"
    };
    Wrong::new(NOBODY, WRITE).saying(what)
}
