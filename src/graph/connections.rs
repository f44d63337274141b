//! How connections are made, as [`Http`](super::Http) is told it. Nothing is looked up or opened here.

use std::time::Duration;

use rustls::pki_types::CertificateDer;

use super::Proxy;

/// How connections are made.
#[derive(Clone, Debug)]
pub struct Connections {
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long a request may take, its connection included.
    pub request_timeout: Duration,
    /// The proxy for https; `None` for what the system says.
    pub proxy: Option<Proxy>,
    /// Certificates of authorities that are trusted beside the system's.
    pub authorities: Vec<CertificateDer<'static>>,
}

impl Connections {
    /// Connections without a proxy of their own, and to servers that the system trusts.
    pub fn plain(connect_timeout: Duration, request_timeout: Duration) -> Self {
        Self { connect_timeout, request_timeout, proxy: None, authorities: Vec::new() }
    }
}
