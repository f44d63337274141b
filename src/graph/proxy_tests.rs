//! How a proxy is named, and which requests go through it.

use super::*;

fn proxy(text: &str) -> Result<Proxy, String> {
    Proxy::new(&text.into(), "internal.example, 10.0.0.0/8").map_err(|error| error.to_string())
}

fn via(proxy: &Proxy, url: &str) -> Option<Via> {
    Proxies::of(Some(proxy)).via(&url.parse().expect("an address"))
}

#[test]
fn a_proxy_is_named_as_people_write_it_and_shown_without_its_password() {
    for (text, shown, header) in [
        ("http://proxy.example:8080", "http://proxy.example:8080", None),
        ("proxy.example:8080", "http://proxy.example:8080", None),
        ("https://proxy.example", "https://proxy.example", None),
        ("HTTP://proxy.example:8080/", "http://proxy.example:8080", None),
        ("http://[::1]:3128", "http://[::1]:3128", None),
        ("http://ada:hush@proxy.example:1", "http://proxy.example:1", Some("Basic YWRhOmh1c2g=")),
        ("ada:hush@proxy.example:1", "http://proxy.example:1", Some("Basic YWRhOmh1c2g=")),
        ("http://ada:hu%40%3a@proxy.example:1", "http://proxy.example:1", Some("Basic YWRhOmh1QDo=")),
        ("http://ada@proxy.example:1", "http://proxy.example:1", Some("Basic YWRhOg==")),
    ] {
        let proxy = proxy(text).expect(text);
        assert_eq!(proxy.shown(), shown);
        let via = via(&proxy, "https://graph.example/").expect("it goes through it");
        assert_eq!((via.shown.as_str(), via.is_named, via.signs_in), (shown, true, header.is_some()), "{text}");
        let found = Proxies::of(Some(&proxy)).matcher.intercept(&"https://graph.example/".parse().expect("an address"));
        let sent = found.as_ref().and_then(Intercept::basic_auth).map(|header| header.to_str().expect("ASCII"));
        assert_eq!(sent, header, "{text}");
        assert!(!format!("{proxy:?} {via:?}").contains("hush"));
    }
}

#[test]
fn what_is_no_proxy_is_refused_and_not_repeated() {
    for text in [
        "",
        "http://",
        "http://:8080",
        "ftp://hush",
        "http://proxy.example/hush",
        "http://proxy.example?hush",
        "http://proxy.example#hush",
        "http://ada:hu/sh@proxy.example",
        "http://ada:hu@sh@proxy.example",
        "http://ada:hush@proxy.example:port",
        "http://ada:hush@proxy.example:99999",
        "http://pro xy.example hush",
    ] {
        let refusal = proxy(text).expect_err(text);
        assert!(refusal.contains("is not the address of a proxy") && !refusal.contains("hu"), "{text}: {refusal}");
    }
    let refusal = proxy("socks5h://ada:hush@proxy.example").expect_err("SOCKS");
    assert!(refusal.contains("SOCKS") && !refusal.contains("hush"), "{refusal}");
}

#[test]
fn https_goes_through_it_but_to_this_machine_and_where_no_proxy_is_wanted() {
    let proxy = proxy("http://proxy.example:8080").expect("a proxy");
    for (url, goes) in [
        ("https://graph.microsoft.com/v1.0", true),
        ("https://192.0.2.1/", true),
        ("https://notinternal.example/", true),
        ("https://internal.example/", false),
        ("https://graph.internal.example/", false),
        ("https://10.1.2.3/", false),
        ("https://localhost:8443/", false),
        ("https://127.0.0.9/", false),
        ("https://[::1]:1/", false),
        ("http://169.254.169.254/metadata", false),
        ("http://graph.example/", false),
    ] {
        assert_eq!(via(&proxy, url).is_some(), goes, "{url}");
    }
}
