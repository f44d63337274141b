//! The options of `cancel`.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::{Messages, Network, Run, Sheet, SignIn};

/// The options of `cancel`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Cancel {
    /// The output of a run, which has the meetings
    #[arg(value_name = "OUTPUT.csv")]
    pub earlier: PathBuf,

    /// Choose meetings that begin before this: a date like 2027-02-01, which is its midnight in --time-zone or else UTC, or a time with its offset [default: whenever they begin]
    #[arg(long, value_name = "DATE", env = "CONVOKE_BEFORE")]
    pub before: Option<String>,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// Choose meetings that this sheet has no row for any more [default: whatever a sheet has]
    #[arg(long, value_name = "INPUT", env = "CONVOKE_MISSING_FROM")]
    pub missing_from: Option<PathBuf>,

    /// Options about the network.
    #[command(flatten)]
    pub network: Network,

    /// Choose meetings with these externalIds [default: whatever they are called]
    #[arg(long, value_name = "ID,…", env = "CONVOKE_ONLY", value_delimiter = ',')]
    pub only: Option<Vec<String>>,

    /// Where the result goes, or - for standard output [default: beside OUTPUT.csv, with .cancelled.csv]
    #[arg(long, short = 'o', value_name = "CANCELLED.csv", env = "CONVOKE_OUTPUT")]
    pub output: Option<PathBuf>,

    /// Options about the run.
    #[command(flatten)]
    pub run: Run,

    /// Options about the spreadsheet.
    #[command(flatten)]
    pub sheet: Sheet,

    /// Options about signing in.
    #[command(flatten)]
    pub sign_in: SignIn,

    /// Choose meetings whose lines have one of these words in the column status, like created,differs [default: whichever]
    #[arg(long, value_name = "WORD,…", env = "CONVOKE_STATUS", value_delimiter = ',')]
    pub status: Option<Vec<String>>,

    /// Delete what is chosen; without it nothing is sent, and what would be deleted is printed; no variable says it [default: off]
    #[arg(long, action = ArgAction::SetTrue)]
    pub yes: bool,
}

const AFTER_HELP: &str = "\
Choose with --only, --status, --before or --missing-from; of several, all must hold. Only lines with
a meeting can be chosen. Each meeting is read before it is deleted, and left alone unless Graph has
it under the organizer and the externalId of its line. Say of the sheet what was said to provision:
--map, --me, --time-zone; its form (--delimiter, --encoding, --sheet) is that of --missing-from.

Signing in is as for provision: see convoke provision --help.

Exit status:
  0    all that was chosen is deleted or was gone; or, without --yes, it was printed
  1    something that was chosen was not deleted
  2    usage
  3    OUTPUT.csv cannot be read as an output of convoke
  4    credentials, permissions or a server that is not trusted stop the run
  5    stopped early, to be gone on with by the same command
  6    another run is writing the same result
  130  interrupted (SIGINT); 143 terminated (SIGTERM)";
