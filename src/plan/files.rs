//! Which files a run reads and writes, and that none of them is another.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::input::Input;
use crate::ledger::{Output, folder, is_output, left, partial};

/// How the output's name ends where it is not named.
pub(super) const JOINED: &str = ".joined.csv";
/// Systems follow no more links than this, either.
const LINKS_MAX: usize = 40;

/// Where the rows come from.
pub fn input(path: PathBuf) -> Input {
    if path == OsStr::new("-") { Input::Stdin } else { Input::File(path) }
}

/// Where the result goes, by default beside the input and with this at the end of its name. A link is followed here, so that the partial file is beside the file that it leads to.
pub(super) fn output(input: &Input, asked: Option<PathBuf>, end: &str) -> Result<Output> {
    let path = match (asked, input) {
        (Some(path), _) if path == OsStr::new("-") => return Ok(Output::Stdout),
        (Some(path), _) => path,
        (None, Input::Stdin) => return Ok(Output::Stdout),
        (None, Input::File(input)) => {
            let mut name = input.file_stem().context("the input has no file name")?.to_owned();
            name.push(end);
            input.with_file_name(name)
        }
    };
    let path = followed(path)?;
    let shown = path.display();
    match fs::metadata(&path) {
        Ok(there) if there.is_dir() => bail!("the output {shown} is a directory: name a file"),
        Ok(there) => ensure!(
            there.is_file(),
            "the output {shown} is not a file but a device or a pipe, and would be replaced: use -o - and let the \
             shell write to it"
        ),
        Err(_) => {}
    }
    Ok(Output::File(path))
}

/// Fails when the file that a result is to replace is there, and is no output: it is somebody's sheet.
pub(super) fn spare(output: &Output) -> Result<()> {
    let Output::File(path) = output else { return Ok(()) };
    let is_written = fs::metadata(path).is_ok_and(|there| there.is_file() && there.len() > 0);
    ensure!(
        !is_written || is_output(path),
        "{} is there and is no output of convoke, and would be replaced: name another file with -o",
        path.display()
    );
    Ok(())
}

/// The file that a link leads to in the end, be it there or not.
pub(super) fn followed(mut path: PathBuf) -> Result<PathBuf> {
    for _ in 0..LINKS_MAX {
        match fs::read_link(&path) {
            Ok(target) => path = path.with_file_name("").join(target),
            Err(_) => return Ok(path),
        }
    }
    bail!("the output {} is a link that leads nowhere", path.display());
}

/// The files of a run.
pub(super) struct Files<'a> {
    pub(super) input: &'a Input,
    pub(super) output: &'a Output,
    pub(super) carry: Option<&'a Path>,
    pub(super) rejects: Option<&'a Path>,
}

impl Files<'_> {
    /// Fails when a file that is to be written is one that is read, or another that is written.
    pub(super) fn check(&self) -> Result<()> {
        let (input, carry) = (self.input(), self.carry);
        if let Output::File(path) = self.output {
            let shown = path.display();
            ensure!(!is_same(input, path), "the output {shown} is the input itself: name another file with -o");
            let partial = partial(path);
            ensure!(!is_same(input, &partial), "the output {shown} would overwrite the input while it is written");
            let left = left(path);
            ensure!(
                !is_same(input, &left),
                "the input {} is the file in which meetings are kept beside the output {shown}: name another with -o",
                left.display()
            );
            ensure!(!is_same(carry, &partial), "--carry names what this run writes: name a finished output");
        }
        let Some(rejects) = self.rejects else { return Ok(()) };
        let shown = rejects.display();
        ensure!(rejects != OsStr::new("-"), "--rejects needs a file");
        ensure!(!is_same(input, rejects), "--rejects {shown} is the input itself: name another file");
        ensure!(!is_same(carry, rejects), "--rejects {shown} is the earlier output: name another file");
        if let Output::File(path) = self.output {
            let is_output = [path.clone(), partial(path), left(path)].iter().any(|path| is_same(Some(path), rejects));
            ensure!(!is_output, "--rejects {shown} is the output itself: name another file");
        }
        Ok(())
    }

    /// All of them, each with what it is.
    pub(super) fn named(&self) -> Vec<(&'static str, PathBuf)> {
        let path = |path: Option<&Path>| path.map(Path::to_owned);
        let (output, partial, left) = match self.output {
            Output::File(path) => (Some(path.clone()), Some(partial(path)), Some(left(path))),
            Output::Stdout => (None, None, None),
        };
        let all = [
            ("the input", path(self.input())),
            ("the output", output),
            ("the output while it is written", partial),
            ("where meetings are kept whose rows have left", left),
            ("--carry", path(self.carry)),
            ("--rejects", path(self.rejects)),
        ];
        all.into_iter().filter_map(|(what, path)| Some((what, path?))).collect()
    }

    fn input(&self) -> Option<&Path> {
        match self.input {
            Input::File(input) => Some(input),
            Input::Stdin => None,
        }
    }
}

pub(super) fn is_same(one: Option<&Path>, other: &Path) -> bool {
    let Some(one) = one else { return false };
    one == other || matches!((place(one), place(other)), (Some(one), Some(other)) if one == other)
}

/// Where a file is or would be, however that is spelt.
fn place(path: &Path) -> Option<PathBuf> {
    let there = path.canonicalize().ok();
    there.or_else(|| Some(folder(path).canonicalize().ok()?.join(path.file_name()?)))
}
