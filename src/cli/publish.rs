//! The options of `publish`.

use std::path::PathBuf;

use clap::Args;

use super::{Messages, Products, Sheet};

/// The options of `publish`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Publish {
    /// The output of a run, or the .partial file of one that has not ended
    #[arg(value_name = "OUTPUT.csv")]
    pub output: PathBuf,

    /// The language of dates and labels, as a tag like de-DE [default: English]
    #[arg(long, value_name = "TAG", env = "CONVOKE_LANGUAGE")]
    pub language: Option<String>,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,

    /// Options about what is made.
    #[command(flatten)]
    pub products: Products,

    /// Options about the spreadsheet.
    #[command(flatten)]
    pub sheet: Sheet,
}

const AFTER_HELP: &str = "\
Nobody is asked for anything, and the output is left as it is. Say of the sheet what was said to
provision: --map, --dates, --time-zone, --plain-create.

Exit status:
  0    everything that was asked for is made
  2    usage
  3    the file cannot be read as an output of convoke
  5    something cannot be written";
