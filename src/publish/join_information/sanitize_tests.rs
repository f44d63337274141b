//! What came in, and what is left of it.

use proptest::prelude::*;

use super::*;

#[test]
fn graphs_own_markup_stays_as_it_is() {
    for html in [
        r#"<div style="width:100%;height: 20px;"><span style="white-space:nowrap;color:#5F5F5F;opacity:.36;">____</span></div>"#,
        r#"<a style="font-size:24px;font-family:&quot;Segoe UI&quot;,'Arial';color:rgb(98, 100, 167)" href="https://teams.example/l/x?context=%7b%22Tid%22%7d&amp;a=b">Join</a>"#,
        r#"<a href="tel:+12065550100,,512004417#">+1 206-555-0100,,512004417#</a><br>"#,
        r#"<table border="0"><tbody><tr><td colspan="2">Besprechungs-ID:&nbsp;398 120</td></tr></tbody></table>"#,
        r#"<img src="https://cdn.example/logo.png" alt="Contoso" width="88">"#,
        "1 &lt; 2 &amp; 3 &#8211; é",
    ] {
        assert_eq!(sanitized(html), html);
    }
}

#[test]
fn nothing_that_could_run_is_left() {
    for (html, left) in [
        ("a<script>alert(1)</script>b", "ab"),
        ("a<SCRIPT src=x>alert('</b>')</sCript >b", "ab"),
        ("a<script>never ends", "a"),
        ("a<style>*{}</style><iframe src=x>y</iframe><svg><a onload=x></svg>b", "ab"),
        ("<img src=x onerror=alert(1)>", "<img>"),
        ("<img src='https://a.example/x\"onerror=\"y'>", "<img src=\"https://a.example/x&quot;onerror=&quot;y\">"),
        ("<p onclick='x' ONMOUSEOVER=\"y\" title='<b>'>z", "<p title=\"&lt;b&gt;\">z</p>"),
        ("<a href='javascript:x'>z</a>", "<a>z</a>"),
        ("<a href=' java&#115;cript:x'>z</a><a href='&#x6a;avascript:x'>z</a>", "<a>z</a><a>z</a>"),
        ("<a href='data:text/html,x'>z</a><a href='//x'>z</a><a href='vbscript:x'>z</a>", "<a>z</a><a>z</a><a>z</a>"),
        ("<a href='https://a.example' href='javascript:x'>z</a>", "<a href=\"https://a.example\">z</a>"),
        ("<div style='background:url(https://x)'>z</div>", "<div>z</div>"),
        ("<div style='width:expression(x)'></div><div style='w\\69dth:1'></div>", "<div></div><div></div>"),
        ("<div style='position:fixed'></div><div style='a:&#40;'></div>", "<div></div><div></div>"),
        ("</main></body><form action=x><input><meta http-equiv=refresh><base href=x>z", "z"),
        ("<!-- <p> --><!doctype html><?xml ?>z<!-- never ends", "z"),
        ("<p <script>alert(1)</script>", "<p>alert(1)</p>"),
        ("<<p>script>z", "&lt;<p>script&gt;z</p>"),
        ("1 < 2 & 3 &amp 4 &\"", "1 &lt; 2 &amp; 3 &amp;amp 4 &amp;&quot;"),
        ("<p title=\"never ends", ""),
        ("<b><i>z</b></u>", "<b><i>z</i></b>"),
        ("<p a b=c =d/e>z", "<p>z</p>"),
        ("\u{202e}z\u{0}", "z"),
    ] {
        assert_eq!(sanitized(html), left, "{html}");
    }
}

#[test]
fn what_is_nested_without_an_end_is_bounded() {
    let deep = sanitized(&"<div>".repeat(10_000));
    assert_eq!(deep, format!("{}{}", "<div>".repeat(DEPTH_MAX), "</div>".repeat(DEPTH_MAX)));
}

#[test]
fn a_megabyte_of_anything_is_read_in_one_go() {
    for piece in ["&", "<svg></SVG>", "<p a>", "<p", " a", "</", "<!---->", "<b>", "</b>", "<a href='&"] {
        let html = piece.repeat((1 << 20) / piece.len());
        for html in [format!("<p {html}>"), html] {
            assert!(sanitized(&html).len() < 8 << 20, "{piece}");
        }
    }
}

/// Pieces of markup, put together at random.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<"),
        Just(">"),
        Just("</"),
        Just("<script"),
        Just("</script>"),
        Just("<a "),
        Just("href="),
        Just("'"),
        Just("\""),
        Just("javascript:"),
        Just("<p"),
        Just(" onclick=x"),
        Just("<!--"),
        Just("-->"),
        Just("="),
        Just("/"),
        Just("&"),
        Just("é"),
        Just("\u{0}"),
        Just(" "),
        Just("<img src=https://"),
        Just("style"),
        Just("<svg>"),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_safe_is_left_alone_and_has_elements_of_the_list_alone(html in pieces()) {
        let safe = sanitized(&html);
        prop_assert_eq!(&sanitized(&safe), &safe);
        for tag in safe.split('<').skip(1) {
            let name = tag.trim_start_matches('/');
            let end = name.find([' ', '>']).expect("a tag ends");
            prop_assert!(ELEMENTS.contains(&&name[..end]), "{}", safe);
            let (attributes, _) = attributes(&name[end..]).expect("it ends");
            for (name, value) in attributes {
                prop_assert!(["href", "src", "style"].contains(&name.as_str()) || ATTRIBUTES.contains(&name.as_str()));
                prop_assert!(!value.trim().starts_with("javascript"));
            }
        }
    }
}
