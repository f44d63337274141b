//! The identity service's token endpoint: what an app proves itself with, and what the answer means.
//!
//! It neither waits nor tries again.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ::http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tracing::{debug, info};

use super::source::Fetched;
use super::words::{mend, number};
use super::{App, CertificateFile, LIFETIME_DEFAULT, LIFETIME_MAX, file};
use crate::graph::hide::Hidden;
use crate::graph::verdict::{is_passing, retry_after};
use crate::graph::{Exchange, Lost, Verdict, redirect, wire};
use crate::outcome::Trouble;

/// What a client assertion is (RFC 7523).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What an app proves itself with. What is in a file is read for each token, since it may be another by then.
pub(super) enum Proof {
    Secret(SecretString),
    SecretFile(PathBuf),
    Certificate(CertificateFile),
    Federated(PathBuf),
}

impl Proof {
    /// What Microsoft's portal shows of it, to be compared.
    fn note(&self) -> Option<String> {
        let Self::Certificate(file) = self else { return None };
        let certificate = file.read().ok()?;
        let (thumbprint, ends) = (certificate.thumbprint(), certificate.not_after().date_naive());
        Some(format!("; the certificate's thumbprint is {thumbprint}, and it ends on {ends}"))
    }

    /// The parameters that carry it, and what of it must not be shown.
    fn parameters(&self, client_id: &str, audience: &str) -> Result<(String, SecretString)> {
        let secret = match self {
            Self::Secret(secret) => secret.clone(),
            Self::SecretFile(path) => file::secret(path, "the client secret")?,
            Self::Certificate(file) => file.read()?.assertion(client_id, audience, SystemTime::now()),
            Self::Federated(path) => {
                let token = file::secret(path, "the federated token (AZURE_FEDERATED_TOKEN_FILE)")?;
                SecretString::from(token.expose_secret().trim())
            }
        };
        let value = wire::path_segment(secret.expose_secret());
        let parameters = match self {
            Self::Secret(_) | Self::SecretFile(_) => format!("client_secret={value}"),
            Self::Certificate(_) | Self::Federated(_) => {
                format!("client_assertion_type={}&client_assertion={value}", wire::path_segment(ASSERTION_TYPE))
            }
        };
        Ok((parameters, secret))
    }
}

/// OAuth 2.0 client credentials (Microsoft identity platform, *client credentials flow*).
pub(super) struct Login {
    uri: Uri,
    client_id: String,
    scope: String,
    proof: Proof,
}

impl Login {
    pub(super) fn new(login_url: &str, graph_url: &str, app: App, proof: Proof) -> Result<Self> {
        let tenant = wire::path_segment(&app.tenant);
        let uri = format!("{}/{tenant}/oauth2/v2.0/token", login_url.trim_end_matches('/'));
        let uri = uri.parse().with_context(|| format!("{uri} is not an address"))?;
        // The scope is all that the app has been granted at this Graph (Graph, *get access without a user*).
        let scope = format!("{}/.default", graph_url.trim_end_matches('/'));
        Ok(Self { uri, client_id: app.client_id, scope, proof })
    }

    pub(super) async fn fetch(&self, exchange: &impl Exchange) -> Result<Fetched, Verdict> {
        let parameters = self.proof.parameters(&self.client_id, &self.uri.to_string());
        let (proof, secret) = parameters.map_err(|why| Verdict::Broken(login_trouble(None, &format!("{why:#}"))))?;
        let [client_id, scope] = [&self.client_id, &self.scope].map(|text| wire::path_segment(text));
        let form = format!("client_id={client_id}&{proof}&scope={scope}&grant_type=client_credentials");
        let reply = exchange.exchange(post(&self.uri, form)).await;
        let judged = judge(reply.map(|reply| without(&secret, reply))).map_err(|verdict| match verdict {
            Verdict::Broken(mut trouble) => {
                trouble.cause.extend(self.proof.note());
                Verdict::Broken(trouble)
            }
            verdict => verdict,
        });
        let (header, lifetime) = judged?;
        Ok(Fetched { header, lifetime: Some(lifetime) })
    }
}

/// A form to be sent.
pub(super) fn post(uri: &Uri, form: String) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from(form));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.clone();
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form_type);
    request
}

