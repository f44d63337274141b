//! The options about reading a spreadsheet, which `provision` and `check` share.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, ValueEnum};

/// The options about reading a spreadsheet.
#[derive(Clone, Debug, Args)]
pub struct Sheet {
    /// The order in dates like 03/02/2027: dmy for 3 February, mdy for 2 March [default: what the whole column admits, if it is one]
    #[arg(long, value_name = "ORDER", value_enum, hide_possible_values = true, env = "CONVOKE_DATES")]
    pub dates: Option<Dates>,

    /// What stands between two cells: comma, semicolon, tab or bar [default: what makes sense of the header]
    #[arg(long, value_name = "CHARACTER", env = "CONVOKE_DELIMITER")]
    pub delimiter: Option<String>,

    /// The encoding of the input, like windows-1250 [default: UTF-8 or UTF-16, or else Windows-1252]
    #[arg(long, value_name = "NAME", env = "CONVOKE_ENCODING")]
    pub encoding: Option<String>,

    /// Take a column of the sheet for one of those that are read, whatever its name, like subject="Session title"; more than one separated by ; or by giving the option again; the names are told by convoke columns [default: none]
    #[arg(long, value_name = "NAME=COLUMN", env = "CONVOKE_MAP", value_delimiter = ';')]
    pub map: Vec<String>,

    /// Make every meeting the signed-in user's own; then the sheet needs no organizers [default: off]
    #[arg(long, env = "CONVOKE_ME", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub me: bool,

    /// Meetings are made by a plain create and not by createOrGet: it takes settings that nothing else can, like requirePasscode, and makes another meeting each time it is sent; what only reads or deletes meetings sees by itself how they were made [default: off]
    #[arg(long, env = "CONVOKE_PLAIN_CREATE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub plain_create: bool,

    /// What meetings are set to whose rows say nothing else, like recordAutomatically=yes; more than one separated by ; or by giving the option again; the names and values are told by convoke columns [default: none]
    #[arg(long, value_name = "NAME=VALUE", env = "CONVOKE_SET", value_delimiter = ';')]
    pub set: Vec<String>,

    /// The sheet of a workbook [default: the first]
    #[arg(long, value_name = "NAME", env = "CONVOKE_SHEET")]
    pub sheet: Option<String>,

    /// The time zone of local times in rows that name none, by its IANA name like Europe/Berlin or its Windows name [default: none]
    #[arg(long, value_name = "ZONE", env = "CONVOKE_TIME_ZONE")]
    pub time_zone: Option<String>,
}

/// In which order day and month are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dates {
    /// 03/02 is 3 February.
    Dmy,
    /// 03/02 is 2 March.
    Mdy,
}
