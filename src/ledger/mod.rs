//! Ledger: the output file while it is being written.
//!
//! Lines go to `OUTPUT.partial`, each in one write, and the file takes its final name only when every record has its
//! line. It is readable by its owner only: join links and passcodes are keys. The ledger keeps no order of its own;
//! record *n* of the output answers record *n* of the input because the pipeline appends in that order. So a partial
//! file is its own journal, and nothing else is written down.

mod aliases;
mod earlier;
mod ending;
mod history;
mod layout;
mod left;
mod line;
mod made;
mod output;
mod partial;
mod pending;
mod present;
mod read_at;
mod read_back;
mod rejects;
mod resaved;
mod resume;
mod room;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use csv::{ByteRecord, Terminator};
use futures::FutureExt as _;
use tokio::task::{JoinHandle, spawn_blocking};

pub use self::earlier::{Earlier, has_links_not_of, has_links_of, unfinished};
pub use self::history::{History, Was};
pub use self::layout::{COLUMNS, Layout, LineColumns, unexpected};
pub use self::left::{CANCELLED, Kept, Leaving, count_left, is_left, left};
pub use self::made::{Has, Lines, Made};
pub use self::output::{Output, is_output};
pub use self::partial::{folder, partial};
pub use self::present::Present;
pub use self::read_back::Past;
pub use self::rejects::Rejects;
pub use self::resaved::{has_created_by_key, has_plain_meetings, has_plain_rows};
pub use self::resume::{Misfit, Stand};
pub use self::room::check_room;

pub(crate) use self::layout::is_ours;
use self::line::{fields, written};
use self::partial::{Claim, claim, claim_anew, may_replace};
use self::read_at::write_at;
use crate::input::{Cells, Columns};
use crate::outcome::{Line, Trouble};

/// What ends a line; anything else stands in quotation marks.
const NEWLINE: Terminator = Terminator::Any(b'\n');

/// An output being written.
pub struct Ledger {
    place: Place,
    /// The partial file; for a stream an unnamed file with the same bytes, from which lines are read back.
    file: File,
    /// The names of the input's columns.
    names: ByteRecord,
    /// Which of them are kept: all but those that an earlier run of this program added.
    kept: Vec<usize>,
    /// Which columns are added to those.
    layout: Layout,
    /// The first line.
    header: Vec<u8>,
    /// How many bytes the file has; all of them are whole lines.
    length: u64,
    lines: u64,
    before: Before,
    /// When a run began whose lines were discarded for this one.
    discarded: Option<SystemTime>,
    /// There are bytes behind `length` that go before the next line is written.
    has_tail: bool,
    /// How many bytes behind `length` are the line of a row that is on the wire.
    pending: u64,
    /// The file has its name though the power fail.
    is_named: bool,
    /// What a line that is not whole stands for, if for a row that was sent.
    torn: Option<Box<Trouble>>,
    /// There are lines that a power cut could lose.
    dirty: bool,
    syncing: Option<JoinHandle<io::Result<()>>>,
}

/// What an earlier run has left in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Nothing: it is new.
    Nothing,
    /// Something that has not been read, or not even a header.
    Something,
    /// Its header and whole lines.
    Lines,
    /// The same, and some more that do not hold any more.
    MoreLines,
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

impl Ledger {
    /// Opens the output; a file is locked, and discarded first if this is to be a new beginning. What follows is
    /// [`resume`](Self::resume).
    pub fn open(output: &Output, columns: &Columns, layout: Layout, restart: bool) -> io::Result<Opened> {
        let path = match output {
            Output::Stdout => {
                return Self::to_writer(Box::new(io::stdout()), columns, layout)
                    .map(|ledger| Opened::Ledger(Box::new(ledger)));
            }
            Output::File(path) => path.clone(),
        };
        let partial = partial(&path);
        let before = partial.metadata().ok().filter(|before| restart && before.len() > 0);
        let discarded = before.and_then(|before| before.created().ok());
        match if restart { claim_anew(&partial) } else { claim(&partial) }? {
            Claim::Held(by) => Ok(Opened::Held(by)),
            Claim::Mine(file) => {
                if let Err(error) = may_replace(&path, &file) {
                    if file.metadata()?.len() == 0 {
                        fs::remove_file(&partial)?;
                    }
                    return Err(error);
                }
                let ledger = Self::new(Place::File { partial, path }, file, columns, layout);
                Ok(Opened::Ledger(Box::new(Self { discarded, ..ledger })))
            }
        }
    }

