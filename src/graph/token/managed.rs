//! Managed identities: a token from Azure itself, for what runs there, without a secret.
//!
//! Their endpoints are on this machine or beside it and speak plain http, so that no proxy gets to see what they say
//! ([`crate::graph::Http`]). It neither waits nor tries again.

use std::cell::Cell;
use std::time::SystemTime;

use ::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use anyhow::{Context as _, Result};
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::login::{login_trouble, without};
use super::printed;
use super::source::Fetched;
use super::{AppService, VirtualMachine};
use crate::graph::verdict::{is_passing, retry_after};
use crate::graph::{Exchange, Lost, Verdict, wire};
use crate::outcome::Trouble;

/// The endpoint of one of the services.
pub(super) struct Managed {
    uri: Uri,
    header: (HeaderName, HeaderValue),
    /// What must not be shown.
    secret: SecretString,
    kind: Kind,
    client_id: Option<String>,
    /// The endpoint is there: that it is not to be reached is then a fault that may pass.
    has_answered: Cell<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    AppService,
    Machine,
}

impl Managed {
    /// Azure App Service, *managed identities*, REST endpoint reference.
    pub(super) fn of_app_service(service: AppService, graph_url: &str) -> Result<Self> {
        let AppService { endpoint, header, client_id } = service;
        let uri = address(&endpoint, "2019-08-01", graph_url, client_id.as_deref())?;
        let mut value = HeaderValue::try_from(header.expose_secret())
            .context("IDENTITY_HEADER has characters that no header can hold")?;
        value.set_sensitive(true);
        let header_name = HeaderName::from_static("x-identity-header");
        let (kind, has_answered) = (Kind::AppService, Cell::new(false));
        Ok(Self { uri, header: (header_name, value), secret: header, kind, client_id, has_answered })
    }

    /// Microsoft Entra, *how to use managed identities on a VM to acquire a token*.
    pub(super) fn of_machine(machine: &VirtualMachine, graph_url: &str) -> Result<Self> {
        let client_id = machine.client_id.clone();
        let endpoint = format!("{}/metadata/identity/oauth2/token", machine.host.trim_end_matches('/'));
        let uri = address(&endpoint, "2018-02-01", graph_url, client_id.as_deref())?;
        let header = (HeaderName::from_static("metadata"), HeaderValue::from_static("true"));
        let (kind, has_answered) = (Kind::Machine, Cell::new(false));
        Ok(Self { uri, header, secret: "".into(), kind, client_id, has_answered })
    }

    pub(super) async fn fetch(&self, exchange: &impl Exchange) -> Result<Fetched, Verdict> {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = self.uri.clone();
        let (name, value) = self.header.clone();
        request.headers_mut().insert(name, value);
        match exchange.exchange(request).await {
            Ok(reply) => {
                self.has_answered.set(true);
                self.judge(&without(&self.secret, reply))
            }
            Err(lost) => Err(self.lost(&lost)),
        }
    }

    fn judge(&self, reply: &Response<Bytes>) -> Result<Fetched, Verdict> {
        let status = reply.status();
        if status == StatusCode::OK {
            let fetched = printed::read(reply.body(), SystemTime::now());
            return fetched.ok_or_else(|| {
                let words = format!("{} answered, but not with a token", self.name());
                Verdict::Again(login_trouble(Some(200), &words))
            });
        }
        let (code, said) = said(reply.body());
        // 404 and 410 are what the metadata service says while it is being updated, for some 70 seconds.
        let is_updating = self.kind == Kind::Machine && [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&status);
        let passes = is_passing(status) || status == StatusCode::TOO_MANY_REQUESTS || is_updating;
        let why = match status {
            StatusCode::TOO_MANY_REQUESTS => format!("{} asks to wait", self.name()),
            _ if passes => format!("{} has a passing fault", self.name()),
            _ => self.mend(&code, &said),
        };
        let said_too = if said.is_empty() { String::new() } else { format!(" (it said: {said})") };
        let trouble = login_trouble(Some(status.as_u16()), &format!("{why} (HTTP {}){said_too}", status.as_u16()));
        let trouble = Trouble { code, ..trouble };
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS => {
                Verdict::Throttled(retry_after(reply.headers(), SystemTime::now()), trouble)
            }
            _ if passes => Verdict::Again(trouble),
            _ => Verdict::Broken(trouble),
        })
    }

    fn lost(&self, lost: &Lost) -> Verdict {
        let (name, place) = (self.name(), self.uri.authority().map(ToString::to_string).unwrap_or_default());
        let where_it_is = match self.kind {
            Kind::AppService => "is this still App Service or Functions? It sets IDENTITY_ENDPOINT anew at each start",
            Kind::Machine => "only a virtual machine in Azure has one; elsewhere sign in another way",
        };
        let words = match lost {
            Lost::Connect(why) | Lost::Untrusted(why) | Lost::Proxy { why, .. } => {
                format!("no connection to {name} at {place} ({why})")
            }
            Lost::Timeout => format!("{name} at {place} did not answer in time"),
            Lost::Broken(how) => format!("the connection to {name} at {place} broke ({how})"),
        };
        match lost {
            _ if self.has_answered.get() => Verdict::Again(login_trouble(None, &words)),
            Lost::Connect(_) | Lost::Untrusted(_) | Lost::Proxy { .. } => {
                Verdict::Broken(login_trouble(None, &format!("{words}; {where_it_is}")))
            }
            _ => Verdict::Again(login_trouble(None, &format!("{words}; {where_it_is}"))),
        }
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::AppService => "App Service's identity endpoint",
            Kind::Machine => "the machine's metadata service",
        }
    }

    /// What to do about what does not pass.
    fn mend(&self, code: &str, said: &str) -> String {
        let said = said.to_ascii_lowercase();
        let is_unknown = said.contains("identity not found")
            || said.contains("identity found")
            || said.contains("identity has been")
            || code == "invalid_request" && said.is_empty();
        match &self.client_id {
            Some(id) if is_unknown => format!(
                "no identity with the client id {id} is assigned here; assign it (Azure portal, Identity, User \
                 assigned), or unset AZURE_CLIENT_ID for the one that the system has"
            ),
            None if is_unknown => "no identity is assigned here; switch one on (Azure portal, Identity, System \
                                   assigned), or name a user-assigned one's client id in AZURE_CLIENT_ID"
                .to_owned(),
            _ => format!(
                "{} gives none; check in the Azure portal which identity is assigned here, and AZURE_CLIENT_ID",
                self.name()
            ),
        }
    }
}

/// Where to ask: for this Graph, as this identity.
fn address(endpoint: &str, version: &str, graph_url: &str, client_id: Option<&str>) -> Result<Uri> {
    let resource = wire::path_segment(graph_url.trim_end_matches('/'));
    let client_id = client_id.map(|id| format!("&client_id={}", wire::path_segment(id))).unwrap_or_default();
    let separator = if endpoint.contains('?') { '&' } else { '?' };
    let uri = format!("{endpoint}{separator}api-version={version}&resource={resource}{client_id}");
    uri.parse().with_context(|| format!("{uri} is not an address"))
}

/// The code and the words of a refusal, in any of the shapes that the two services have.
fn said(body: &[u8]) -> (String, String) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let first = |paths: &[&[&str]]| {
        let text = paths.iter().find_map(|path| wire::text(&body, path)).unwrap_or_default();
        text.lines().next().unwrap_or_default().replace(char::is_control, " ")
    };
    let code = first(&[&["error"], &["error", "code"], &["statusCode"]]);
    (code, first(&[&["error_description"], &["error", "message"], &["message"]]))
}
