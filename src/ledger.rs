//! Ledger: the output file while it is being written.
//!
//! Lines go to `OUTPUT.partial`, each in one write, and the file takes its final name only when every record has its
//! line. It is readable by its owner only: join links and passcodes are keys. The ledger keeps no order of its own;
//! record *n* of the output answers record *n* of the input because the pipeline appends in that order.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use csv::ByteRecord;

use crate::input::{Cells, Columns};
use crate::outcome::{Answer, Line, OnlineMeeting, Outcome, Trouble};

/// The columns that every output has after those of the input. `record` is last and a bare number, so that a torn
/// line can be told from a whole one.
pub const COLUMNS: [&str; 22] = [
    "status",
    "joinWebUrl",
    "meetingId",
    "joinMeetingId",
    "passcode",
    "tollNumber",
    "tollFreeNumber",
    "conferenceId",
    "dialinUrl",
    "organizerId",
    "tenantId",
    "threadId",
    "messageId",
    "meetingStart",
    "meetingEnd",
    "drift",
    "httpStatus",
    "errorCode",
    "error",
    "requestId",
    "attempts",
    "record",
];

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
    /// Which input columns are kept: all but those that an earlier run of this program added.
    kept: Vec<usize>,
}

enum Place {
    File { file: File, partial: PathBuf, path: PathBuf },
    Other(Box<dyn Write>),
}

impl Ledger {
    /// Starts the output and writes its header.
    pub fn create(output: &Output, columns: &Columns) -> io::Result<Self> {
        let place = match output {
            Output::Stdout => Place::Other(Box::new(io::stdout())),
            Output::File(path) => {
                let partial = partial(path);
                Place::File { file: create_private(&partial)?, partial, path: path.clone() }
            }
        };
        Self::start(place, columns)
    }

    /// The same into any writer.
    pub fn to_writer(writer: Box<dyn Write>, columns: &Columns) -> io::Result<Self> {
        Self::start(Place::Other(writer), columns)
    }

    fn start(place: Place, columns: &Columns) -> io::Result<Self> {
        let header = columns.header();
        let kept = (0..header.len()).filter(|&i| !is_ours(&header[i])).collect();
        let mut ledger = Self { place, kept };
        let names = COLUMNS.iter().map(|name| name.as_bytes());
        ledger.write(&ledger.kept.iter().map(|&i| &header[i]).chain(names).collect())?;
        Ok(ledger)
    }

    /// Writes one line, whole.
    pub fn append(&mut self, line: &Line) -> io::Result<()> {
        let answer = fields(line);
        let Cells(cells) = &line.row.cells;
        let kept = self.kept.iter().map(|&i| cells.get(i).unwrap_or_default());
        self.write(&kept.chain(answer.iter().map(String::as_bytes)).collect())
    }

    fn write(&mut self, record: &ByteRecord) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_byte_record(record)?;
        let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        match &mut self.place {
            Place::File { file, .. } => file.write_all(&bytes),
            Place::Other(writer) => writer.write_all(&bytes).and_then(|()| writer.flush()),
        }
    }

    /// Every record has its line: the file takes its final name, and is there after a power cut too.
    pub fn finish(self) -> io::Result<()> {
        let Place::File { file, partial, path } = self.place else { return Ok(()) };
        file.sync_all()?;
        fs::rename(partial, &path)?;
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Elsewhere a directory cannot be opened, and the rename is as durable as it gets.
        if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
    }
}

fn is_ours(name: &[u8]) -> bool {
    COLUMNS.iter().any(|own| own.as_bytes() == name.trim_ascii())
}

/// The input's columns that have the names of ours, unless it has them all and so is an earlier output fed back in.
pub fn unexpected(columns: &Columns) -> Vec<String> {
    let ours: Vec<_> = columns.header().iter().filter(|name| is_ours(name)).collect();
    let all = ours.len() >= COLUMNS.len();
    if all { Vec::new() } else { ours.into_iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect() }
}

/// Whether a file is an earlier output with links other than those that begin like this one; so that a rehearsal does
/// not replace real links.
pub fn has_links_not_of(path: &Path, make_believe: &str) -> bool {
    let links = || {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).ok()?;
        let place = reader.byte_headers().ok()?.iter().position(|name| name == b"joinWebUrl")?;
        let mut records = reader.byte_records().map_while(Result::ok);
        Some(records.any(|record| {
            record.get(place).is_some_and(|link| !link.is_empty() && !link.starts_with(make_believe.as_bytes()))
        }))
    };
    links().unwrap_or_default()
}

/// Where the lines are until the file is complete.
pub fn partial(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".partial");
    name.into()
}

fn create_private(path: &Path) -> io::Result<File> {
    // A file that somebody else could read must not lend its permissions to this one.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What the line has in [`COLUMNS`], in their order.
fn fields(line: &Line) -> [String; COLUMNS.len()] {
    let no_answer = Answer { http_status: 0, request_id: None, meeting: OnlineMeeting::default() };
    let no_trouble = Trouble::default();
    let (answer, drift, trouble) = match &line.outcome {
        Outcome::Created(answer) | Outcome::Existing(answer) => (answer, "", &no_trouble),
        Outcome::Differs(answer, drift) => (answer, drift.as_str(), &no_trouble),
        Outcome::Refused(trouble) | Outcome::Failed(trouble, _) => (&no_answer, "", trouble),
        Outcome::Invalid(_) | Outcome::Skipped => (&no_answer, "", &no_trouble),
    };
    let meeting = &answer.meeting;
    let text = |member: &Option<String>| member.clone().unwrap_or_default();
    let status = trouble.http_status.or(Some(answer.http_status).filter(|&status| status > 0));
    [
        line.outcome.status().as_str().to_owned(),
        meeting.join_web_url.clone(),
        text(&meeting.id),
        text(&meeting.join_meeting_id),
        text(&meeting.passcode),
        text(&meeting.toll_number),
        text(&meeting.toll_free_number),
        text(&meeting.conference_id),
        text(&meeting.dialin_url),
        text(&meeting.organizer_id),
        text(&meeting.tenant_id),
        text(&meeting.thread_id),
        text(&meeting.message_id),
        text(&meeting.start),
        text(&meeting.end),
        drift.to_owned(),
        status.map(|status| status.to_string()).unwrap_or_default(),
        trouble.code.clone(),
        line.error(),
        text(if answer.request_id.is_some() { &answer.request_id } else { &trouble.request_id }),
        line.attempts.to_string(),
        line.row.record.to_string(),
    ]
}
