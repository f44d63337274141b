//! The exit statuses: what cron and scripts learn. The README's table says the same.

use anyhow::{Error, anyhow};

use crate::pipeline::Failure;
use crate::stop::{Reason, Signal};
use crate::tally::Tally;

/// Every record has a meeting as asked.
pub const ALL_AS_ASKED: u8 = 0;
/// Some record has no meeting, or its meeting differs.
pub const SOME_NOT: u8 = 1;
/// The command line asks for something that cannot be.
pub const USAGE: u8 = 2;
/// The input cannot be read as a spreadsheet of meetings.
pub const INPUT: u8 = 3;
/// Credentials or permissions stop the run.
pub const CREDENTIALS: u8 = 4;
/// The run stopped early.
pub const STOPPED: u8 = 5;
/// SIGINT ended the run: 128 and the signal's number, as shells count.
pub const INTERRUPTED: u8 = 130;
/// SIGTERM ended the run.
pub const TERMINATED: u8 = 143;

/// An end that no row is to blame for: the exit status, and what to say.
#[derive(Debug)]
pub struct Ended(pub u8, pub Error);

/// What the end of the pipeline means for the process. `ran` is `None` when a second signal cut it short.
pub fn status(ran: Option<Result<bool, Failure>>, reason: Option<Reason>, tally: &Tally) -> Result<u8, Ended> {
    let again = "run the same command again to finish: meetings that were made are found again, never made twice";
    let (status, why) = match (ran, reason) {
        (Some(Ok(true)), _) => return Ok(if tally.all_as_asked() { ALL_AS_ASKED } else { SOME_NOT }),
        (Some(Err(Failure::Input(error))), _) => (INPUT, format!("{error:#}")),
        (Some(Err(Failure::Output(error))), _) => (STOPPED, format!("{error:#}")),
        // There is nothing to finish before this is mended.
        (_, Some(Reason::Broken(trouble))) => return Err(Ended(CREDENTIALS, Error::msg(trouble.error()))),
        (_, Some(Reason::Throttled(length))) => {
            (STOPPED, format!("Graph asks to wait, {length} in all by now, longer than this program waits unasked"))
        }
        (_, Some(Reason::Interrupted(signal))) => {
            let (status, word) = match signal {
                Signal::Interrupt => (INTERRUPTED, "interrupted"),
                Signal::Terminate => (TERMINATED, "terminated"),
            };
            let place = match tally.rows() {
                0 => "before any record was finished".to_owned(),
                rows => format!("after record {rows}"),
            };
            (status, format!("{word} {place}"))
        }
        (_, None) => (STOPPED, "the run ended early".to_owned()),
    };
    Err(Ended(status, anyhow!("{why}; {again}")))
}
