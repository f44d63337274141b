//! Ping: tells who watches over jobs that a run begins, and how it ended, in the manner of healthchecks.io.
//!
//! It has a time of its own and harms nobody: what goes wrong is a warning, and changes neither the run nor its exit
//! status. The address is a secret, of which only the host is told.

use std::time::Duration;

use anyhow::{Result, anyhow};
use secrecy::SecretString;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tracing::{debug, warn};
use uuid::{Builder, Uuid};

use crate::exit;
use crate::graph::{Connections, PingUrl};

/// How long the run waits at its end, all tries together.
const ALL_MAX: Duration = Duration::from_secs(10);
/// How long one try may take, so that there are two.
const TRY_MAX: Duration = Duration::from_millis(4_900);
const TRIES: usize = 2;
/// The longest body, in bytes; healthchecks.io keeps as much of it as one.
const BODY_MAX: usize = 10_000;

/// Who is told about one run.
#[derive(Clone, Debug)]
pub struct Ping {
    url: PingUrl,
    connections: Connections,
    /// The same in all that is told of a run, so that its beginning and its end are known to belong together.
    run: Uuid,
}

impl Ping {
    /// For one run. Fails when the text is no address, and does not say what it is.
    pub fn new(url: &SecretString, connections: &Connections) -> Result<Self> {
        let connections = Connections {
            connect_timeout: connections.connect_timeout.min(TRY_MAX),
            request_timeout: TRY_MAX,
            ..connections.clone()
        };
        let run = Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid();
        Ok(Self { url: PingUrl::new(url)?, connections, run })
    }

    /// Whom it tells.
    pub fn host(&self) -> &str {
        self.url.host()
    }

    /// Tells, beside everything else, that the run begins. What is returned is handed to [`end`](Self::end).
    pub fn start(&self, aside: &Handle) -> JoinHandle<()> {
        self.beside(aside, "/start", String::new(), Instant::now() + ALL_MAX)
    }

    /// Tells how the run ended, with the summary as it was told a person; comes back after ten seconds at the latest.
    pub async fn end(&self, aside: &Handle, started: JoinHandle<()>, exit_status: u8, summary: &str) {
        let step = if exit_status == exit::ALL_AS_ASKED { "" } else { "/fail" };
        let said = body(exit_status, summary);
        let end = Instant::now() + ALL_MAX;
        // Were they told in another order, the run would seem to go on for ever.
        let _ = started.await;
        let _ = self.beside(aside, step, said, end).await;
    }

    /// On a thread of its own, since the connections of a run stay on that of the run.
    fn beside(&self, aside: &Handle, step: &'static str, said: String, end: Instant) -> JoinHandle<()> {
        let (ping, own) = (self.clone(), aside.clone());
        aside.spawn_blocking(move || own.block_on(ping.tell(step, &said, end)))
    }

    async fn tell(&self, step: &str, said: &str, end: Instant) {
        let mut failed = anyhow!("it does not answer in time");
        for _ in 0..TRIES {
            let sent = self.url.send(&self.connections, step, self.run, said.to_owned());
            match timeout_at(end, sent).await {
                Ok(Ok(())) => return debug!("{} was told", self.host()),
                Ok(Err(why)) => failed = why,
                Err(_) => break,
            }
        }
        let what = if step == "/start" { "that the run begins" } else { "how the run ended" };
        warn!("{} could not be told {what}: {failed:#}; nothing else is affected", self.host());
    }
}

/// What is told at the end: the exit status and the summary, without links, and not too long.
fn body(exit_status: u8, summary: &str) -> String {
    let mut body = format!("exit status {exit_status}\n");
    for line in summary.split_inclusive('\n') {
        for word in line.split_inclusive(' ') {
            body.push_str(if word.contains("://") { "(link) " } else { word });
        }
        if word_is_lost(line) {
            body.push('\n');
        }
    }
    let end = (0..=BODY_MAX.min(body.len())).rev().find(|end| body.is_char_boundary(*end)).unwrap_or_default();
    body.truncate(end);
    body
}

/// Whether the line ended with a link, which took the end of the line along.
fn word_is_lost(line: &str) -> bool {
    line.ends_with('\n') && line.rsplit(' ').next().is_some_and(|last| last.contains("://"))
}

#[cfg(test)]
#[path = "ping_tests.rs"]
mod tests;
