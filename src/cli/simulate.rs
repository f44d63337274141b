//! The options of `simulate`. It says in words how to reach what is served; it knows nothing of the simulator itself.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

use super::Messages;

/// The options of `simulate`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Simulate {
    /// Listen on an address that other machines reach, too; the secret is no secret, so anybody there can sign in [default: off]
    #[arg(long, env = "CONVOKE_ALLOW_REMOTE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub allow_remote: bool,

    /// Speak https with the certificates in this file, the server's own first; needs --key [default: http]
    #[arg(long, value_name = "FILE.pem", env = "CONVOKE_CERTIFICATE")]
    pub certificate: Option<PathBuf>,

    /// A certificate, without its key, that the app may sign in with; repeatable, or separated by commas [default: none]
    #[arg(long, value_name = "FILE.pem", env = "CONVOKE_CLIENT_CERTIFICATE", value_delimiter = ',')]
    pub client_certificate: Vec<PathBuf>,

    /// Who is in the tenant: a CSV file with id, userPrincipalName, displayName, mail, licensed and policy, one person to a line [default: whoever is asked for]
    #[arg(long, value_name = "FILE.csv", env = "CONVOKE_DIRECTORY")]
    pub directory: Option<PathBuf>,

    /// Whose tokens are good in place of the secret: JSON with issuer, subject and audiences, as for az ad app federated-credential create, and with the issuer's keys, as in its JWKS; repeatable, or separated by commas [default: nobody's]
    #[arg(long, value_name = "FILE.json", env = "CONVOKE_FEDERATED", value_delimiter = ',')]
    pub federated: Vec<PathBuf>,

    /// The application permissions that an administrator has granted, separated by commas; --grant= for none [default: all that is needed here]
    #[arg(long, value_name = "NAME,…", env = "CONVOKE_GRANT", value_delimiter = ',')]
    pub grant: Option<Vec<String>>,

    /// The same for the delegated permissions of who signs in [default: all that is needed here]
    #[arg(long, value_name = "NAME,…", env = "CONVOKE_GRANT_DELEGATED", value_delimiter = ',')]
    pub grant_delegated: Option<Vec<String>>,

    /// The key to the certificate
    #[arg(long, value_name = "FILE.pem", env = "CONVOKE_KEY")]
    pub key: Option<PathBuf>,

    /// Where to listen: a port of this machine, localhost:PORT or ADDRESS:PORT; port 0 for any that is free
    #[arg(long, value_name = "[ADDRESS:]PORT", default_value = "8365", env = "CONVOKE_LISTEN")]
    pub listen: String,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// Where clients reach it, by scheme, host and port: what it says of itself, in links too [default: the address it listens on]
    #[arg(long, value_name = "URL", env = "CONVOKE_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// What kind of day Graph is having: calm, busy or stormy, and what is different about it, as in stormy,seed=7,latency=80ms~2s,quota=300/10s
    #[arg(long, value_name = "SCENARIO", default_value = "calm", env = "CONVOKE_SCENARIO")]
    pub scenario: String,

    /// Keep the meetings in this file from one start to the next [default: forget them at the end]
    #[arg(long, value_name = "FILE", env = "CONVOKE_STATE")]
    pub state: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
When it answers, it says so by one line on standard output: its address, or the public URL if that
is given. SIGINT (Ctrl-C) and SIGTERM end it. The certificate of a simulator can be made by anybody, and clients must be told to trust it.

Signing in, at the same address:
  tenant         5150c0de-0000-4000-8000-000000000001
  client id      5150c0de-0000-4000-8000-000000000002
  client secret  make-believe-secret

Pointing convoke at it:
  export AZURE_TENANT_ID=5150c0de-0000-4000-8000-000000000001
  export AZURE_CLIENT_ID=5150c0de-0000-4000-8000-000000000002
  export AZURE_CLIENT_SECRET=make-believe-secret
  convoke provision INPUT.csv --graph-url http://127.0.0.1:8365 --login-url http://127.0.0.1:8365

Pointing a Graph SDK at it: the credential's authority is the address, with instance discovery
turned off; so is the client's base URL, with /v1.0 where an SDK has the version in it. Azure's
libraries insist on https.

Exit status:
  0    ended by a signal
  2    usage
  5    there is no listening at the address";
