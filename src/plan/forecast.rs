//! What `plan` will look at.

use std::path::PathBuf;

use anyhow::Result;

use super::files::{JOINED, input, is_same, output};
use super::values::concurrency;
use super::{Network, SignIn, rate, reading, sign_in};
use crate::cli::{self, Environment, Form, Lookup, UnknownAttendees};
use crate::input::{Input, Reading};
use crate::ledger::Output;
use crate::outcome::Extra;
use crate::pace::Rate;

/// What will be looked at, and how it is told.
#[derive(Debug)]
pub struct Forecast {
    /// Where the rows come from.
    pub input: Input,
    /// How rows are read.
    pub reading: Reading,
    /// What they are held against; `None` when rows come from standard input and nothing was named.
    pub earlier: Option<Earlier>,
    /// What becomes of attendees whom a row does not name.
    pub extra: Extra,
    /// How Graph is asked, if it is.
    pub reads: Option<Reads>,
    /// The form of the report.
    pub form: Form,
    /// Whether there may be colours.
    pub color: bool,
    /// What was said, for a shell.
    pub words: Words,
}

/// What was said that other commands are to be told as well, as a shell takes it.
#[derive(Debug, Default)]
pub struct Words {
    /// The sheet and all about it.
    pub sheet: Vec<String>,
    /// About looking people up.
    pub people: Vec<String>,
    /// About the network.
    pub network: Vec<String>,
}

/// An earlier output.
#[derive(Debug)]
pub struct Earlier {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// It has to be there.
    pub is_named: bool,
    /// The next run of `provision` writes it anew.
    pub is_next: bool,
}

/// How Graph is asked.
#[derive(Debug)]
pub struct Reads {
    /// With whose credentials.
    pub sign_in: Box<SignIn>,
    /// Where it is and how it is reached.
    pub network: Network,
    /// How many requests are on the wire at once.
    pub concurrency: usize,
    /// How many attempts start per second.
    pub rate: Rate,
    /// What is done about attendees whom the directory does not have; nobody is looked up if it is nothing.
    pub unknown_attendees: Option<UnknownAttendees>,
}

impl Forecast {
    /// Checks what was typed, of which `words` are told to other commands.
    pub fn from_args(args: cli::Forecast, words: Words, environment: Environment) -> Result<Self> {
        let input = input(args.input);
        let default = match output(&input, None, JOINED) {
            Ok(Output::File(path)) => Some(path),
            Ok(Output::Stdout) => None,
            Err(error) => {
                // It matters only where it is meant.
                if args.against.is_none() {
                    return Err(error);
                }
                None
            }
        };
        let is_next = |path: &PathBuf| is_same(default.as_deref(), path);
        let earlier = match args.against {
            Some(path) => Some(Earlier { is_next: is_next(&path), path, is_named: true }),
            None => default.map(|path| Earlier { path, is_named: false, is_next: true }),
        };
        let (concurrency, rate) = (concurrency(args.concurrency)?, rate(&args.rate)?);
        let looks_up = args.people.lookup == Lookup::On;
        let reads = if args.read {
            let network = Network::from_args(&args.network, &environment)?;
            let sign_in = sign_in(args.sign_in, environment.sign_in, args.sheet.me)?.looking_up(looks_up);
            let unknown_attendees = looks_up.then_some(args.people.unknown_attendees);
            Some(Reads { sign_in: Box::new(sign_in), network, concurrency, rate, unknown_attendees })
        } else {
            None
        };
        Ok(Self {
            input,
            reading: reading(args.sheet, environment.now)?,
            earlier,
            extra: if args.keep_extra_attendees { Extra::Kept } else { Extra::Removed },
            reads,
            form: args.report.format,
            color: !environment.no_color,
            words,
        })
    }
}
