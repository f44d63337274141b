//! The options of `check`.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, ValueEnum};

use super::{Messages, Sheet};

/// The options of `check`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Check {
    /// The spreadsheet: a CSV file or an Excel workbook with a header row, or - for standard input
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,

    /// Show every flaw, and not only the first ten of each kind [default: off]
    #[arg(long, env = "CONVOKE_ALL", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub all: bool,

    /// Options about the report.
    #[command(flatten)]
    pub report: Report,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// The rate of the run that is to follow, for an estimate of its time: meetings per second, auto or max
    #[arg(long, value_name = "N", default_value = "10", env = "CONVOKE_RATE")]
    pub rate: String,

    /// Options about the spreadsheet.
    #[command(flatten)]
    pub sheet: Sheet,
}

/// The options about a report, which `check` and `doctor` share.
#[derive(Debug, Args)]
pub struct Report {
    /// The form of the report: text for people; json for programs, one object per line
    #[arg(
        long,
        value_name = "FORM",
        value_enum,
        hide_possible_values = true,
        default_value = "text",
        env = "CONVOKE_FORMAT"
    )]
    pub format: Form,
}

/// The form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

const AFTER_HELP: &str = "\
Nothing is sent, and nothing is written but the report, to standard output.

Exit status:
  0    every row is ready; there may be warnings
  1    some row has a flaw
  2    usage
  3    the input cannot be read as a spreadsheet of meetings
  5    the report cannot be written";
