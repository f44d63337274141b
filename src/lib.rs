//! `convoke` turns a spreadsheet of meetings into Microsoft Teams meetings.

pub mod graph;
pub mod input;
pub mod ledger;
pub mod meeting;
pub mod outcome;
pub mod pace;
pub mod signals;
pub mod sim;
pub mod stop;
