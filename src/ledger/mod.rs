//! Ledger: the output file while it is being written.
//!
//! Lines go to `OUTPUT.partial`, each in one write, and the file takes its final name only when every record has its
//! line. It is readable by its owner only: join links and passcodes are keys. The ledger keeps no order of its own;
//! record *n* of the output answers record *n* of the input because the pipeline appends in that order. So a partial
//! file is its own journal, and nothing else is written down.

mod earlier;
mod line;
mod partial;
mod read_at;
mod rejects;
mod resume;
mod room;

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use csv::ByteRecord;
use futures::FutureExt as _;
use tokio::task::{JoinHandle, spawn_blocking};

pub use self::earlier::{Earlier, has_links_not_of, has_links_of};
pub use self::line::COLUMNS;
pub use self::partial::partial;
pub use self::rejects::check_rejects;
pub use self::resume::Misfit;
pub use self::room::check_room;

use self::line::{fields, is_ours, last_fields, outcome, written};
use self::partial::{Claim, claim, claim_anew};
use self::read_at::ReadAt;
use crate::input::{Cells, Columns};
use crate::outcome::{Line, Outcome};

/// A line is read back at a draught of so many bytes; most have fewer.
const LINE_BYTES: usize = 2048;

/// Where the output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A file.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdout => f.write_str("standard output"),
        }
    }
}

/// An output being written.
pub struct Ledger {
    place: Place,
    /// The partial file; for a stream an unnamed file with the same bytes, from which lines are read back.
    file: File,
    /// The names of the input's columns.
    names: ByteRecord,
    /// Which of them are kept: all but those that an earlier run of this program added.
    kept: Vec<usize>,
    /// The first line.
    header: Vec<u8>,
    /// How many bytes the file has; all of them are whole lines.
    length: u64,
    lines: u64,
    resumes: bool,
    /// There are lines that a power cut could lose.
    dirty: bool,
    syncing: Option<JoinHandle<io::Result<()>>>,
}

enum Place {
    File { partial: PathBuf, path: PathBuf },
    Stream(Box<dyn Write>),
}

/// An output that was asked for.
pub enum Opened {
    /// It is this run's.
    Ledger(Box<Ledger>),
    /// Another run is writing it; the text says who.
    Held(String),
}

/// A line that was written, read back.
pub struct Past {
    /// The input's cells, under its header.
    pub cells: Cells,
    /// Which record it answers.
    pub record: u64,
    /// How its row ended.
    pub outcome: Outcome,
}

impl Ledger {
    /// Opens the output; a file is locked, and discarded first if this is to be a new beginning. What follows is
    /// [`resume`](Self::resume).
    pub fn open(output: &Output, columns: &Columns, restart: bool) -> io::Result<Opened> {
        let path = match output {
            Output::Stdout => {
                return Self::to_writer(Box::new(io::stdout()), columns).map(|ledger| Opened::Ledger(Box::new(ledger)));
            }
            Output::File(path) => path.clone(),
        };
        let partial = partial(&path);
        match if restart { claim_anew(&partial) } else { claim(&partial) }? {
            Claim::Held(by) => Ok(Opened::Held(by)),
            Claim::Mine(file) => Ok(Opened::Ledger(Box::new(Self::new(Place::File { partial, path }, file, columns)))),
        }
    }

    /// An output into any writer. What was written is kept in an unnamed temporary file, too.
    pub fn to_writer(writer: Box<dyn Write>, columns: &Columns) -> io::Result<Self> {
        let mut ledger = Self::new(Place::Stream(writer), tempfile::tempfile()?, columns);
        ledger.write(&ledger.header.clone())?;
        Ok(ledger)
    }

    fn new(place: Place, file: File, columns: &Columns) -> Self {
        let names = columns.header().clone();
        let kept: Vec<usize> = (0..names.len()).filter(|&i| !is_ours(&names[i])).collect();
        let header = kept.iter().map(|&i| &names[i]).chain(COLUMNS.iter().map(|name| name.as_bytes()));
        let header = written(&header.collect());
        let (dirty, syncing) = (false, None);
        Self { place, file, names, kept, header, length: 0, lines: 0, resumes: false, dirty, syncing }
    }

