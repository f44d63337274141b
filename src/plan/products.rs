//! What is made from the finished lines, as it was asked for.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::files::{followed, is_same};
use crate::cli::{IcsMethod, Products};
use crate::input::delimiter_named;
use crate::ledger::{Output, folder};
use crate::publish::{Wanted, Wording};

/// What is added to the name of the output when the file for Excel has none of its own.
const EXCEL_EXTENSION: &str = "excel.csv";

/// Checks what was asked for: `output` is what it is made from, and `others` are the files that it must leave alone, each
/// with the word for it.
pub(super) fn wanted(
    args: Products,
    (language, zone): (Option<String>, Option<String>),
    output: &Output,
    others: &[(&'static str, PathBuf)],
) -> Result<Wanted> {
    let (json, page) = reports(args.report)?;
    let wanted = Wanted {
        coordinates: args.coordinates.map(followed).transpose()?,
        excel: args.excel.map(|path| excel(path, output)).transpose()?,
        delimiter: delimiter_named(&args.excel_delimiter).context("--excel-delimiter")?,
        html_dir: args.html_dir,
        ics_dir: args.ics_dir,
        ics_feed: args.ics_feed.map(followed).transpose()?,
        ics_requests: args.ics_method == IcsMethod::Request,
        metrics: args.metrics.map(followed).transpose()?,
        qr_dir: args.qr_dir,
        recipients: args.recipients.map(followed).transpose()?,
        only_new: args.only_new,
        json,
        page,
        workbook: args.xlsx.map(followed).transpose()?,
        language,
        zone,
    };
    ensure!(
        !wanted.only_new || wanted.recipients.is_some(),
        "--only-new leaves out some of the --recipients, and those were not asked for"
    );
    let xlsx = wanted.workbook.as_deref();
    ensure!(
        xlsx.is_none_or(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"))),
        "--xlsx {}: its name must end in .xlsx, or Excel does not open it",
        xlsx.unwrap_or(Path::new("")).display()
    );
    if !wanted.is_empty() {
        Wording::new(&wanted)?;
    }
    check(&wanted, others)?;
    Ok(wanted)
}

fn excel(path: Option<PathBuf>, output: &Output) -> Result<PathBuf> {
    match (path, output) {
        (Some(path), _) => followed(path),
        (None, Output::File(output)) => {
            let name = output.file_name().context("the output has no file name")?;
            // The partial file of a run that has not ended has two extensions.
            followed(output.with_file_name(name).with_extension(EXCEL_EXTENSION))
        }
        (None, Output::Stdout) => bail!("--excel needs a name when the output is standard output: --excel=FILE.csv"),
    }
}

/// Which report is which is told by the end of its name.
fn reports(paths: Vec<PathBuf>) -> Result<(Option<PathBuf>, Option<PathBuf>)> {
    let (mut json, mut page) = (None, None);
    for path in paths {
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        let place = match extension.as_str() {
            "json" => &mut json,
            "html" | "htm" => &mut page,
            _ => bail!(
                "--report {}: its name must end in .json for a report that programs read, or in .html for one that \
                 people read",
                path.display()
            ),
        };
        if let Some(other) = place.replace(followed(path.clone())?) {
            bail!("--report {} and {} are reports of one form: leave one out", other.display(), path.display());
        }
    }
    Ok((json, page))
}

/// Fails when a product cannot be written, or would be written over something that is needed.
fn check(wanted: &Wanted, others: &[(&'static str, PathBuf)]) -> Result<()> {
    let mut taken: Vec<(&str, &Path)> = others.iter().map(|(what, path)| (*what, path.as_path())).collect();
    for (option, path) in wanted.files() {
        let shown = path.display();
        ensure!(path != OsStr::new("-"), "{option} needs a file");
        if let Some((what, _)) = taken.iter().find(|(_, other)| is_same(Some(path), other)) {
            bail!("{option} {shown} is the file of {what}, too: name another");
        }
        ensure!(folder(path).is_dir(), "{option} {shown}: there is no folder {}: make it", folder(path).display());
        if let Ok(there) = fs::metadata(path) {
            ensure!(there.is_file(), "{option} {shown} is a folder, a device or a pipe, and a file is needed");
        }
        taken.push((option, path));
    }
    for (option, path) in wanted.folders() {
        let shown = path.display();
        ensure!(!path.exists() || path.is_dir(), "{option} {shown} is a file, and a folder is needed");
    }
    Ok(())
}
