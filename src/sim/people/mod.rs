//! The people of the tenant, and what Graph tells of them.
//!
//! - `directory`, of `listed`: who there is
//! - `users` (of `filter` of `lexer`, `profile`), `organization`: who that is, as Graph shows it
//!
//! Nobody is made or changed here.

mod directory;
mod filter;
mod lexer;
mod listed;
pub(super) mod organization;
mod profile;
pub(super) mod users;

pub use directory::Directory;
