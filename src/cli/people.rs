//! The options about looking people up.

use clap::{Args, ValueEnum};

/// The options about looking people up.
#[derive(Debug, Args)]
pub struct People {
    /// Whether organizers and attendees are looked up in the directory: on, or off to send what the sheet says
    #[arg(
        long,
        value_name = "WHETHER",
        value_enum,
        hide_possible_values = true,
        default_value = "on",
        env = "CONVOKE_LOOKUP"
    )]
    pub lookup: Lookup,

    /// What is done about attendees whom the directory does not have: fail for the row, keep those who are named by address, or drop them
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        hide_possible_values = true,
        default_value = "keep",
        env = "CONVOKE_UNKNOWN_ATTENDEES"
    )]
    pub unknown_attendees: UnknownAttendees,
}

/// Whether people are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lookup {
    /// They are.
    On,
    /// What the sheet says is sent.
    Off,
}

/// What is done about attendees whom the directory does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum UnknownAttendees {
    /// Their row is not sent.
    Fail,
    /// An outside address is sent as it is; an object id cannot be.
    #[default]
    Keep,
    /// They are left out.
    Drop,
}
