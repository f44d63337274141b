//! Flaws and warnings as people read them: by kind, each with its picture.

use std::cmp::Reverse;
use std::io::{self, Write};

use anyhow::{Context as _, Result};

use super::count::{Severity, Told};
use super::group::Group;
use crate::input::{Flaw, Row};
use crate::picture::{Scene, wrapped};

/// What was met so far.
pub(super) struct Report {
    scene: Scene,
    /// Every picture is wanted.
    all: bool,
    groups: Vec<Group>,
}

impl Report {
    pub(super) fn new(scene: Scene, all: bool) -> Self {
        Self { scene, all, groups: Vec::new() }
    }

    fn group(&mut self, severity: Severity, kind: &'static str) -> Option<&mut Group> {
        let place = self.groups.iter().position(|group| group.kind == kind && group.severity == severity)?;
        Some(&mut self.groups[place])
    }

    /// How many pictures there are to be of a kind is known only to the groups: the most frequent are first.
    fn sorted(&mut self, severity: Severity) -> impl Iterator<Item = &mut Group> {
        self.groups.sort_by_key(|group| (Reverse(group.rows), group.first_record));
        self.groups.iter_mut().filter(move |group| group.severity == severity)
    }

    /// Whether there is more than is shown.
    pub(super) fn hides(&self) -> bool {
        self.groups.iter().any(Group::hides)
    }

    /// Writes all kinds of one severity; nothing if there are none.
    pub(super) fn write(&mut self, severity: Severity, out: &mut dyn Write) -> io::Result<()> {
        let (width, paint) = (self.scene.width(), self.scene.paint());
        for group in self.sorted(severity) {
            writeln!(out, "{}\n", paint.bold(&wrapped("", &group.title(), width)))?;
            group.write(out)?;
        }
        Ok(())
    }

    /// The same, one text for each kind.
    pub(super) fn texts(&mut self, severity: Severity) -> io::Result<Vec<String>> {
        let groups = self.sorted(severity).map(|group| {
            let mut text = Vec::new();
            group.write(&mut text)?;
            Ok(format!("{}\n\n{}", group.title(), String::from_utf8_lossy(&text).trim_end()))
        });
        groups.collect()
    }
}

impl Told for Report {
    fn is_shown(&self, kind: &'static str) -> bool {
        self.groups.iter().all(|group| group.kind != kind || group.has_room())
    }

    fn tell(&mut self, severity: Severity, row: &Row, flaw: &Flaw) -> Result<()> {
        let picture = self.scene.picture(row, flaw);
        if self.group(severity, flaw.kind).is_none() {
            let group = Group::new(flaw.kind, severity, self.all).context("a temporary file cannot be made")?;
            self.groups.push(group);
        }
        match self.group(severity, flaw.kind) {
            Some(group) => group.draw(row.record, &picture).context("a temporary file cannot be written"),
            None => Ok(()),
        }
    }

    fn count(&mut self, severity: Severity, row: &Row, kind: &'static str) {
        if let Some(group) = self.group(severity, kind) {
            group.pass(row.record);
        }
    }
}
