//! The options of the commands that print what helps to make a sheet.

use clap::Args;

use super::Messages;

/// The options of `columns`.
#[derive(Debug, Args)]
pub struct Columns {
    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,
}

/// The options of `template`.
#[derive(Debug, Args)]
pub struct Template {
    /// What separates the columns: comma, semicolon, tab or bar; semicolon where Excel writes 1,5 for one and a half
    #[arg(long, value_name = "CHARACTER", default_value = "comma", env = "CONVOKE_DELIMITER")]
    pub delimiter: String,

    /// Options that all commands have.
    #[command(flatten)]
    pub messages: Messages,
}
