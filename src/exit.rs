//! The exit statuses: what cron and scripts learn. The README's table says the same.

use anyhow::{Error, anyhow};

use crate::action::UNCERTAIN_MAX;
use crate::outcome::Trouble;
use crate::pipeline::Failure;
use crate::stop::{CHANGES_MAX, Reason, Signal};
use crate::tally::Tally;

/// Every record has a meeting as asked.
pub const ALL_AS_ASKED: u8 = 0;
/// Some record has no meeting, or its meeting differs.
pub const SOME_NOT: u8 = 1;
/// The command line asks for something that cannot be.
pub const USAGE: u8 = 2;
/// The input cannot be read as a spreadsheet of meetings.
pub const INPUT: u8 = 3;
/// Credentials, permissions or a server that is not trusted stop the run.
pub const CREDENTIALS: u8 = 4;
/// The run stopped early.
pub const STOPPED: u8 = 5;
/// Another run is writing the same output.
pub const LOCKED: u8 = 6;
/// SIGINT ended the run: 128 and the signal's number, as shells count.
pub const INTERRUPTED: u8 = 130;
/// SIGTERM ended the run.
pub const TERMINATED: u8 = 143;

/// What to do about an output that cannot be written.
pub const MAKE_ROOM: &str = "the output cannot be written; make room for it, or mend what else stands in its way";

/// An end that no row is to blame for: the exit status, and what to say.
#[derive(Debug)]
pub struct Ended(pub u8, pub Error);

/// The status for a signal.
pub fn of_signal(signal: Signal) -> u8 {
    match signal {
        Signal::Interrupt => INTERRUPTED,
        Signal::Terminate => TERMINATED,
    }
}

/// What the end of the run means for the process; `is_good` whether all rows are as they were to be, and `go_on` says how
/// it is gone on with.
pub fn status(
    ran: Result<bool, Failure>,
    reason: Option<Reason>,
    tally: &Tally,
    is_good: bool,
    go_on: &str,
) -> Result<u8, Ended> {
    let place = || match tally.rows() {
        0 => "before any record was answered".to_owned(),
        rows => format!("after record {rows}"),
    };
    // What has to be done before it is worth going on.
    let mended = "when that is mended, ";
    let (status, why, first) = match (ran, reason) {
        (Ok(true), _) => return Ok(if is_good { ALL_AS_ASKED } else { SOME_NOT }),
        (Err(Failure::Input(error)), _) => (INPUT, format!("{error:#}"), mended),
        (Err(Failure::Output(error)), _) => (STOPPED, format!("{MAKE_ROOM}: {error:#}"), "then "),
        (_, Some(Reason::Broken(trouble))) => (CREDENTIALS, told(&trouble), mended),
        (_, Some(Reason::Doomed(trouble))) => {
            let is_permission = matches!(trouble.http_status, Some(401 | 403));
            let status = if is_permission { CREDENTIALS } else { STOPPED };
            let all = "the first rows were all refused for this one cause, and none is marked for it";
            (
                status,
                format!("{}; {all}", told(&trouble)),
                "when that is mended, or with --max-errors to try all rows, ",
            )
        }
        (_, Some(Reason::Throttled(length))) => {
            let long = "longer than this program waits unasked";
            (STOPPED, format!("the service asks to wait, {length} in all by now, {long}"), "later ")
        }
        (_, Some(Reason::Outage(trouble, length))) => {
            (STOPPED, format!("every request has failed for {length} (the last one: {})", told(&trouble)), "later ")
        }
        (_, Some(Reason::TooManyErrors(errors))) => {
            (STOPPED, format!("{errors} came to nothing, more than --max-errors allows"), mended)
        }
        (_, Some(Reason::TooManyChanges)) => (
            STOPPED,
            format!("more than {CHANGES_MAX} meetings would be changed, and nobody was asked about them"),
            "look at them with convoke plan --read, and add --yes; then ",
        ),
        (_, Some(Reason::Uncertain(trouble))) => (
            STOPPED,
            format!(
                "{UNCERTAIN_MAX} rows one after the other have no answer that says what was made: {}",
                told(&trouble)
            ),
            "when Graph answers again, ",
        ),
        (_, Some(Reason::Unwritable(why))) => (STOPPED, format!("{MAKE_ROOM}: {why}"), "then "),
        (_, Some(Reason::Deadline(length))) => (STOPPED, format!("the deadline of {length} has come {}", place()), ""),
        (_, Some(Reason::Interrupted(signal))) => {
            let word = match signal {
                Signal::Interrupt => "interrupted",
                Signal::Terminate => "terminated",
            };
            (of_signal(signal), format!("{word} {}", place()), "")
        }
        (_, None) => (STOPPED, "the run ended early; this is a defect of convoke".to_owned(), ""),
    };
    Err(Ended(status, anyhow!("{why}; {first}{go_on}")))
}

/// What went wrong, and what Microsoft's support finds the request by.
fn told(trouble: &Trouble) -> String {
    format!("{}{}", trouble.error(), trouble.for_support())
}
