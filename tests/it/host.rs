//! A web server on this machine that speaks TLS and both versions of HTTP, and remembers which request came over which
//! connection. It vouches for itself, in a file for those who are to trust it.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{HandshakeKind, ServerConfig};

use crate::der::{bits, der, seq};

/// What a host offers its callers.
#[derive(Clone, Copy)]
pub(crate) enum Offers {
    /// HTTP/1.1 without TLS.
    Plain,
    /// TLS, and so the versions of HTTP by their names in the handshake, the best first.
    Tls(&'static [&'static str]),
}

/// One request that came.
#[derive(Clone)]
pub(crate) struct Call {
    /// The number of its connection, from 0.
    pub(crate) connection: usize,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
}

/// What a host remembers.
#[derive(Default)]
struct Seen {
    calls: Mutex<Vec<Call>>,
    handshakes: Mutex<Vec<Option<HandshakeKind>>>,
}

/// A host; it ends when it is dropped.
pub(crate) struct Host {
    /// `https://localhost:PORT`, or with http.
    pub(crate) url: String,
    /// The file with the certificate of the authority that vouches for it, which is itself.
    pub(crate) authority: PathBuf,
    seen: Arc<Seen>,
    _directory: TempDir,
    _runtime: Runtime,
}

impl Host {
    /// Answers each request so; `answer` is given its number, from 0, in the order in which they come.
    pub(crate) fn start<F>(offers: Offers, answer: impl Fn(usize) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response<Bytes>> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let directory = tempfile::tempdir().expect("a directory");
        let authority = directory.path().join("authority.pem");
        let (certificate, key) = certificate(port);
        std::fs::write(&authority, pem("CERTIFICATE", &certificate)).expect("a file");
        let (scheme, acceptor) = match offers {
            Offers::Plain => ("http", None),
            Offers::Tls(versions) => ("https", Some(acceptor(versions, certificate, key))),
        };
        let seen = Arc::new(Seen::default());
        runtime.spawn(accept(listener, acceptor, seen.clone(), answer));
        let url = format!("{scheme}://localhost:{port}");
        Self { url, authority, seen, _directory: directory, _runtime: runtime }
    }

    /// The requests, in the order in which they came.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.seen.calls.lock().expect("no test panics in here").clone()
    }

    /// The handshakes that were finished, in the order in which their connections came.
    pub(crate) fn handshakes(&self) -> Vec<HandshakeKind> {
        self.seen.handshakes.lock().expect("no test panics in here").iter().copied().flatten().collect()
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> usize {
        self.seen.handshakes.lock().expect("no test panics in here").len()
    }
}

async fn accept<F>(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    seen: Arc<Seen>,
    answer: impl Fn(usize) -> F + Clone + Send + Sync + 'static,
) where
    F: Future<Output = Response<Bytes>> + Send + 'static,
{
    for connection in 0.. {
        let Ok((stream, _)) = listener.accept().await else { return };
        seen.handshakes.lock().expect("no test panics in here").push(None);
        let (acceptor, seen, answer) = (acceptor.clone(), seen.clone(), answer.clone());
        tokio::spawn(async move {
            let Some(acceptor) = acceptor else {
                return converse(stream, false, connection, seen, answer).await;
            };
            // A caller that does not like the certificate goes away.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let session = stream.get_ref().1;
            let is_http2 = session.alpn_protocol() == Some(b"h2");
            seen.handshakes.lock().expect("no test panics in here")[connection] = session.handshake_kind();
            converse(stream, is_http2, connection, seen, answer).await;
        });
    }
}

/// Answers the requests of one connection.
async fn converse<S, F>(stream: S, is_http2: bool, connection: usize, seen: Arc<Seen>, answer: impl Fn(usize) -> F)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    F: Future<Output = Response<Bytes>> + Send + 'static,
{
    let service = service_fn(|request: Request<Incoming>| {
        let (parts, body) = request.into_parts();
        let mut calls = seen.calls.lock().expect("no test panics in here");
        let reply = answer(calls.len());
        calls.push(Call { connection, version: parts.version, headers: parts.headers });
        async move {
            let _ = body.collect().await;
            Ok::<_, Infallible>(reply.await.map(Full::new))
        }
    });
    // How a connection ends is the caller's affair.
    let _ = if is_http2 {
        http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await
    } else {
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
    };
}

fn acceptor(versions: &[&str], certificate: Vec<u8>, key: Vec<u8>) -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![CertificateDer::from(certificate)], key);
    let mut config = config.expect("the key is that of the certificate");
    config.alpn_protocols = versions.iter().map(|version| version.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A new certificate for `localhost`, named by a number, that vouches for itself, and its key (PKCS #8). A certificate
/// has so few parts (RFC 5280) that to write them costs less than the two dozen packages of a library for it.
pub(crate) fn certificate(serial: u16) -> (Vec<u8>, Vec<u8>) {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref()).expect("it was just made");
    let ecdsa_with_sha256 = seq(&[&der(6, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let (public_key, p256) = ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let common_name = seq(&[&der(6, &[0x55, 4, 3]), &der(12, serial.to_string().as_bytes())]);
    let name = seq(&[&der(0x31, &common_name)]);
    let names = seq(&[&der(0x82, b"localhost")]);
    let extension = seq(&[&der(6, &[0x55, 0x1d, 0x11]), &der(4, &names)]);
    let to_be_signed = seq(&[
        &der(0xa0, &der(2, &[2])),
        &der(2, &[1]),
        &ecdsa_with_sha256,
        &name,
        &seq(&[&der(0x17, b"260101000000Z"), &der(0x18, b"20991231235959Z")]),
        &name,
        &seq(&[&seq(&[&der(6, &public_key), &der(6, &p256)]), &bits(pair.public_key().as_ref())]),
        &der(0xa3, &seq(&[&extension])),
    ]);
    let signature = pair.sign(&random, &to_be_signed).expect("it signs");
    (seq(&[&to_be_signed, &ecdsa_with_sha256, &bits(signature.as_ref())]), key.as_ref().to_vec())
}

/// DER as the text that files hold.
pub(crate) fn pem(what: &str, der: &[u8]) -> String {
    format!("-----BEGIN {what}-----\n{}\n-----END {what}-----\n", BASE64_STANDARD.encode(der))
}
