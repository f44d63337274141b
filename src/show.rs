//! The commands that print something to standard output and are done. They read no sheet and call nobody.

use std::io::{self, Write as _, stdout};

use anyhow::Error;

use crate::cli::Template;
use crate::exit::{ALL_AS_ASKED, Ended, STOPPED, USAGE};
use crate::input::{delimiter_named, legend, template};

/// How wide the table is where there is no terminal.
const WIDTH: usize = 100;
/// The least that it can be read in.
const WIDTH_MIN: usize = 60;

/// Prints the columns that are read, with all their names.
pub fn columns(terminal: Option<usize>) -> Result<u8, Ended> {
    print(&legend(terminal.unwrap_or(WIDTH).clamp(WIDTH_MIN, WIDTH)))
}

/// Prints a sheet to start from; its meetings are in the year after this one, so that none is past.
pub fn sheet(args: &Template, this_year: i32) -> Result<u8, Ended> {
    let delimiter = delimiter_named(&args.delimiter).map_err(|error| Ended(USAGE, error))?;
    print(&template(this_year + 1, delimiter))
}

/// A reader that has seen enough, like `head`, is no error.
fn print(text: &str) -> Result<u8, Ended> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Ended(STOPPED, Error::from(error).context("standard output cannot be written")))
        }
        _ => Ok(ALL_AS_ASKED),
    }
}
