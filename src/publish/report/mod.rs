//! Reports of how it went: for programs, for people, and for those who watch.
//!
//! What they tell is gathered once, as [`Facts`]; no form of it counts by itself.

mod causes;
mod facts;
mod json;
mod page;

pub use self::facts::{Cause, Facts, File, Run};
#[cfg(test)]
pub(in crate::publish) use self::json::a_run;
pub use self::json::json;
pub use self::page::{When, page};
