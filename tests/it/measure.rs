//! Rust source as the house rules (`tidy`) see it: what is code, where a name stands, from where to where an item goes.
//!
//! It knows just enough of the language not to be misled by comments, strings, characters and lifetimes; what a macro
//! makes of its input it does not know.

/// A function or a module with a body.
pub(crate) struct Item {
    pub(crate) name: String,
    /// Where its keyword stands, in bytes.
    pub(crate) begin: usize,
    /// Where its closing brace stands, in bytes.
    pub(crate) end: usize,
}

/// The source with spaces for every comment and literal. Each byte that is left is where it was, and so is each line.
pub(crate) fn code(source: &str) -> String {
    let (mut code, mut rest) = (String::with_capacity(source.len()), source);
    while let Some(first) = rest.chars().next() {
        let prose = prose(rest);
        let (head, tail) = rest.split_at(prose.max(first.len_utf8()));
        if prose == 0 {
            code.push_str(head);
        } else {
            code.extend(head.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        }
        rest = tail;
    }
    code
}

/// How long the comment or literal is that `rest` begins with; 0 when it begins with neither.
fn prose(rest: &str) -> usize {
    match rest.as_bytes() {
        [b'/', b'/', ..] => rest.find('\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => block_comment(rest),
        [b'"', ..] => quoted(rest, '"'),
        [b'\'', ..] => character(rest),
        [b'r', b'"' | b'#', ..] => raw_string(rest),
        _ => 0,
    }
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        if char == '\\' {
            chars.next();
        } else if char == quote {
            return at + 1;
        }
    }
    rest.len()
}

/// A quote begins a character if it ends one character on, or at an escape; else it begins a lifetime, which is code.
fn character(rest: &str) -> usize {
    let mut inside = rest.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), _) | (_, Some('\'')) => quoted(rest, '\''),
        _ => 0,
    }
}

/// `r#name` is code.
fn raw_string(rest: &str) -> usize {
    let hashes = rest[1..].bytes().take_while(|&byte| byte == b'#').count();
    let open = 1 + hashes + 1;
    if rest.as_bytes().get(open - 1) != Some(&b'"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    rest[open..].find(&close).map_or(rest.len(), |at| open + at + close.len())
}

/// Where `needle` stands in `text` other than as a part of a longer name.
pub(crate) fn places(text: &str, needle: &str) -> Vec<usize> {
    let joined = |left: &str, right: &str| left.ends_with(is_name) && right.starts_with(is_name);
    let whole = |at: usize| !joined(&text[..at], needle) && !joined(needle, &text[at + needle.len()..]);
    text.match_indices(needle).map(|(at, _)| at).filter(|&at| whole(at)).collect()
}

pub(crate) fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The words of the code, and whatever else is no space, a character at a time, each with its place.
pub(crate) fn tokens(code: &str) -> Vec<(usize, &str)> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(first) = code[at..].chars().next() {
        let name = code[at..].find(|char| !is_name(char)).unwrap_or(code.len() - at);
        let length = name.max(first.len_utf8());
        if !first.is_whitespace() {
            tokens.push((at, &code[at..at + length]));
        }
        at += length;
    }
    tokens
}

/// The number of the line in which the byte stands.
pub(crate) fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Every item that `keyword` (`fn` or `mod`) begins and that has a body.
pub(crate) fn items(code: &str, keyword: &str) -> Vec<Item> {
    let item = |begin: usize| {
        let head = begin + keyword.len();
        let name: String = code[head..].trim_start().chars().take_while(|&char| is_name(char)).collect();
        let body = head + body(&code[head..])?;
        // The type of a function has no name.
        (!name.is_empty()).then(|| Item { name, begin, end: body + closing(&code[body..]) })
    };
    places(code, keyword).into_iter().filter_map(item).collect()
}

/// Where the brace stands that opens the body; `None` when a semicolon comes first.
fn body(head: &str) -> Option<usize> {
    let (mut depth, mut last) = (0_usize, ' ');
    for (at, char) in head.char_indices() {
        match char {
            '{' if depth == 0 => return Some(at),
            ';' if depth == 0 => return None,
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if last == '-' => {}
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        last = char;
    }
    None
}

/// Where the brace stands that closes the one that `body` begins with.
fn closing(body: &str) -> usize {
    let mut depth = 0;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    body.len()
}

#[test]
fn code_is_what_is_left_without_comments_and_literals() {
    for (source, left) in [
        ("a // { \" '\nb", "a b"),
        ("a /* { /* } */ \" */ b", "a b"),
        (r#"a "{ // \" }" b"#, "a b"),
        (r#"a "\\" b "}" c"#, "a b c"),
        (r##"a r"\" b r#"{ " }"# c"##, "a b c"),
        (r##"a b"{" c br#"""# d r#fn e"##, "a b c b d r#fn e"),
        ("a '{' b '\\'' c '\\\\' d b'\"' e '\\u{7b}' f 'é' g", "a b c d b e f g"),
        ("a<'a, 'b>(c: &'a str) { 'd: loop { break 'd '{' } }", "a<'a, 'b>(c: &'a str) { 'd: loop { break 'd } }"),
        ("a \"é\n{\" b", "a b"),
        ("a \"never ends {", "a"),
    ] {
        let code = code(source);
        let words: Vec<&str> = code.split_whitespace().collect();
        assert_eq!(words.join(" "), left, "{source}");
        assert_eq!((code.len(), line(&code, code.len())), (source.len(), line(source, source.len())), "{source}");
    }
}

#[test]
fn an_item_goes_from_its_keyword_to_its_closing_brace() {
    for (source, expected) in [
        ("fn a() {}", "a 1-1"),
        ("/// fn x() {\n#[test]\npub(crate) async fn a(\n) -> u8\n{\n    1 // }\n}\nfn b() {\n}", "a 3-7, b 8-9"),
        ("fn a() {\n    let _ = \"{\"; let _ = '{'; let _ = r#\"}\"{\"#;\n}\n", "a 1-3"),
        ("fn a<'a>(x: &'a [u8; 4]) -> Option<[u8; 2]> where X<{ 1 }>: Fn() -> u8, {\n}\n", "a 1-2"),
        ("trait T {\n    fn no_body(&self) -> [u8; 2];\n    fn a(&self, f: fn(u8) -> u8) {\n    }\n}", "a 3-4"),
        ("fn a() {\n    fn b() {\n        if x { y() }\n    }\n}\nlet fnord = 1;", "a 1-5, b 2-4"),
        ("fn a() {\n    // never ends\n", "a 1-3"),
    ] {
        let code = code(source);
        let item = |item: Item| format!("{} {}-{}", item.name, line(&code, item.begin), line(&code, item.end));
        assert_eq!(items(&code, "fn").into_iter().map(item).collect::<Vec<_>>().join(", "), expected, "{source}");
    }
}

#[test]
fn tokens_are_words_and_single_characters() {
    assert_eq!(tokens(" a_1 :: é{"), [(1, "a_1"), (5, ":"), (6, ":"), (8, "é"), (10, "{")]);
}

#[test]
fn a_name_is_not_found_within_a_longer_one() {
    assert_eq!(places("csv::A my_csv::B csvs::C ::csv::D", "csv::"), [0, 27]);
    assert_eq!(places("sim simple _sim (sim)", "sim"), [0, 17]);
}
