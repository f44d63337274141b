//! One input, read to its end, and what came of it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::process;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use convoke::input::{AskedForm, DateOrder, Reading, Rows, Source};

/// Reads an input in one of the ways that can be asked for, and says in a number how it was understood: which kinds of
/// flaws and meetings there were. What a flaw points at must be there.
pub(crate) fn look(input: &[u8], how: u64) -> u64 {
    let dates =
        [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)][usize::try_from(how % 3).expect("small")];
    let zone = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "W. Europe Standard Time"];
    let reading = Reading {
        me: how & 4 != 0,
        default_zone: (how & 8 != 0).then(|| zone[usize::try_from(how >> 8 & 3).expect("small")].to_owned()),
        dates,
        form: AskedForm::default(),
        now: Some("2027-03-01T00:00:00Z".parse().expect("a time")),
        ..Reading::default()
    };
    let mut kinds = HashSet::new();
    let mut hasher = DefaultHasher::new();
    match Rows::open(Source::of(input), reading) {
        Err(error) => {
            error.to_string().chars().filter(char::is_ascii_lowercase).take(40).collect::<String>().hash(&mut hasher);
        }
        Ok(mut rows) => {
            let again = rows.again();
            let mut told = 0;
            while let Some(Ok(row)) = rows.next() {
                for flaw in row.meeting.as_ref().err().into_iter().flatten().chain(&row.warnings) {
                    kinds.insert(flaw.kind);
                    if let Some(cell) = flaw.cell.map(|cell| row.cells.text(cell)) {
                        assert!(cell.get(flaw.part.clone()).is_some(), "{flaw:?} is about what '{cell}' has not");
                    }
                    told += 1;
                    if told < 20 {
                        let place = again.locate(&row, flaw).expect("memory can be read");
                        assert!(place.is_none_or(|place| place.end <= input.len() as u64), "{flaw:?}");
                    }
                }
                if row.meeting.is_ok() {
                    kinds.insert("a meeting");
                }
            }
            rows.about().delimiter.hash(&mut hasher);
            rows.about().encoding.name().hash(&mut hasher);
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_unstable();
    kinds.hash(&mut hasher);
    hasher.finish()
}

/// The ways of being understood that were seen.
#[derive(Default)]
pub(crate) struct Seen(HashSet<u64>);

impl Seen {
    /// Whether this is the first time.
    pub(crate) fn is_new(&mut self, signature: u64) -> bool {
        self.0.insert(signature)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The input that is being read, and since when.
#[derive(Clone, Default)]
pub(crate) struct UnderWay(Arc<Mutex<Option<Begun>>>);

/// When it was begun, and the input.
type Begun = (Instant, Vec<u8>);

impl UnderWay {
    pub(crate) fn begin(&self, input: &[u8]) {
        *self.0.lock().expect("nobody panics in here") = Some((Instant::now(), input.to_vec()));
    }

    pub(crate) fn end(&self) {
        *self.0.lock().expect("nobody panics in here") = None;
    }
}

/// Ends the program when an input takes longer than `most`.
#[expect(clippy::exit, reason = "what hangs can be ended in no other way")]
pub(crate) fn watch_for_hangs(most: Duration, save: fn(&[u8]) -> PathBuf) -> UnderWay {
    let under_way = UnderWay::default();
    let watched = under_way.clone();
    thread::spawn(move || {
        loop {
            thread::park_timeout(Duration::from_secs(1));
            if let Some((begun, input)) = &*watched.0.lock().expect("nobody panics in here")
                && begun.elapsed() > most
            {
                eprintln!("fuzz: an input takes longer than {most:?}; it is in {}", save(input).display());
                process::exit(1);
            }
        }
    });
    under_way
}
