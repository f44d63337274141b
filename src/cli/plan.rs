//! The options of `plan`.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Error};

use super::{Messages, Network, People, Report, Sheet, SignIn};

/// The options of `plan`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Forecast {
    /// The spreadsheet: a CSV file or an Excel workbook with a header row, or - for standard input
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,

    /// The output of the earlier run [default: what provision INPUT writes, beside INPUT with .joined.csv, if it is there; without one every row is new]
    #[arg(long, value_name = "EARLIER.csv", env = "CONVOKE_AGAINST")]
    pub against: Option<PathBuf>,

    /// With --read: how many requests are on the wire at once, 1 to 100
    #[arg(long, short = 'c', value_name = "N", default_value = "16", env = "CONVOKE_CONCURRENCY")]
    pub concurrency: usize,

    /// The same as of provision --update: attendees whom the row does not name stay, and are no change [default: off]
    #[arg(long, env = "CONVOKE_KEEP_EXTRA_ATTENDEES", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub keep_extra_attendees: bool,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// Options about the network.
    #[command(flatten)]
    pub network: Network,

    /// Options about looking people up.
    #[command(flatten)]
    pub people: People,

    /// With --read: how many attempts may start per second at the most, repetitions included; auto for as many as Graph turns out to allow, max for as many as the slots allow
    #[arg(long, value_name = "N", default_value = "10", env = "CONVOKE_RATE")]
    pub rate: String,

    /// Read each meeting of the earlier output at Graph, and compare the row with what is there now; nothing is changed [default: off; nobody is asked]
    #[arg(long, env = "CONVOKE_READ", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub read: bool,

    /// Options about the report.
    #[command(flatten)]
    pub report: Report,

    /// Options about the spreadsheet.
    #[command(flatten)]
    pub sheet: Sheet,

    /// Options about signing in.
    #[command(flatten)]
    pub sign_in: SignIn,
}

const AFTER_HELP: &str = "\
Nothing is made, changed or deleted, and nothing is written but the report, to standard output.
Without --read nobody is asked for anything. Give it the options that provision is to have.

Exit status:
  0    there is nothing to do
  1    something went wrong: usage, an input or an earlier output that cannot be read,
       credentials; or some meeting could not be read, so that not all is known
  2    there is something to do: a row is not as the earlier run left it, or a meeting is gone
       from the sheet, or an earlier run was interrupted
  130  interrupted (SIGINT); 143 terminated (SIGTERM)";

/// Ends the program as clap does, but for `plan`, whose 2 means something else.
#[expect(clippy::exit, reason = "clap's own way, with another status")]
pub(super) fn exit(error: &Error) -> ! {
    let is_plan = std::env::args_os().nth(1).is_some_and(|command| command == "plan");
    if is_plan && error.use_stderr() {
        // Nothing can be said where standard error is closed.
        let _ = error.print();
        std::process::exit(1);
    }
    error.exit()
}
