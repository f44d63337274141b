//! A redirect, told. None is ever followed: the token, the secret and the row go to the host that was configured and
//! nowhere else, whatever an answer says.
//!
//! Of where it points only the scheme, the host and the port are told: the rest may hold what nobody should read.

use ::http::{HeaderMap, Uri, header};

/// No name of a host is longer, with its scheme and its port.
const SHOWN_MAX: usize = 280;

/// What happened when Graph answered with 3xx, and what to do.
pub(super) fn of_graph(headers: &HeaderMap) -> String {
    format!("{}; check --graph-url, --cloud and the proxy", told(headers, "no token"))
}

/// The same for the identity service.
pub(super) fn of_login(headers: &HeaderMap) -> String {
    format!("{}; check --login-url, --cloud and the proxy", told(headers, "neither a secret nor a token"))
}

/// Where it points, and that `kept` stayed here.
fn told(headers: &HeaderMap, kept: &str) -> String {
    format!("the address answers with a redirect{}; it was not followed, and {kept} went there", target(headers))
}

fn target(headers: &HeaderMap) -> String {
    let Some(location) = headers.get(header::LOCATION) else { return " that does not say where".to_owned() };
    let nowhere = || " to what is no address".to_owned();
    let Ok(text) = location.to_str() else { return nowhere() };
    let text = text.trim();
    // With its scheme left out it is that of the request.
    let (shown_scheme, text) = match text.strip_prefix("//") {
        Some(_) => (false, format!("https:{text}")),
        None => (true, text.to_owned()),
    };
    let Ok(uri) = text.parse::<Uri>() else { return nowhere() };
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host().filter(|host| !host.is_empty())) else {
        return if text.starts_with('/') { " to another place on the same host".to_owned() } else { nowhere() };
    };
    let scheme = if shown_scheme { format!("{scheme}://") } else { String::new() };
    let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    let shown: String = format!("{scheme}{host}{port}").chars().take(SHOWN_MAX).collect();
    format!(" to {shown}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderValue;

    #[test]
    fn of_where_a_redirect_points_only_the_scheme_and_the_host_are_told() {
        for (location, words) in [
            ("https://evil.example/a?code=hush#hush", " to https://evil.example;"),
            ("http://evil.example:8080/hush", " to http://evil.example:8080;"),
            ("https://hush:hush@evil.example/", " to https://evil.example;"),
            ("//evil.example/hush", " to evil.example;"),
            ("HTTPS://[2001:db8::1]:1/hush", "://[2001:db8::1]:1;"),
            ("/hush?a", " to another place on the same host;"),
            ("hush", " to what is no address;"),
            ("javascript:hush()", " to what is no address;"),
            ("https://evil example/hush", " to what is no address;"),
            ("\u{e9}://hush", " to what is no address;"),
            ("", " to what is no address;"),
        ] {
            let location = HeaderValue::from_bytes(location.as_bytes()).expect("a header");
            let told = told(&HeaderMap::from_iter([(header::LOCATION, location)]), "no token");
            assert!(told.contains(words) && !told.contains("hush"), "{words}: {told}");
        }
        assert!(told(&HeaderMap::new(), "no token").contains("redirect that does not say where; it was not followed"));
        let long = format!("https://{}.example/", "a".repeat(5_000));
        let long = HeaderValue::try_from(long).expect("a header");
        assert!(told(&HeaderMap::from_iter([(header::LOCATION, long)]), "no token").len() < 400);
    }
}
