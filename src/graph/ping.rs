//! A word to who watches over jobs, like healthchecks.io: one POST to an address that is itself the secret.
//!
//! It goes the way of other requests, through the proxy and with the authorities that were named, and never has a token
//! with it. No answer is followed elsewhere. Of the address only the host is ever told.

use ::http::uri::Scheme;
use ::http::{HeaderValue, Method, Request, Uri, header};
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::{Connections, Exchange as _, Http, Lost};

/// Where to send a word to.
#[derive(Clone, Debug)]
pub struct PingUrl {
    whole: SecretString,
    /// The host, which may be told, and whether it is reached by https.
    host: String,
    is_secure: bool,
}

impl PingUrl {
    /// Reads an address. The error does not say what was read.
    pub fn new(text: &SecretString) -> Result<Self> {
        let whole = text.expose_secret().trim();
        let uri: Uri =
            whole.parse().ok().context("is not an address, like https://hc-ping.com/ and a check's own number")?;
        let scheme = uri.scheme_str().unwrap_or_default();
        ensure!(matches!(scheme, "http" | "https"), "must begin with https:// or http://");
        ensure!(!whole.contains(['@', '#', '\\']), "must be a plain address, without a user name or a fragment");
        let host = uri.host().filter(|host| !host.is_empty()).context("names no host")?.to_owned();
        Ok(Self { is_secure: uri.scheme() == Some(&Scheme::HTTPS), host, whole: whole.into() })
    }

    /// Whom it goes to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address with `step` after its path, and the number that all words of a run have in common.
    fn at(&self, step: &str, run: Uuid) -> Result<Uri> {
        let (path, query) = match self.whole.expose_secret().split_once('?') {
            Some((path, query)) => (path, format!("{query}&")),
            None => (self.whole.expose_secret(), String::new()),
        };
        let path = path.trim_end_matches('/');
        format!("{path}{step}?{query}rid={run}").parse().ok().context("the address is none")
    }

    /// Says a word once. The error says what became of it, without the address.
    pub async fn send(&self, connections: &Connections, step: &str, run: Uuid, said: String) -> Result<()> {
        let http = Http::open(connections, self.is_secure)?;
        let mut request = Request::new(Bytes::from(said));
        (*request.method_mut(), *request.uri_mut()) = (Method::POST, self.at(step, run)?);
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        request.headers_mut().insert(header::CONTENT_TYPE, plain);
        let status = http.exchange(request).await.map_err(|lost| anyhow::anyhow!(why(lost)))?.status();
        ensure!(status.is_success(), "it answers HTTP {}", status.as_u16());
        Ok(())
    }
}

fn why(lost: Lost) -> String {
    match lost {
        Lost::Timeout => "it does not answer in time".to_owned(),
        Lost::Connect(why) | Lost::Broken(why) | Lost::Untrusted(why) | Lost::Proxy { why, .. } => why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_goes_after_the_path_and_the_number_of_the_run_into_the_query() {
        for (url, wanted) in [
            ("https://hc.example/a", "https://hc.example/a/fail?rid="),
            ("http://hc.example:8000/a/", "http://hc.example:8000/a/fail?rid="),
            (" https://hc.example/key/job?create=1 ", "https://hc.example/key/job/fail?create=1&rid="),
            ("https://hc.example", "https://hc.example/fail?rid="),
        ] {
            let (url, run) = (PingUrl::new(&url.into()).expect("an address"), Uuid::nil());
            assert_eq!(url.at("/fail", run).expect("an address").to_string(), format!("{wanted}{run}"));
            assert_eq!(url.host(), "hc.example");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for secret in
            ["", "hc.example/s3cret", "ftp://hc.example/s3cret", "https:///s3cret", "https://a:s3cret@b/", "s3 cret"]
        {
            let error = format!("{:#}", PingUrl::new(&secret.into()).expect_err(secret));
            assert!(!error.contains("s3"), "{error}");
        }
        assert!(!format!("{:?}", PingUrl::new(&"https://hc.example/s3cret".into())).contains("s3cret"));
    }
}
