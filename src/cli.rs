//! What was typed, and what the environment says: nothing is checked here but its form.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use secrecy::SecretString;

mod cancel;
mod check;
mod doctor;
mod environment;
mod network;
mod people;
mod plan;
mod products;
mod publish;
mod run;
mod sheet;
mod show;
mod signin;
#[cfg(feature = "sim")]
mod simulate;
mod sources;
mod verify;

pub use cancel::Cancel;
pub use check::{Check, Form, Report};
pub use doctor::Doctor;
pub use environment::Environment;
pub use network::Network;
pub use people::{Lookup, People, UnknownAttendees};
pub use plan::Forecast;
pub use products::{IcsMethod, Products};
pub use publish::Publish;
pub use run::Run;
pub use sheet::{Dates, Sheet};
pub use show::{Columns, Template};
pub use signin::{Auth, SignIn, Variables};
pub use sources::Sources;
pub use verify::Verify;

#[cfg(feature = "sim")]
pub use simulate::Simulate;

/// Turns a spreadsheet of meetings into Microsoft Teams meetings.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, arg_required_else_help = true, subcommand_required = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads the command line and the environment; ends the program when there is nothing to do but to say so. A twin
    /// in the environment that is set and empty, as cron and unit files leave them, counts as not set.
    pub fn read() -> Self {
        let unset = |option: Arg| {
            let empty = option.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
            if empty { option.env(None::<&str>) } else { option }
        };
        let command = Self::command().mut_subcommands(|command| sorted(command.mut_args(unset)));
        let read = command.try_get_matches().and_then(|matches| Self::from_arg_matches(&matches));
        read.unwrap_or_else(|error| plan::exit(&error))
    }
}

/// Options are shown in the order of the alphabet, whichever structure they come from.
fn sorted(command: clap::Command) -> clap::Command {
    let mut longs: Vec<String> = command.get_arguments().filter_map(Arg::get_long).map(str::to_owned).collect();
    longs.sort();
    command.mut_args(|option| {
        let place = option.get_long().and_then(|long| longs.iter().position(|other| other == long));
        if let Some(place) = place { option.display_order(place) } else { option }
    })
}

impl Provision {
    /// Whether results go to standard output.
    pub fn writes_to_stdout(&self) -> bool {
        self.output.as_ref().unwrap_or(&self.input) == OsStr::new("-")
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Delete meetings that an earlier output has; it tells which, and deletes none before it is told --yes.
    Cancel(Box<Cancel>),
    /// Print the columns that are read, with all their names.
    Columns(Columns),
    /// Read a spreadsheet and tell what is wrong with it and what provision would do; nothing is sent.
    Check(Box<Check>),
    /// Go through all that must be true before meetings can be made, and tell what is missing and what to do; nothing is made.
    Doctor(Box<Doctor>),
    /// Show what a run would do with each row of a spreadsheet, against what an earlier run has made; nothing is changed.
    Plan(Box<Forecast>),
    /// Make a Teams meeting for every row of a spreadsheet and write the join links beside them.
    Provision(Box<Provision>),
    /// Make lists, calendars and reports from the output of a run; nobody is asked for anything.
    Publish(Box<Publish>),
    /// Serve a make-believe Microsoft Graph on this machine, for other programs to be tried out against.
    #[cfg(feature = "sim")]
    Simulate(Box<Simulate>),
    /// Print a sheet to start from: a header, and rows to write over.
    Template(Template),
    /// Read each meeting of an output by its id, and tell which links work, which differ, expire or are gone; nothing is changed.
    Verify(Box<Verify>),
}

impl Command {
    /// The options about messages.
    pub fn messages(&self) -> &Messages {
        match self {
            Self::Cancel(args) => &args.messages,
            Self::Columns(args) => &args.messages,
            Self::Check(args) => &args.messages,
            Self::Doctor(args) => &args.messages,
            Self::Plan(args) => &args.messages,
            Self::Provision(args) => &args.messages,
            Self::Publish(args) => &args.messages,
            #[cfg(feature = "sim")]
            Self::Simulate(args) => &args.messages,
            Self::Template(args) => &args.messages,
            Self::Verify(args) => &args.messages,
        }
    }
}

/// The options about messages, which all commands have.
#[derive(Debug, Args)]
pub struct Messages {
    /// The form of messages: human for lines that people read, json for one object per line
    #[arg(
        long,
        value_name = "FORM",
        value_enum,
        hide_possible_values = true,
        default_value = "human",
        env = "CONVOKE_LOG_FORMAT"
    )]
    pub log_format: LogFormat,

    /// Say nothing but the error that ends a run [default: off]
    #[arg(long, short = 'q', env = "CONVOKE_QUIET", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new(), conflicts_with = "verbose")]
    pub quiet: bool,

    /// Tell every request, and every row where there are rows [default: off]
    #[arg(long, short = 'v', env = "CONVOKE_VERBOSE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub verbose: bool,
}

/// The options of `provision`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is given or not")]
pub struct Provision {
    /// The spreadsheet: a CSV file or an Excel workbook with a header row, or - for standard input
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,

