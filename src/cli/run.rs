//! The options about a run: how fast it goes, how long, and when it is stopped. Commands that ask Graph about the rows of a
//! file share them.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

/// The options about a run.
#[derive(Debug, Args)]
pub struct Run {
    /// How many requests are on the wire at once, 1 to 100
    #[arg(long, short = 'c', value_name = "N", default_value = "16", env = "CONVOKE_CONCURRENCY")]
    pub concurrency: usize,

    /// Stop after so long, like 55m or 1h30m, to be gone on with [default: no deadline]
    #[arg(long, value_name = "TIME", env = "CONVOKE_DEADLINE")]
    pub deadline: Option<String>,

    /// How long to wait, like 10m, while another run writes the same output [default: not at all]
    #[arg(long, value_name = "TIME", env = "CONVOKE_LOCK_WAIT")]
    pub lock_wait: Option<String>,

    /// Stop when more rows than N (or N% of at least 100 answered) have come to nothing [default: when the first 20 are refused for one cause]
    #[arg(long, value_name = "N", env = "CONVOKE_MAX_ERRORS")]
    pub max_errors: Option<String>,

    /// How many attempts may start per second at the most, repetitions included; auto for as many as Graph turns out to allow, max for as many as the slots allow
    #[arg(long, value_name = "N", default_value = "10", env = "CONVOKE_RATE")]
    pub rate: String,

    /// Discard what an interrupted run has left, and start anew [default: off]
    #[arg(long, env = "CONVOKE_RESTART", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub restart: bool,
}
