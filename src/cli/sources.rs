//! Which options were set by the environment and not on the command line, so that a person can be told where a value
//! comes from.
//!
//! It is no option itself. Flattened into a structure of options it must be the first field: those that are read before
//! it are gone.

use std::collections::BTreeSet;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// The options that the environment set.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeSet<String>);

impl Sources {
    /// Where the value of an option comes from that has one: the option itself, like `--proxy`, or its twin in the
    /// environment.
    pub fn of(&self, option: &str) -> String {
        let id = option.trim_start_matches('-').replace('-', "_");
        if self.0.contains(&id) { format!("CONVOKE_{}", id.to_uppercase()) } else { option.to_owned() }
    }
}

impl FromArgMatches for Sources {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut sources = Self::default();
        sources.update_from_arg_matches(matches)?;
        Ok(sources)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        let ids = matches.ids().map(clap::Id::as_str);
        let set = ids.filter(|id| matches.value_source(id) == Some(ValueSource::EnvVariable));
        self.0 = set.map(str::to_owned).collect();
        Ok(())
    }
}

impl Args for Sources {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