    /// Keep the lines of an earlier output whose rows are unchanged and have their meeting, and send the other rows only [default: send all]
    #[arg(long, value_name = "EARLIER.csv", env = "CONVOKE_CARRY")]
    pub carry: Option<PathBuf>,

    /// Add the column joinInformation: the invitation in Graph's own words, as HTML; --html-dir needs it, too [default: off]
    #[arg(long, env = "CONVOKE_JOIN_INFORMATION", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub join_information: bool,

    /// With --update: leave attendees in whom the row does not name, and only add those whom it does [default: off]
    #[arg(long, env = "CONVOKE_KEEP_EXTRA_ATTENDEES", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new(), requires = "update")]
    pub keep_extra_attendees: bool,

    /// The language of what Graph writes into a meeting, and of dates and labels, as a tag like de-DE [default: Graph's own; English]
    #[arg(long, value_name = "TAG", env = "CONVOKE_LANGUAGE")]
    pub language: Option<String>,

    /// Send the first N records only; the rest are marked skipped [default: all]
    #[arg(long, value_name = "N", env = "CONVOKE_LIMIT")]
    pub limit: Option<u64>,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// Options about the network.
    #[command(flatten)]
    pub network: Network,

    /// Send the rows with these externalIds only; the rest are marked skipped [default: all]
    #[arg(long, value_name = "ID,…", env = "CONVOKE_ONLY", value_delimiter = ',')]
    pub only: Option<Vec<String>>,

    /// Options about looking people up.
    #[command(flatten)]
    pub people: People,

    /// Where the result goes, or - for standard output [default: beside INPUT, with .joined.csv; standard output if INPUT is -]
    #[arg(long, short = 'o', value_name = "OUTPUT.csv", env = "CONVOKE_OUTPUT")]
    pub output: Option<PathBuf>,

    /// Tell a monitor when the run starts, succeeds or fails: an address as healthchecks.io gives it, which gets /start and /fail added [default: nobody]
    #[arg(long, value_name = "URL", env = "CONVOKE_PING", hide_env_values = true)]
    pub ping: Option<SecretString>,

    /// Options about what is made of the output.
    #[command(flatten)]
    pub products: Products,

    /// Rehearse against the Graph that is built in: nothing real is made; in one of the scenarios calm, busy, stormy, also with terms, as in busy,latency=80ms~2s [default: off; calm if none is named]
    #[arg(
        long,
        value_name = "SCENARIO",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "calm",
        env = "CONVOKE_REHEARSE"
    )]
    pub rehearse: Option<String>,

    /// Where the rows without a meeting go, in the form of the input and each with its reason; no file if there are none [default: nowhere]
    #[arg(long, value_name = "FILE.csv", env = "CONVOKE_REJECTS")]
    pub rejects: Option<PathBuf>,

    /// Options about the run.
    #[command(flatten)]
    pub run: Run,

    /// Start only if no row of the input is invalid [default: off]
    #[arg(long, env = "CONVOKE_STRICT", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub strict: bool,

    /// Options about the spreadsheet.
    #[command(flatten)]
    pub sheet: Sheet,

    /// Options about signing in.
    #[command(flatten)]
    pub sign_in: SignIn,

    /// Bring meetings that are not as their rows say into line; without it nothing is changed that was there before [default: off]
    #[arg(long, env = "CONVOKE_UPDATE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub update: bool,

    /// Change any number of meetings without asking first; at a terminal more than 50 are asked about [default: off]
    #[arg(long, env = "CONVOKE_YES", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub yes: bool,
}

const AFTER_HELP: &str = "\
Signing in, by the first of these that is configured (secrets are in the environment or in files,
so that none is in a process list):
  CONVOKE_ACCESS_TOKEN, --token-file, --token-command   an access token for Graph
  --client-secret-file, AZURE_CLIENT_SECRET             an app and its secret *
  AZURE_CLIENT_CERTIFICATE_PATH                         an app and its certificate (PEM, PKCS#12) *
    with AZURE_CLIENT_CERTIFICATE_PASSWORD
  AZURE_FEDERATED_TOKEN_FILE                            an app, by workload identity federation *
  IDENTITY_ENDPOINT, IDENTITY_HEADER                    the managed identity of App Service **
  AZURE_CLIENT_ID, with --me                            a person, by a device code
Only when asked for:
  --auth managed-identity                               the managed identity of a virtual machine **
  --auth azure-cli                                      whoever is signed in to the Azure CLI
*  with AZURE_TENANT_ID and AZURE_CLIENT_ID
** AZURE_CLIENT_ID names a user-assigned identity

Exit status:
  0    every record has a meeting as asked
  1    some record has none, or its meeting differs
  2    usage
  3    the input cannot be read as a spreadsheet of meetings
  4    credentials, permissions or a server that is not trusted stop the run
  5    stopped early, to be gone on with by the same command; or not all is made of the output
       that was asked for
  6    another run is writing the same output
  130  interrupted (SIGINT); 143 terminated (SIGTERM)";

/// The form of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Human,
    /// One JSON object per line.
    Json,
}
