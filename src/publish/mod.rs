//! Products: what is made from the finished lines of an output, for people and for other programs.
//!
//! Each product walks the [`Finished`] lines by itself and writes a [`Draft`], which takes its name when it is whole. So a
//! product that cannot be made harms neither the output nor the others. Nobody is asked for anything here.

mod apart;
pub mod calendar;
pub mod coordinates;
mod draft;
mod entry;
mod finished;
pub mod join_information;
mod made;
mod make;
mod markup;
pub mod metrics;
pub mod ping;
pub mod qr;
pub mod report;
pub mod sheet;
mod text;
mod wanted;
pub mod words;

pub use self::apart::keep_products_apart;
pub use self::draft::{Draft, make_folder, settle};
pub use self::entry::{Entry, Key};
pub use self::finished::{Entries, Finished};
pub use self::made::Made;
pub use self::make::{Done, Wording, facts, figures, products, reports};
pub use self::ping::Ping;
pub use self::wanted::Wanted;
