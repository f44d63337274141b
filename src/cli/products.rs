//! The options about what is made from the finished lines, which `provision` and `publish` share.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, ValueEnum};

/// The options about what is made from the finished lines.
#[derive(Debug, Args)]
pub struct Products {
    /// Where the coordinates of every meeting go, as JSON Lines, each with the body of the Create Call API with which a bot joins it [default: nowhere]
    #[arg(long, value_name = "FILE.jsonl", env = "CONVOKE_COORDINATES")]
    pub coordinates: Option<PathBuf>,

    /// Write the output for Excel, too: UTF-8 with byte-order mark, no id or phone number taken for a number, no text taken for a formula; --recipients is protected so as well [default: off; beside OUTPUT, with .excel.csv, if no file is named]
    #[arg(
        long,
        value_name = "FILE.csv",
        num_args = 0..=1,
        require_equals = true,
        env = "CONVOKE_EXCEL"
    )]
    pub excel: Option<Option<PathBuf>>,

    /// What stands between two cells in the files of --excel and --recipients: comma, semicolon, tab or bar; semicolon where Excel writes 1,5 for one and a half
    #[arg(long, value_name = "CHARACTER", default_value = "comma", env = "CONVOKE_EXCEL_DELIMITER")]
    pub excel_delimiter: String,

    /// Where Graph's own invitations go, a web page for each meeting, in the language of --language [default: nowhere]
    #[arg(long, value_name = "DIR", env = "CONVOKE_HTML_DIR")]
    pub html_dir: Option<PathBuf>,

    /// Where calendar files go, an .ics for each meeting; one whose details have changed since the last time gets a higher SEQUENCE [default: nowhere]
    #[arg(long, value_name = "DIR", env = "CONVOKE_ICS_DIR")]
    pub ics_dir: Option<PathBuf>,

    /// Where one calendar of all meetings goes [default: nowhere]
    #[arg(long, value_name = "FILE.ics", env = "CONVOKE_ICS_FEED")]
    pub ics_feed: Option<PathBuf>,

    /// What a calendar file is: publish for an entry to look at, request for an invitation with organizer and attendees
    #[arg(
        long,
        value_name = "METHOD",
        value_enum,
        hide_possible_values = true,
        default_value = "publish",
        env = "CONVOKE_ICS_METHOD"
    )]
    pub ics_method: IcsMethod,

    /// Where figures for Prometheus go, for the textfile collector of its node exporter [default: nowhere]
    #[arg(long, value_name = "FILE.prom", env = "CONVOKE_METRICS")]
    pub metrics: Option<PathBuf>,

    /// Leave out of --recipients the meetings that were there before the run [default: off]
    #[arg(long, env = "CONVOKE_ONLY_NEW", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub only_new: bool,

    /// Where QR codes of the links go, an .svg for each meeting [default: nowhere]
    #[arg(long, value_name = "DIR", env = "CONVOKE_QR_DIR")]
    pub qr_dir: Option<PathBuf>,

    /// Where the list for a mail merge goes, one record for each attendee of each meeting, with its times as text in --language and in --time-zone, or else the row's own zone; a workbook if its name ends in .xlsx [default: nowhere]
    #[arg(long, value_name = "FILE", env = "CONVOKE_RECIPIENTS")]
    pub recipients: Option<PathBuf>,

    /// Where a report goes: FILE.json for programs, FILE.html for people; both separated by ; or by giving the option again [default: nowhere]
    #[arg(long, value_name = "FILE", env = "CONVOKE_REPORT", value_delimiter = ';')]
    pub report: Vec<PathBuf>,

    /// Where the output goes as an Excel workbook, too [default: nowhere]
    #[arg(long, value_name = "FILE.xlsx", env = "CONVOKE_XLSX")]
    pub xlsx: Option<PathBuf>,
}

/// What a calendar file is (RFC 5546, section 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum IcsMethod {
    /// An entry to look at.
    #[default]
    Publish,
    /// An invitation.
    Request,
}
