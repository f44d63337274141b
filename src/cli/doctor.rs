//! The options of `doctor`: those of `provision` that decide whether meetings can be made at all.

use std::path::PathBuf;

use clap::Args;

use super::{Messages, Network, People, Report, Sheet, SignIn};

/// The options of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Doctor {
    /// The spreadsheet whose organizers are looked at, too: a CSV file or an Excel workbook with a header row, or - for standard input
    #[arg(value_name = "INPUT")]
    pub input: Option<PathBuf>,

    /// Options about the report.
    #[command(flatten)]
    pub report: Report,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// Options about the network.
    #[command(flatten)]
    pub network: Network,

    /// Options about looking people up.
    #[command(flatten)]
    pub people: People,

    /// Options about the spreadsheet.
    #[command(flatten)]
    pub sheet: Sheet,

    /// Options about signing in.
    #[command(flatten)]
    pub sign_in: SignIn,
}

const AFTER_HELP: &str = "\
Nothing is made and nothing is changed: it signs in, reads, and tells what it finds, to standard
output. Give it the options and the environment that provision is to have.

Exit status:
  0    nothing is known to be wrong
  2    usage
  4    something is wrong, and told with what to do
  5    the report cannot be written";
