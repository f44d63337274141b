//! The options about the network: where Graph and its identity service are, and how they are reached.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::Sources;

/// The options about the network.
#[derive(Debug, Args)]
pub struct Network {
    /// Which of these the environment set.
    #[command(flatten)]
    pub sources: Sources,

    /// A file of certificates (PEM) of authorities to trust, beside the system's, for a proxy that opens TLS or a private server [default: none]
    #[arg(long, value_name = "FILE.pem", env = "CONVOKE_CA_FILE")]
    pub ca_file: Option<PathBuf>,

    /// Whose Graph and identity service: global (also GCC), us-gov-l4 (GCC High) or us-gov-l5 (military) [default: global]
    #[arg(long, value_name = "CLOUD", env = "CONVOKE_CLOUD")]
    pub cloud: Option<String>,

    /// How long making a connection may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "10", env = "CONVOKE_CONNECT_TIMEOUT")]
    pub connect_timeout: f64,

    /// Where Graph is; https, unless it is on this machine [default: the cloud's]
    #[arg(long, value_name = "URL", env = "CONVOKE_GRAPH_URL")]
    pub graph_url: Option<String>,

    /// Where the identity service is; https, unless it is on this machine.
    #[arg(
        long,
        value_name = "URL",
        env = "CONVOKE_LOGIN_URL",
        help = "Where the identity service is; https, unless it is on this machine [default: AZURE_AUTHORITY_HOST, if there is no --cloud, or else the cloud's]"
    )]
    pub login_url: Option<String>,

    /// The proxy for https, like proxy.example:8080; one that asks for a name and a password is better set in the environment, as NAME:PASSWORD@HOST:PORT [default: the system's]
    #[arg(long, value_name = "URL", env = "CONVOKE_PROXY", hide_env_values = true)]
    pub proxy: Option<SecretString>,

    /// How long one request may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", env = "CONVOKE_REQUEST_TIMEOUT")]
    pub request_timeout: f64,
}
