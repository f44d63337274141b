//! The signals that end the program: a run's first in good order, the second at once.

use std::io;
use std::time::Duration;

use tokio::time::timeout;
use tracing::warn;

use crate::stop::{Reason, Signal, Stop};

/// One press can arrive twice, to the process and to its group; what comes so soon after the first is the first.
const SAME_PRESS: Duration = Duration::from_millis(100);

/// On Linux (but for MIPS), macOS and the BSDs.
#[cfg(unix)]
const SIGXFSZ: i32 = 25;

/// Listens from the moment it is made: what comes before anybody waits is not lost.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// Kept so that a file-size limit (SIGXFSZ) is an error of the write and not the end of the process.
    #[cfg(unix)]
    _file_size: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    /// Takes the signals over from the system, whose own way would be to end the process in mid-line.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            _file_size: signal(SignalKind::from_raw(SIGXFSZ)).ok(),
        })
    }

    /// Takes Ctrl-C over, which is all there is here.
    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Raises `stop` at the first signal and returns with the second.
    pub async fn obey(mut self, stop: &Stop) -> Signal {
        let signal = self.next().await;
        // Before it is raised: a run with nothing on the wire ends with that, and the program may before a word is said.
        warn!(
            "stopping: what is on the wire is let finish, at most for its timeout; a second signal (Ctrl-C again) ends at once"
        );
        stop.raise(Reason::Interrupted(signal));
        let _ = timeout(SAME_PRESS, async {
            loop {
                self.next().await;
            }
        })
        .await;
        self.next().await
    }

    /// Returns with the first signal, for who has nothing to finish.
    pub async fn first(mut self) -> Signal {
        self.next().await
    }

    #[cfg(unix)]
    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> Signal {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::Interrupt
    }
}