/// Judges an answer of the token endpoint (Microsoft identity platform, *client credentials flow*).
pub(super) fn judge(reply: Result<Response<Bytes>, Lost>) -> Result<(HeaderValue, Duration), Verdict> {
    let reply = reply.map_err(|lost| {
        let trouble = login_trouble(None, &lost_words(&lost));
        if lost.is_final() { Verdict::Broken(trouble) } else { Verdict::Again(trouble) }
    })?;
    let status = reply.status();
    let body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
    let said_of = |name| wire::text(&body, &[name]).filter(|_| status != StatusCode::OK);
    let said = said_of("error_description").unwrap_or_default();
    // The first line says it; the rest are trace ids.
    let said = said.lines().next().unwrap_or_default();
    let said_too = if said.is_empty() { String::new() } else { format!(" (the identity service said: {said})") };
    let why = if is_passing(status) {
        format!("the identity service has a passing fault (HTTP {})", status.as_u16())
    } else if status.is_redirection() {
        redirect::of_login(reply.headers())
    } else if !body.is_object() {
        format!(
            "what answers is not the identity service (HTTP {}, and no JSON): a proxy, a filter or a network's own sign-in \
             page may be between; check AZURE_TENANT_ID, --login-url and the proxy",
            status.as_u16()
        )
    } else {
        mend(said).to_owned()
    };
    let mut trouble = login_trouble(Some(status.as_u16()), &format!("{why}{said_too}"));
    trouble.code = said_of("error").unwrap_or_default();
    let verdict = match status.as_u16() {
        200 => {
            let token = wire::text(&body, &["access_token"]).map(SecretString::from);
            let header = token.as_ref().and_then(secret_header).ok_or(Verdict::Again(trouble))?;
            let seconds = wire::text(&body, &["expires_in"]).and_then(|seconds| seconds.parse().ok());
            return Ok((header, seconds.map_or(LIFETIME_DEFAULT, Duration::from_secs).min(LIFETIME_MAX)));
        }
        429 => Verdict::Throttled(retry_after(reply.headers(), SystemTime::now()), trouble),
        _ if is_passing(status) || trouble.code == "temporarily_unavailable" => Verdict::Again(trouble),
        _ => Verdict::Broken(trouble),
    };
    if status != StatusCode::OK {
        tell_support(&verdict, said, &body);
    }
    Err(verdict)
}

/// Puts what Microsoft's support finds an answer by into the log.
fn tell_support(verdict: &Verdict, said: &str, body: &Value) {
    let text = |name| wire::text(body, &[name]).unwrap_or_default().replace(char::is_control, " ");
    let (trace_id, correlation_id) = (text("trace_id"), text("correlation_id"));
    if trace_id.is_empty() && correlation_id.is_empty() {
        return;
    }
    let (number, timestamp) = (number(said).unwrap_or("no number"), text("timestamp"));
    let words = format!(
        "Microsoft's support finds the identity service's answer by {number}, trace id {trace_id}, correlation id \
         {correlation_id}, {timestamp}"
    );
    if matches!(verdict, Verdict::Broken(_)) {
        info!(number, trace_id, correlation_id, timestamp, "{words}");
    } else {
        debug!(number, trace_id, correlation_id, timestamp, "{words}");
    }
}

/// A refusal may repeat what was sent. What is no refusal holds tokens, and nothing of it is shown.
pub(super) fn without(secret: &SecretString, reply: Response<Bytes>) -> Response<Bytes> {
    if reply.status() == StatusCode::OK { reply } else { Hidden::new(secret.expose_secret()).cut_in(reply) }
}

/// A header of a token, marked so that it cannot be printed; `None` when no header can hold it.
pub(super) fn secret_header(text: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", text.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

pub(super) fn login_trouble(http_status: Option<u16>, cause: &str) -> Trouble {
    Trouble { http_status, cause: format!("no access token: {cause}"), ..Trouble::default() }
}

pub(super) fn lost_words(lost: &Lost) -> String {
    match lost {
        Lost::Connect(why) => format!("no connection to the identity service ({why}); check --login-url and the proxy"),
        Lost::Untrusted(why) => {
            format!("the identity service is not trusted ({why}); if it is the wrong one, check --login-url")
        }
        Lost::Proxy { why, .. } => format!("no connection to the identity service: {why}"),
        Lost::Timeout => "the identity service did not answer in time".to_owned(),
        Lost::Broken(how) => format!("the connection to the identity service broke ({how})"),
    }
}
