//! What is to be made: the products that were asked for, and how.

use std::path::{Path, PathBuf};

/// The products that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `--coordinates`.
    pub coordinates: Option<PathBuf>,
    /// `--excel`; recipients are protected so as well, then.
    pub excel: Option<PathBuf>,
    /// What stands between two cells of those.
    pub delimiter: u8,
    /// `--html-dir`.
    pub html_dir: Option<PathBuf>,
    /// `--ics-dir`.
    pub ics_dir: Option<PathBuf>,
    /// `--ics-feed`.
    pub ics_feed: Option<PathBuf>,
    /// Calendar files are invitations.
    pub ics_requests: bool,
    /// `--metrics`.
    pub metrics: Option<PathBuf>,
    /// `--qr-dir`.
    pub qr_dir: Option<PathBuf>,
    /// `--recipients`.
    pub recipients: Option<PathBuf>,
    /// Only those of meetings that the run has made.
    pub only_new: bool,
    /// `--report` for programs.
    pub json: Option<PathBuf>,
    /// `--report` for people.
    pub page: Option<PathBuf>,
    /// `--xlsx`.
    pub workbook: Option<PathBuf>,
    /// The language of dates and labels.
    pub language: Option<String>,
    /// The zone of times, whatever the row's own.
    pub zone: Option<String>,
}

impl Wanted {
    /// The files, each with its option.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let files = [
            ("--coordinates", &self.coordinates),
            ("--excel", &self.excel),
            ("--ics-feed", &self.ics_feed),
            ("--metrics", &self.metrics),
            ("--recipients", &self.recipients),
            ("--report", &self.json),
            ("--report", &self.page),
            ("--xlsx", &self.workbook),
        ];
        files.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)))
    }

    /// The folders, each with its option.
    pub fn folders(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let folders = [("--html-dir", &self.html_dir), ("--ics-dir", &self.ics_dir), ("--qr-dir", &self.qr_dir)];
        folders.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)))
    }

    /// Whether something is to tell how it went.
    pub fn has_reports(&self) -> bool {
        self.files().any(|(option, _)| is_report(option))
    }

    /// Whether something is to be made of a whole output.
    pub fn has_products(&self) -> bool {
        self.files().any(|(option, _)| !is_report(option)) || self.folders().next().is_some()
    }

    /// Whether there is nothing to make.
    pub fn is_empty(&self) -> bool {
        self.files().next().is_none() && self.folders().next().is_none()
    }
}

fn is_report(option: &str) -> bool {
    matches!(option, "--report" | "--metrics")
}
