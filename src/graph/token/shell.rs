//! `--token-command`: whatever prints a token, run through the system's shell, as git does with credential helpers.

use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::Command;

use super::child::{Failed, run};
use super::login::login_trouble;
use super::printed;
use super::redact::said;
use super::source::Fetched;
use crate::graph::Verdict;

/// How long the command may take: a person may have to unlock something first.
const TIME_MAX: Duration = Duration::from_mins(1);

/// A command line.
pub(super) struct Shell {
    line: SecretString,
}

impl Shell {
    pub(super) fn new(line: SecretString) -> Self {
        Self { line }
    }

    pub(super) async fn fetch(&self) -> Result<Fetched, Verdict> {
        let broken = |words: &str| Verdict::Broken(login_trouble(None, words));
        let mut ran = run(&mut shell(self.line.expose_secret()), TIME_MAX).await.map_err(|failed| match failed {
            Failed::NotStarted(why) => broken(&format!("the command of --token-command cannot be run ({why})")),
            Failed::TooLong => {
                let words = format!("the command of --token-command did not end within {} s", TIME_MAX.as_secs());
                Verdict::Again(login_trouble(None, &words))
            }
        })?;
        // The shell repeats the command when it does not understand it.
        let line = self.line.expose_secret();
        if !line.trim().is_empty() {
            ran.stderr = ran.stderr.replace(line, "(the command)");
        }
        let said = said(&ran);
        if !ran.status.success() {
            return Err(broken(&format!("the command of --token-command failed ({}; {said})", ran.status)));
        }
        printed::read(&ran.stdout, SystemTime::now()).ok_or_else(|| {
            broken(&format!(
                "the command of --token-command printed no token ({said}): it must print the token and nothing else, or \
                 JSON with access_token, as az account get-access-token does"
            ))
        })
    }
}

#[cfg(not(windows))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    // Everybody on the machine sees the arguments of a process, and its owner alone the environment.
    command.args(["-c", "eval \"unset CONVOKE_LINE\n$CONVOKE_LINE\""]).env("CONVOKE_LINE", line);
    command
}

#[cfg(windows)]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd.exe");
    // The shell has rules of its own for what is in quotes.
    command.raw_arg("/D /S /C \"").raw_arg(line).raw_arg("\"");
    command
}
