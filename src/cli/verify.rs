//! The options of `verify`.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};
use secrecy::SecretString;

use super::{Messages, Network, People, Products, Run, Sheet, SignIn};

/// The options of `verify`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Verify {
    /// The output of a run, or - for standard input
    #[arg(value_name = "OUTPUT.csv")]
    pub earlier: PathBuf,

    /// Add the column joinInformation: the invitation in Graph's own words, as HTML; --html-dir needs it, too [default: off]
    #[arg(long, env = "CONVOKE_JOIN_INFORMATION", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub join_information: bool,

    /// Attendees whom the row does not name are as they should be, as after an update with this option [default: off]
    #[arg(long, env = "CONVOKE_KEEP_EXTRA_ATTENDEES", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub keep_extra_attendees: bool,

    /// The language of what Graph writes into an invitation, and of dates and labels, as a tag like de-DE [default: Graph's own; English]
    #[arg(long, value_name = "TAG", env = "CONVOKE_LANGUAGE")]
    pub language: Option<String>,

    /// Look at the first N records only; the rest are marked skipped [default: all]
    #[arg(long, value_name = "N", env = "CONVOKE_LIMIT")]
    pub limit: Option<u64>,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// Options about the network.
    #[command(flatten)]
    pub network: Network,

    /// Look at the rows with these externalIds only; the rest are marked skipped [default: all]
    #[arg(long, value_name = "ID,…", env = "CONVOKE_ONLY", value_delimiter = ',')]
    pub only: Option<Vec<String>>,

    /// Where the result goes, or - for standard output [default: beside OUTPUT.csv, with .verified.csv; standard output if that is -]
    #[arg(long, short = 'o', value_name = "FILE.csv", env = "CONVOKE_OUTPUT")]
    pub output: Option<PathBuf>,

    /// Options about looking people up.
    #[command(flatten)]
    pub people: People,

    /// Tell a monitor when the run starts, succeeds or fails: an address as healthchecks.io gives it, which gets /start and /fail added [default: nobody]
    #[arg(long, value_name = "URL", env = "CONVOKE_PING", hide_env_values = true)]
    pub ping: Option<SecretString>,

    /// Options about what is made of the result.
    #[command(flatten)]
    pub products: Products,

    /// Options about the run.
    #[command(flatten)]
    pub run: Run,

    /// Options about the spreadsheet.
    #[command(flatten)]
    pub sheet: Sheet,

    /// Options about signing in.
    #[command(flatten)]
    pub sign_in: SignIn,

    /// Tell of links that stop working within so many days: they are expiring
    #[arg(long, value_name = "DAYS", default_value = "14", env = "CONVOKE_WITHIN")]
    pub within: String,
}

impl Verify {
    /// Whether results go to standard output.
    pub fn writes_to_stdout(&self) -> bool {
        self.output.as_ref().unwrap_or(&self.earlier) == OsStr::new("-")
    }
}

const AFTER_HELP: &str = "\
Each meeting is read by its id, and nothing is changed. Signing in is as for provision. Say of the
sheet what was said to provision: --map, --dates, --time-zone, --unknown-attendees.

Exit status:
  0    every meeting is there, as its row says, and for long enough
  1    some is not
  2    usage
  3    the file cannot be read as an output of convoke
  4    credentials, permissions or a server that is not trusted stop the run
  5    stopped early, to be gone on with by the same command; or not all is made of the result
       that was asked for
  6    another run is writing the same output
  130  interrupted (SIGINT); 143 terminated (SIGTERM)";
