//! HTML from elsewhere, so that nothing in it can run or leave its place.
//!
//! What comes out is written anew: of elements and attributes only those of a list, everything else as text. So it does
//! not count how a browser would have read what came in. It mends no markup beyond closing what was left open.

use crate::publish::text::is_bidi;

/// The elements that may stay.
const ELEMENTS: [&str; 40] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "center",
    "code",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "wbr",
];
/// Those of them that have no end.
const VOID: [&str; 4] = ["br", "hr", "img", "wbr"];
/// The elements that go with all that is in them.
const GONE: [&str; 17] = [
    "applet",
    "embed",
    "frameset",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
];
/// The attributes that may stay as they are.
const ATTRIBUTES: [&str; 20] = [
    "align",
    "alt",
    "aria-label",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "color",
    "colspan",
    "dir",
    "face",
    "height",
    "lang",
    "role",
    "rowspan",
    "size",
    "start",
    "title",
    "valign",
    "width",
];
/// How links may begin.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];
/// What is nested deeper is left out.
const DEPTH_MAX: usize = 100;
/// Of a tag with more attributes the others are left out.
const ATTRIBUTES_MAX: usize = 50;
/// No entity's name is longer.
const ENTITY_MAX: usize = 33;

/// The same without anything that could run.
pub(super) fn sanitized(html: &str) -> String {
    let mut safe = Safe { out: String::with_capacity(html.len()), open: Vec::new() };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        safe.text(&rest[..at]);
        rest = safe.markup(&rest[at..]);
    }
    safe.text(rest);
    while let Some(element) = safe.open.pop() {
        safe.end(element);
    }
    safe.out
}

/// What was written, and which elements are open in it.
struct Safe {
    out: String,
    open: Vec<&'static str>,
}

impl Safe {
    fn end(&mut self, element: &str) {
        self.out.push_str("</");
        self.out.push_str(element);
        self.out.push('>');
    }

    /// Text keeps its entities, which are never more than text.
    fn text(&mut self, text: &str) {
        for (at, c) in text.char_indices() {
            match c {
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '&' if !begins_entity(&text[at..]) => self.out.push_str("&amp;"),
                '\n' | '\t' => self.out.push(c),
                c if c.is_control() || is_bidi(c) => {}
                c => self.out.push(c),
            }
        }
    }

    /// Reads what begins with `<`, and returns what is behind it.
    fn markup<'a>(&mut self, from: &'a str) -> &'a str {
        let behind = |end: &str| from.split_once(end).map_or("", |(_, rest)| rest);
        if from.starts_with("<!--") {
            return behind("-->");
        }
        if from.starts_with("<!") || from.starts_with("<?") {
            return behind(">");
        }
        let inner = from[1..].strip_prefix('/');
        let is_end = inner.is_some();
        let inner = inner.unwrap_or(&from[1..]);
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.out.push_str("&lt;");
            return &from[1..];
        }
        let name_end = inner.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(inner.len());
        let name = inner[..name_end].to_ascii_lowercase();
        // A tag that is cut off is none.
        let Some((attributes, rest)) = attributes(&inner[name_end..]) else { return "" };
        if GONE.contains(&name.as_str()) {
            return if is_end { rest } else { behind_end(rest, &name) };
        }
        if let Some(element) = ELEMENTS.into_iter().find(|own| *own == name) {
            if is_end { self.close(element) } else { self.begin(element, &attributes) }
        }
        rest
    }

    fn close(&mut self, element: &str) {
        let Some(depth) = self.open.iter().rposition(|open| *open == element) else { return };
        while self.open.len() > depth {
            let inner = self.open.pop().unwrap_or_default();
            self.end(inner);
        }
    }

    fn begin(&mut self, element: &'static str, attributes: &[(String, &str)]) {
        let is_void = VOID.contains(&element);
        if self.open.len() >= DEPTH_MAX && !is_void {
            return;
        }
        self.out.push('<');
        self.out.push_str(element);
        for (at, (name, value)) in attributes.iter().take(ATTRIBUTES_MAX).enumerate() {
            let is_first = !attributes[..at].iter().any(|(other, _)| other == name);
            if is_first && may_stay(element, name, value) {
                self.out.push(' ');
                self.out.push_str(name);
                self.out.push_str("=\"");
                self.text(value.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_bidi(c)));
                self.out.push('"');
            }
        }
        self.out.push('>');
        if !is_void {
            self.open.push(element);
        }
    }
}

/// Whether `&` is the beginning of an entity with its end.
fn begins_entity(text: &str) -> bool {
    let name = || text.bytes().skip(1).take(ENTITY_MAX);
    let end = name().position(|byte| byte == b';').unwrap_or_default();
    end > 0 && name().take(end).all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
}

/// The attributes of a tag, behind its name, and what is behind its end; `None` when it has none.
fn attributes(mut from: &str) -> Option<(Vec<(String, &str)>, &str)> {
    let mut found = Vec::new();
    loop {
        from = from.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(rest) = from.strip_prefix('>') {
            return Some((found, rest));
        }
        // An equals sign that begins a name is part of it.
        let end = from.char_indices().skip(1).find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '/' | '>'))?.0;
        let name = from[..end].to_ascii_lowercase();
        from = from[end..].trim_start();
        let mut value = "";
        if let Some(rest) = from.strip_prefix('=') {
            let rest = rest.trim_start();
            (value, from) = match rest.chars().next()? {
                quote @ ('"' | '\'') => rest[1..].split_once(quote)?,
                _ => rest.split_at(rest.find(|c: char| c.is_whitespace() || c == '>')?),
            };
        }
        found.push((name, value));
    }
}

/// What is behind the end of an element that goes; nothing when it has no end.
fn behind_end<'a>(from: &'a str, name: &str) -> &'a str {
    let is_name = |at: &usize| from[*at..].get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name));
    let Some(at) = from.match_indices("</").map(|(at, _)| at + 2).find(is_name) else { return "" };
    from[at..].split_once('>').map_or("", |(_, rest)| rest)
}

fn may_stay(element: &str, name: &str, value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    match name {
        // A scheme that is written out is no other, whatever entities follow.
        "href" => element == "a" && SCHEMES.iter().any(|scheme| value.starts_with(scheme)),
        "src" => element == "img" && value.starts_with("https://"),
        "style" => is_plain_style(&value),
        name => ATTRIBUTES.contains(&name),
    }
}

/// Colours, sizes and fonts; nothing that is fetched, computed, moved elsewhere or written in escapes.
fn is_plain_style(style: &str) -> bool {
    let is_odd = |c: char| c.is_control() && !c.is_whitespace() || is_bidi(c);
    let style =
        style.replace(is_odd, "\\").replace("rgb(", "").replace("rgba(", "").replace("&quot;", "").replace("&#39;", "");
    !["(", "\\", "/*", "@", "&", "<", "position", "behavior", "binding"].iter().any(|odd| style.contains(odd))
}

#[cfg(test)]
#[path = "sanitize_tests.rs"]
mod tests;
