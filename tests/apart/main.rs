//! `src/sim` as the only module of a crate, so that whatever it used of the rest would not be found. To compile this is
//! the test; it runs nothing, since the simulator's own tests run with the library.
//!
//! What the simulator could still take in, a file by its path, `tests/it/tidy.rs` looks for.

#[path = "../../src/sim/mod.rs"]
#[expect(dead_code, unreachable_pub, unused_imports, reason = "nobody is here to use it, and its tests are left out")]
#[expect(clippy::wildcard_imports, reason = "of its tests, where it is no fault")]
mod sim;

fn main() {}
