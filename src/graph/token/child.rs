//! Another program that prints a token: run within a time limit, its output read up to a bound. It shows nothing of what
//! was printed.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;

/// No token is longer, with all that is told about it.
const PRINTED_MAX: u64 = 256 * 1024;

/// What this program was told for itself, and no other needs to know: what one of them says is shown when it fails.
const OURS: [&str; 5] = [
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_SECRET",
    "CONVOKE_ACCESS_TOKEN",
    "CONVOKE_PROXY",
    "CONVOKE_TOKEN_COMMAND",
];

/// What came of it.
pub(super) struct Ran {
    pub(super) status: ExitStatus,
    pub(super) stdout: Zeroizing<Vec<u8>>,
    pub(super) stderr: String,
}

/// Why nothing came of it.
pub(super) enum Failed {
    NotStarted(io::Error),
    TooLong,
}

/// Runs it. What is still under way when the time is up, or when nobody waits for it any more, is killed.
///
/// Its standard input is empty: this program's own may be the sheet.
pub(super) async fn run(command: &mut Command, limit: Duration) -> Result<Ran, Failed> {
    for name in OURS {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(Failed::NotStarted)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let ended = async {
        let (stdout, stderr) = tokio::join!(read(stdout), read(stderr));
        let status = child.wait().await.map_err(Failed::NotStarted)?;
        Ok(Ran { status, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() })
    };
    timeout(limit, ended).await.unwrap_or(Err(Failed::TooLong))
}

/// What is beyond the bound is not waited for.
async fn read(from: Option<impl AsyncRead + Unpin>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    if let Some(from) = from {
        // What came before an error is all that there is.
        let _ = from.take(PRINTED_MAX).read_to_end(&mut bytes).await;
    }
    bytes
}
