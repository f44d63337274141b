//! A reader of iCalendar for tests: it unfolds and unescapes by the letter of RFC 5545, and forgives nothing.

/// A content line: name, parameters, value as it stands.
pub(super) type Line = (String, String, String);

/// The lines of a file.
pub(super) fn lines(octets: &[u8]) -> Vec<Line> {
    assert!(!octets.starts_with(b"\xef\xbb\xbf"), "a byte-order mark");
    let text = std::str::from_utf8(octets).expect("UTF-8");
    let text = text.strip_suffix("\r\n").expect("the last line ends");
    let mut unfolded: Vec<String> = Vec::new();
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(char::is_control), "a control character: {line:?}");
        match line.strip_prefix(' ') {
            Some(more) => unfolded.last_mut().expect("something to go on with").push_str(more),
            None => unfolded.push(line.to_owned()),
        }
    }
    unfolded.iter().map(|line| divided(line)).collect()
}

fn divided(line: &str) -> Line {
    let mut is_quoted = false;
    let colon = line.find(|c| {
        is_quoted ^= c == '"';
        c == ':' && !is_quoted
    });
    let (left, value) = line.split_at(colon.unwrap_or_else(|| panic!("no colon: {line}")));
    let (name, parameters) = left.split_once(';').unwrap_or((left, ""));
    assert!(name.bytes().all(|octet| octet.is_ascii_uppercase() || octet == b'-'), "no name: {line}");
    (name.to_owned(), parameters.to_owned(), value[1..].to_owned())
}

/// Text by the value that stands for it.
pub(super) fn text(value: &str) -> String {
    let (mut text, mut chars) = (String::new(), value.chars());
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => '\n',
                Some(c @ ('\\' | ';' | ',')) => c,
                other => panic!("no escape: {other:?} in {value}"),
            },
            ';' | ',' => panic!("{c} is not escaped in {value}"),
            c => c,
        });
    }
    text
}

/// The values of a name, in their order.
pub(super) fn values<'a>(lines: &'a [Line], name: &str) -> Vec<&'a str> {
    lines.iter().filter(|line| line.0 == name).map(|line| line.2.as_str()).collect()
}

/// The only value of a name.
pub(super) fn value<'a>(lines: &'a [Line], name: &str) -> &'a str {
    let values = values(lines, name);
    assert_eq!(values.len(), 1, "{name}: {values:?}");
    values[0]
}