    /// An output into any writer. What was written is kept in an unnamed temporary file, too.
    pub fn to_writer(writer: Box<dyn Write>, columns: &Columns, layout: Layout) -> io::Result<Self> {
        let mut ledger = Self::new(Place::Stream(writer), tempfile::tempfile()?, columns, layout);
        ledger.write(&ledger.header.clone())?;
        Ok(ledger)
    }

    fn new(place: Place, file: File, columns: &Columns, layout: Layout) -> Self {
        let names = columns.header().clone();
        let kept: Vec<usize> = (0..names.len()).filter(|&i| !is_ours(&names[i])).collect();
        let own = layout.columns().map(|name| name.as_bytes().to_vec());
        let header = written(kept.iter().map(|&i| names[i].to_vec()).chain(own));
        let (dirty, syncing, has_tail, pending, is_named, torn) = (false, None, false, 0, false, None);
        let is_new = file.metadata().is_ok_and(|metadata| metadata.len() == 0);
        let before = if is_new { Before::Nothing } else { Before::Something };
        let (length, lines) = (0, 0);
        Self {
            place,
            file,
            names,
            kept,
            layout,
            header,
            length,
            lines,
            before,
            discarded: None,
            has_tail,
            pending,
            is_named,
            torn,
            dirty,
            syncing,
        }
    }

    /// How many records have their line.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether an earlier run is gone on with, so that rows may have been sent whose answers it did not live to see.
    pub fn resumes(&self) -> bool {
        matches!(self.before, Before::Lines | Before::MoreLines)
    }

    /// When the run began whose lines were discarded for this one, by this machine's clock, if the file system keeps that.
    pub fn discarded(&self) -> Option<SystemTime> {
        self.discarded
    }

    /// Whether lines of that run do not hold any more, and are cut before the first is written.
    pub fn is_shortened(&self) -> bool {
        self.before == Before::MoreLines
    }

    /// When that run began, by this machine's clock: the birth of its file, if the file system keeps that.
    pub fn begun(&self) -> Option<SystemTime> {
        let birth = || self.file.metadata().and_then(|metadata| metadata.created()).ok();
        if self.resumes() { birth() } else { None }
    }

    /// Writes one line, whole, and says where in the file it is.
    pub fn append(&mut self, line: &Line) -> io::Result<u64> {
        let offset = self.length;
        self.write(&self.line_bytes(line))?;
        self.lines += 1;
        Ok(offset)
    }

    fn line_bytes(&self, line: &Line) -> Vec<u8> {
        let answer: Vec<_> = self.layout.kept(fields(line)).collect();
        let Cells(cells) = &line.row.cells;
        let kept = self.kept.iter().map(|&i| cells.get(i).unwrap_or_default());
        written(kept.chain(answer.iter().map(|field| field.as_bytes())))
    }

    fn cut_tail(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.has_tail) { self.file.set_len(self.length) } else { Ok(()) }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.cut_tail()?;
        if let Err(error) = write_at(&self.file, &self.padded(bytes), self.length) {
            // What was written of it goes again, so that the file stays whole; but not what says that it was sent.
            let _ = if self.pending == 0 { self.file.set_len(self.length) } else { Ok(()) };
            return Err(error);
        }
        if std::mem::take(&mut self.pending) > bytes.len() as u64 {
            self.file.set_len(self.length + bytes.len() as u64)?;
        }
        if let Place::Stream(writer) = &mut self.place {
            writer.write_all(bytes).and_then(|()| writer.flush()).map_err(|error| match error.kind() {
                io::ErrorKind::BrokenPipe => io::Error::other("whoever read it has gone"),
                _ => error,
            })?;
        }
        self.length += bytes.len() as u64;
        self.dirty = true;
        Ok(())
    }

    /// Cuts what stands after the last whole line, and writes the header if there is none.
    fn cut(&mut self) -> io::Result<()> {
        if self.is_shortened() {
            // Not before there is something in their place: it may never come to that.
            self.has_tail = true;
            return Ok(());
        }
        self.file.set_len(self.length)?;
        if self.length == 0 { self.write(&self.header.clone()) } else { Ok(()) }
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

    /// Waits for what [`sync`](Self::sync) began, and fails when it failed: the system tells a lost write only once.
    pub async fn settle(&mut self) -> io::Result<()> {
        match self.syncing.take() {
            Some(syncing) => syncing.await.map_err(io::Error::other)?,
            None => Ok(()),
        }
    }
}
