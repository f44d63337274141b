//! The identity service before Graph, as Entra documents its v2.0 endpoint: tokens for one application and for one
//! make-believe user, and the documents that a client finds them by.
//!
//! Nothing is remembered but the last token that was good: what is given out is sealed, and reads itself when it comes
//! back, also from another run with the same seed. There is no page to sign in on, and so no authorization code, no
//! password, and no consent to be given; who asks by a device code is signed in by nobody, after two seconds.
//!
//! - `token`: the token endpoint; `client`, of `assertion` and `federated`: who asks there; `scope`: for what; `consent`: what may be
//!   had; `device`: device codes
//! - `access`: access tokens, and their check; `identity`: ID tokens and the keys to check them; `seal`: what only the
//!   simulator can read
//! - `discovery`: where everything is; `form`: what is sent; `reply`, `denial`: what is answered

mod access;
mod assertion;
mod client;
mod consent;
mod denial;
mod device;
mod discovery;
mod federated;
mod form;
mod identity;
mod reply;
mod scope;
mod seal;
mod token;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::extract::Request;
use axum::response::Response;
use http::header::DATE;
use http::{HeaderValue, Method};

use super::people::organization::DOMAIN;
use super::report::method_name;
use super::{CLIENT_ID, CLIENT_SECRET, JOIN_URL_START, Sim, TENANT_ID};
use access::Known;
use denial::Denial;
pub use federated::{Federated, IssuerKey};
use identity::SigningKey;
use reply::Desk;
use seal::Seals;

/// The application that the simulator knows, and the tenant that it is registered in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The tenant.
    pub tenant_id: String,
    /// The application in it.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: String,
    /// The application's certificates, in DER. Without one no assertion of its own is good.
    pub certificates: Vec<Vec<u8>>,
    /// Whose tokens are good in place of the application's secret.
    pub federated: Vec<Federated>,
    /// The application permissions that an administrator has consented to: what the claim `roles` is.
    pub granted: Vec<String>,
    /// The delegated permissions that there is consent for, in each user's token. Those of `OpenID` come with them.
    pub delegated: Vec<String>,
    /// Under which URL the simulator is reached; `None` for the one that each request came to.
    pub public_url: Option<String>,
}

impl Registration {
    /// Where clients reach all of it, without a slash at the end.
    pub(super) fn root(&self) -> Option<&str> {
        self.public_url.as_deref().map(|url| url.trim_end_matches('/'))
    }

    /// What the links of meetings begin with.
    pub(super) fn links(&self) -> String {
        self.root().map_or_else(|| JOIN_URL_START.to_owned(), |root| format!("{root}/"))
    }
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            tenant_id: TENANT_ID.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            certificates: Vec::new(),
            federated: Vec::new(),
            granted: consent::APPLICATION.map(str::to_owned).to_vec(),
            delegated: consent::DELEGATED.map(str::to_owned).to_vec(),
            public_url: None,
        }
    }
}

/// What the identity service goes by.
pub(super) struct Entra {
    registration: Registration,
    seals: Seals,
    /// The last token that was good, lest the same one is read for every request.
    known: Mutex<Option<Arc<Known>>>,
    signing: OnceLock<SigningKey>,
}

impl Entra {
    pub(super) fn new(seed: u64, registration: Registration) -> Self {
        Self { registration, seals: Seals::new(seed), known: Mutex::default(), signing: OnceLock::new() }
    }

    /// A tenant goes by its id and by each of its verified domains.
    fn is_tenant(&self, name: &str) -> bool {
        [self.registration.tenant_id.as_str(), DOMAIN].into_iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// That token, if it is the last one that was good.
    fn known(&self, token: &str) -> Option<Arc<Known>> {
        let last = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|known| known.token == token).map(Arc::clone)
    }

    fn keep(&self, known: Arc<Known>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

/// Something that the identity service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint<'a> {
    /// `/{tenant}/oauth2/v2.0/token`
    Token(&'a str),
    /// `/{tenant}/oauth2/v2.0/devicecode`
    DeviceCode(&'a str),
    /// `/{tenant}/v2.0/.well-known/openid-configuration`
    Configuration(&'a str),
    /// `/{tenant}/discovery/v2.0/keys`
    Keys(&'a str),
    /// `/common/discovery/instance`
    Instance,
    /// Where the user of a device code is sent.
    SignIn,
}

impl<'a> Endpoint<'a> {
    /// What is at this path, if it is not Graph's.
    pub(super) fn at(segments: &[&'a str]) -> Option<Self> {
        match *segments {
            [tenant, "oauth2", "v2.0", "token"] => Some(Self::Token(tenant)),
            [tenant, "oauth2", "v2.0", "devicecode"] => Some(Self::DeviceCode(tenant)),
            [tenant, "v2.0", ".well-known", "openid-configuration"] => Some(Self::Configuration(tenant)),
            [tenant, "discovery", "v2.0", "keys"] => Some(Self::Keys(tenant)),
            ["common", "discovery", "instance"] => Some(Self::Instance),
            ["devicelogin"] => Some(Self::SignIn),
            _ => None,
        }
    }

    /// The path as the documentation writes it.
    fn template(self) -> &'static str {
        match self {
            Self::Token(_) => "/{tenant}/oauth2/v2.0/token",
            Self::DeviceCode(_) => "/{tenant}/oauth2/v2.0/devicecode",
            Self::Configuration(_) => "/{tenant}/v2.0/.well-known/openid-configuration",
            Self::Keys(_) => "/{tenant}/discovery/v2.0/keys",
            Self::Instance => "/common/discovery/instance",
            Self::SignIn => "/devicelogin",
        }
    }

    fn is_asked_with(self, method: &Method) -> Result<(), Denial> {
        let (good, name) = match self {
            Self::Token(_) | Self::DeviceCode(_) => (*method == Method::POST, "POST"),
            _ => (*method == Method::GET || *method == Method::HEAD, "GET"),
        };
        if good { Ok(()) } else { Err(Denial::wrong_method(name, method.as_str())) }
    }
}

pub(super) async fn answer(sim: &Sim, endpoint: Endpoint<'_>, request: Request) -> Response {
    let method = method_name(request.method());
    let mut response = serve(sim, endpoint, request).await;
    sim.world().counts.answer_beside(method, endpoint.template(), response.status().as_u16());
    // The server would write its own time.
    let date = HeaderValue::from_str(&sim.clock().http_date()).expect("a date is visible ASCII");
    response.headers_mut().insert(DATE, date);
    response
}

async fn serve(sim: &Sim, endpoint: Endpoint<'_>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let desk = Desk::new(sim, &parts);
    if let Err(denial) = endpoint.is_asked_with(&parts.method) {
        return desk.deny(&denial);
    }
    let request = Request::from_parts(parts, body);
    match endpoint {
        Endpoint::Token(tenant) => desk.answer(token::grant(&desk, tenant, request).await),
        Endpoint::DeviceCode(tenant) => desk.answer(device::begin(&desk, tenant, request).await),
        Endpoint::Configuration(tenant) => desk.publish(discovery::configuration(&desk, tenant)),
        Endpoint::Keys(tenant) => desk.publish(discovery::keys(&desk, tenant)),
        Endpoint::Instance => desk.publish(discovery::instance(&desk, request).await),
        Endpoint::SignIn => reply::sign_in_page(),
    }
}