    /// How many records have their line.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether an earlier run is gone on with, so that rows may have been sent whose answers it did not live to see.
    pub fn resumes(&self) -> bool {
        self.resumes
    }

    /// When that run began, by this machine's clock: the birth of its file, if the file system keeps that.
    pub fn begun(&self) -> Option<SystemTime> {
        let birth = || self.file.metadata().and_then(|metadata| metadata.created()).ok();
        if self.resumes { birth() } else { None }
    }

    /// Writes one line, whole, and says where in the file it is.
    pub fn append(&mut self, line: &Line) -> io::Result<u64> {
        let answer = fields(line);
        let Cells(cells) = &line.row.cells;
        let kept = self.kept.iter().map(|&i| cells.get(i).unwrap_or_default());
        let offset = self.length;
        self.write(&written(&kept.chain(answer.iter().map(String::as_bytes)).collect()))?;
        self.lines += 1;
        Ok(offset)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let put = self.file.seek(SeekFrom::Start(self.length)).and_then(|_| self.file.write_all(bytes));
        if let Err(error) = put {
            // What was written of it goes again, so that the file stays whole.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        if let Place::Stream(writer) = &mut self.place {
            writer.write_all(bytes).and_then(|()| writer.flush())?;
        }
        self.length += bytes.len() as u64;
        self.dirty = true;
        Ok(())
    }

    /// Cuts what stands after the last whole line, and writes the header if there is none.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        if self.length == 0 { self.write(&self.header.clone()) } else { Ok(()) }
    }

    /// Reads a line back by its place in the file; `None` if it is none of ours.
    pub fn read(&self, offset: u64) -> io::Result<Option<Past>> {
        let mut lines = csv::ReaderBuilder::new();
        let lines = lines.has_headers(false).flexible(true).buffer_capacity(LINE_BYTES);
        let mut lines = lines.from_reader(ReadAt::new(&self.file, offset));
        let mut record = ByteRecord::new();
        lines.read_byte_record(&mut record)?;
        Ok(self.past(&record))
    }

    fn past(&self, record: &ByteRecord) -> Option<Past> {
        let fields = last_fields(record)?;
        let number = fields.last()?.parse().ok()?;
        let (outcome, _) = outcome(fields, Vec::new())?;
        let mut cells = vec![&b""[..]; self.names.len()];
        for (&column, cell) in self.kept.iter().zip(record) {
            cells[column] = cell;
        }
        Some(Past { cells: Cells(cells.into_iter().collect()), record: number, outcome })
    }

    /// Sees to it that a power cut loses nothing written so far, without waiting for the disk; fails when it failed
    /// the last time.
    pub fn sync(&mut self) -> io::Result<()> {
        if let Some(syncing) = &mut self.syncing {
            match syncing.now_or_never() {
                None => return Ok(()),
                Some(ended) => {
                    self.syncing = None;
                    ended.map_err(io::Error::other)??;
                }
            }
        }
        if let (Place::File { .. }, true) = (&self.place, std::mem::take(&mut self.dirty)) {
            let file = self.file.try_clone()?;
            self.syncing = Some(spawn_blocking(move || file.sync_data()));
        }
        Ok(())
    }

    /// Every record has its line: the file takes its final name, and is there after a power cut too.
    pub fn finish(self) -> io::Result<()> {
        let Place::File { partial, path } = &self.place else { return Ok(()) };
        self.file.sync_all()?;
        fs::rename(partial, path)?;
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Elsewhere a directory cannot be opened, and the rename is as durable as it gets.
        if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
    }

    /// The run ends here and is to be gone on with. A file without a line goes if nothing was `sent`: there is nothing
    /// to go on with then.
    pub fn leave(self, sent: bool) -> io::Result<()> {
        let Place::File { partial, .. } = &self.place else { return Ok(()) };
        if self.lines == 0 && !sent && !self.resumes { fs::remove_file(partial) } else { self.file.sync_all() }
    }
}

/// The input's columns that have the names of ours, unless it has them all and so is an earlier output fed back in.
pub fn unexpected(columns: &Columns) -> Vec<String> {
    let ours: Vec<_> = columns.header().iter().filter(|name| is_ours(name)).collect();
    let all = ours.len() >= COLUMNS.len();
    if all { Vec::new() } else { ours.into_iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect() }
}
