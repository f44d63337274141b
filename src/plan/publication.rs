//! What `publish` will do.

use anyhow::{Result, ensure};

use super::files::{followed, input};
use super::products::wanted;
use super::reading;
use crate::cli::{Environment, Publish};
use crate::input::{Input, Reading};
use crate::ledger::Output;
use crate::publish::Wanted;

/// What is made of the output of a run that has ended.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The output.
    pub output: Input,
    /// How its rows are read.
    pub reading: Reading,
    /// What is made of it.
    pub wanted: Wanted,
}

impl Publication {
    /// Checks what was typed.
    pub fn from_args(mut args: Publish, environment: &Environment) -> Result<Self> {
        let output = input(args.output);
        let words = (args.language, args.sheet.time_zone.clone());
        let wanted = match &output {
            Input::File(path) => {
                let own = followed(path.clone())?;
                wanted(args.products, words, &Output::File(path.clone()), &[("the output", own)])?
            }
            Input::Stdin => wanted(args.products, words, &Output::Stdout, &[])?,
        };
        ensure!(
            !wanted.is_empty(),
            "nothing was asked for: say what to make, like --recipients or --report (convoke publish --help)"
        );
        // An output may be that of a plain create.
        args.sheet.plain_create = true;
        Ok(Self { output, reading: reading(args.sheet, environment.now)?, wanted })
    }
}
