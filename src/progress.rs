//! What a person sees while a run goes on: one bar on a terminal, a plain line every half minute elsewhere.
//!
//! Everything goes to standard error, and nothing here is a result.

use std::cell::Cell;
use std::fmt::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing::{debug, info, warn};

use crate::check::tell_flaw;
use crate::gate::Wait;
use crate::meeting::ExternalId;
use crate::outcome::{Line, Outcome};
use crate::picture::Scene;
use crate::tally::{Hit, Tally, clock};

/// Off a terminal a line is written every so many beats of the pipeline (four a second): every 30 seconds.
const BEATS_PER_LINE: u32 = 120;

/// The view of a run.
pub struct Progress {
    bar: ProgressBar,
    /// Lines are written because there is no bar.
    in_lines: bool,
    beats: Cell<u32>,
    /// What flaws are drawn with; without it they are events with fields.
    scene: Option<Scene>,
}

/// The bar, not yet shown: log lines are written above it from the start. Off a terminal it stays hidden.
pub fn bar(terminal: bool) -> ProgressBar {
    let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    ProgressBar::with_draw_target(None, target)
}

impl Progress {
    /// A view of `rows` rows, if their number is known; marked when it is a rehearsal.
    pub fn new(bar: ProgressBar, rows: Option<u64>, rehearsal: bool) -> Self {
        let template = if rows.is_some() { "{prefix}{bar:20} {wide_msg}" } else { "{prefix}{spinner} {wide_msg}" };
        bar.set_style(ProgressStyle::with_template(template).expect("the template is well-formed"));
        if let Some(rows) = rows {
            bar.set_length(rows);
        }
        if rehearsal {
            bar.set_prefix("REHEARSAL ");
        }
        let in_lines = bar.is_hidden();
        Self { bar, in_lines, beats: Cell::new(0), scene: None }
    }

    /// The same, with flaws drawn as people read them.
    #[must_use]
    pub fn drawing(self, scene: Option<Scene>) -> Self {
        Self { scene, ..self }
    }

    /// A line was written. `tell` says whether what is wrong with it is told here too.
    pub fn line(&self, line: &Line, tell: bool, tally: &Tally) {
        self.bar.inc(1);
        if !self.bar.is_hidden() {
            self.bar.set_message(self.state(tally, Wait::None));
        }
        let (record, status, error) = (line.row.record, line.outcome.status().as_str(), line.error());
        let external_id = line.row.external_id.as_ref().map(ExternalId::as_str).unwrap_or_default();
        match &line.outcome {
            Outcome::Invalid(flaws) if tell => {
                for flaw in flaws {
                    match &self.scene {
                        Some(scene) => warn!("{}", scene.picture(&line.row, flaw)),
                        None => tell_flaw(&line.row, flaw),
                    }
                }
            }
            outcome if tell && outcome.unchanged().is_some() => {
                warn!(record, status, external_id, "record {record} ({external_id}) {status}: {error}");
            }
            Outcome::Differs(_, drift) if tell => {
                warn!(record, status, external_id, "record {record} ({external_id}) differs: {drift}");
            }
            Outcome::Refused(trouble) | Outcome::Failed(trouble, _) | Outcome::Uncertain(trouble) if tell => {
                let (own, ids) = (&trouble.own, trouble.for_support());
                let [request_id, client_request_id, date] =
                    [&own.request_id, &own.client_request_id, &own.date].map(Option::as_deref);
                warn!(
                    record,
                    status,
                    external_id,
                    request_id,
                    client_request_id,
                    date,
                    "record {record} ({external_id}) {status}: {error}{ids}"
                );
            }
            Outcome::Updated(_, drift) => {
                debug!(record, status, external_id, "record {record} ({external_id}) updated: {drift}");
            }
            Outcome::Expiring(_, when) | Outcome::Expired(_, when) if tell => {
                warn!(record, status, external_id, "record {record} ({external_id}) {status}: {when}");
            }
            Outcome::Gone(_) if tell => {
                warn!(
                    record,
                    status, external_id, "record {record} ({external_id}): Graph has no such meeting any more"
                );
            }
            _ => debug!(record, status, external_id, "record {record} ({external_id}) {status}"),
        }
    }

    /// Time goes by; `wait` is what everybody waits for.
    pub fn beat(&self, tally: &Tally, wait: Wait) {
        self.bar.set_message(self.state(tally, wait));
        self.bar.tick();
        self.beats.set((self.beats.get() + 1) % BEATS_PER_LINE);
        if self.in_lines && self.beats.get() == 0 {
            info!(rows = tally.rows(), "{}", self.state(tally, wait));
        }
    }

    /// The bar goes, so that the summary stands alone. What it says to people of organizers whose rows were refused,
    /// programs get as events.
    pub fn finish(&self, tally: &Tally) {
        self.bar.finish_and_clear();
        if self.scene.is_some() {
            return;
        }
        for cause in tally.causes() {
            for hit in &cause.organizers {
                let Hit { organizer, rows, unasked, first_record, paste } = hit;
                let (status, why) = (cause.status.as_str(), &cause.text);
                let (organizer, paste) = (organizer.as_str(), paste.as_str());
                warn!(organizer, status, rows, unasked, first_record, cause = why, paste, "{}: {why}", hit.in_words());
            }
        }
    }

    /// So many rows have their line already, from an earlier run.
    pub fn resume(&self, rows: u64) {
        self.bar.set_position(rows);
        self.bar.reset_eta();
    }

    fn state(&self, tally: &Tally, wait: Wait) -> String {
        let of = self.bar.length().map(|rows| format!("/{rows}")).unwrap_or_default();
        let mut text = format!("{}{of} rows", tally.rows());
        let rate = self.bar.per_sec();
        let seconds = |wait: Duration| wait.as_secs() + 1;
        let _ = match wait {
            Wait::Asked(wait) => write!(text, " · waiting {} s, as Graph asks", seconds(wait)),
            Wait::Outage(wait) => write!(text, " · no answer from Graph, next try in {} s", seconds(wait)),
            Wait::None if rate > 0.0 && self.bar.length().is_some() => {
                write!(text, " · {rate:.1}/s · {} left", clock(self.bar.eta()))
            }
            Wait::None if rate > 0.0 => write!(text, " · {rate:.1}/s"),
            Wait::None => Ok(()),
        };
        let _ = write!(text, " · {}", tally.in_words());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Said(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Said {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics in here").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn off_a_terminal_a_plain_line_is_written_every_half_minute() {
        let said = Said::default();
        let writer = said.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, || {
            let progress = Progress::new(bar(false), Some(50), false);
            for beat in 0..(3 * BEATS_PER_LINE - 1) {
                let held = Wait::Outage(Duration::from_millis(4200));
                progress.beat(&Tally::default(), if beat < 2 * BEATS_PER_LINE { Wait::None } else { held });
            }
            progress.beat(&Tally::default(), Wait::Asked(Duration::from_millis(4200)));
        });
        let said = String::from_utf8(said.0.lock().expect("nobody panics in here").clone()).expect("UTF-8");
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        assert!(lines[0].contains("0/50 rows · nothing yet"), "{said}");
        assert!(lines[2].contains("0/50 rows · waiting 5 s, as Graph asks · nothing yet"), "{said}");
    }
}
