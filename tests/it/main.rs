//! The features of `convoke`, each against the embedded Graph, in virtual time and in one process (`harness`).

mod harness;
mod provision;
mod storm;
