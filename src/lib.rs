//! `convoke` turns a spreadsheet of meetings into Microsoft Teams meetings.
//!
//! It streams the rows of a CSV through a rate-limited concurrent pipeline that calls Microsoft Graph
//! *onlineMeeting: createOrGet* for each, and writes an output CSV of join links and statuses.
//!
//! # The idea
//!
//! Record *n* of the output answers record *n* of the input. So an output cut off anywhere is a correct answer to a
//! prefix, and resuming is walking two files side by side. Rows flow through one ordered stream in one task, which owns
//! the writer and the counts outright. What rows share is a gate that says when the next request may start, and a
//! register of the meetings asked for, so that each is asked for once.
//!
//! # Words, each used for one thing
//!
//! [Row](input::Row) (one input record) → [Meeting](meeting::Meeting) (a row that parsed) →
//! [Verdict](graph::Verdict) (what one exchange means) → [Outcome](outcome::Outcome) (how a row ended) →
//! [Line](outcome::Line) (an output record). A [Flaw](input::Flaw) is what is wrong with a cell and how to mend it, a
//! warning what may be meant otherwise, and a [picture] shows either in its row. The form of an input is how its bytes
//! become records, and the survey the walk over all of it, before its first row, that completes the form;
//! [Gate](gate::Gate) is where attempts wait until they may start, the [Pace](pace::Pace) how fast they may, a
//! [Hold](hold::Hold) the time in which nobody may, the [Budget](budget::Budget) what failures may cost, and an
//! [Outage](outage::Outage) a service that answers nobody; the
//! [Ledger](ledger::Ledger) is the output while it is being written, in its *partial file*; the
//! [Register](register::Register) is what has been asked for, the [Directory](directory::Directory) who is in the tenant,
//! each of whose names takes one look-up, and the [Refusals](refusals::Refusals) are what an organizer is not asked again for; a row is *carried* from an *earlier* output, whose [History](ledger::History) is every meeting that it has; the
//! [Action](action::Action) is what is done for each row, a [Difference](outcome::Difference) what its meeting is not as the
//! row says, and a [Change](outcome::Change) what is sent to mend that; a forecast is what a run would do; the
//! [Tally](tally::Tally) counts, and the [Meter](meter::Meter) measures; an [Entry](publish::Entry) is a finished line read
//! back, and a *product* what is made of them; the [Sim](sim::Sim) is the embedded Graph, and a rehearsal is a run against it.
//! Organizer, attendee, externalId, joinWebUrl and the like are Graph's own words and keep Graph's spelling.
//!
//! # Codemap
//!
//! In the order of reading, which is that of dependency: a module uses only modules above it (but `main`, which
//! wires, and `sim`, which uses none).
//!
//! | module | what it is |
//! |---|---|
//! | [`meeting`] | the domain: no CSV, no HTTP |
//! | [`input`] | spreadsheet bytes to rows, one at a time, with all their flaws |
//! | [`outcome`] | how a row ended, and what Graph has against what the row asked |
//! | [`keys`] | meetings by hash, in 16 bytes each |
//! | [`ledger`] | the output file: appended to, resumed, read back; earlier outputs; rejects; meetings whose rows have left |
//! | [`register`] | which meetings have been asked for, and by which row first |
//! | [`graph`] | the only place that knows HTTP and JSON: one exchange, one verdict; the token; Graph's clock |
//! | [`hold`], [`pace`], [`budget`], [`outage`] | what the gate decides: until when, how fast, how often again, and who probes |
//! | [`meter`] | how long requests took, and how many there were when |
//! | [`turns`], [`door`], [`gate`] | where attempts wait; governor at the pace, the order of the sheet, and slots |
//! | [`cli`] | what was typed |
//! | [`tally`] | counts to summary and exit status |
//! | [`choice`] | which rows are sent, which meetings of an output are meant, and how many rows may come to nothing |
//! | [`publish`] | what is made of finished lines: lists, calendars, reports |
//! | [`plan`] | what will be done; every check of what was typed |
//! | [`stop`], [`signals`] | raised once with a reason, seen by every row at once |
//! | [`progress`], [`log`] | what a person sees meanwhile |
//! | [`refusals`] | whose rows need not be asked for any more |
//! | [`tries`], [`ask`] | the policy for one row: what is done about each verdict |
//! | [`action`] | what is done for one row: its meeting made, changed, read or deleted |
//! | [`directory`] | who is in the tenant, as far as a run has asked |
//! | [`opening`], [`pipeline`] | the one ordered stream |
//! | [`exit`] | the exit statuses |
//! | [`show`] | what helps to make a sheet, printed |
//! | [`picture`] | a flaw in its row, drawn |
//! | [`check`] | a whole sheet read, counted and told, before anything is sent |
//! | [`doctor`] | what must be true before meetings can be made, looked at in order |
//! | [`forecast`] | what a run would do, row by row; nothing is changed |
//! | [`consent`] | who sits at the terminal is asked before much is changed |
//! | [`prepare`], [`conclude`], [`closing`] | before the first request, after the last line, and when the run has ended |
//! | [`cancel`] | an output before its meetings are deleted |
//! | [`sim`] | the embedded Graph |
//! | [`rehearsal`], [`simulate`] | the embedded Graph on a socket: for one run, for other programs |
//!
//! # One row's journey
//!
//! [`input::Rows`] surveys the input, so that what is no spreadsheet is known before anything is sent, and yields a
//! `Row`, flawed or not. [`pipeline`] finds out what it is to do: nothing, if it is not
//! chosen, has flaws, is carried or asks for a meeting whose answer is known; to wait for the row that asks for the same;
//! or to ask. The [`action`] then decides what is sent for it: one request as a rule, and a second where what Graph has is to be
//! changed or deleted. [`ask`] sends each until there is an end of it: no outage, a slot, a token, a turn, one
//! exchange, one `Verdict` — `Ready` is done, `Again` backs off and tries again or gives up, `Throttled` and `Overloaded`
//! hold everybody, `Refused` ends the row, `Broken` ends the run. The line is appended, entered in the register, counted and
//! shown in the order of the input, whatever came first.
//!
//! Before the first row the organizers who are named otherwise than by object id are looked up, all together, and the parser
//! knows them: so every row, line and earlier output is read with the same organizers. Attendees are looked up by the rows
//! that ask, at a gate of the same kind that is the directory's own.
//!
//! Two numbers bound two things: the slots of [`gate`] bound the load on Graph and are given back while a row waits
//! to be tried again; [`pipeline::WINDOW`] bounds memory and hides slow rows.
//!
//! # Invariants
//!
//! 1. Record *n* of the output answers record *n* of the input, with every input column kept, whatever happened. A line of
//!    nothing but delimiters is no record, in whatever form the input is.
//! 2. Only `input`, `ledger`, the sheets of `publish` and the directory of `sim` know CSV; only `graph` knows HTTP, and with the
//!    reports JSON; only the gate (`hold` to `gate` above), `tries`, `ask` and `pipeline` know time, and the run's ends (and
//!    the token its expiry, and Graph's clock the beginning of the run).
//! 3. `graph` never waits and never retries, but for a person who signs in; `ask` and `pipeline` never see a status code.
//! 4. A row's failure is data (`Outcome`); an attempt's failure is control flow (`Verdict`, which has no text); only
//!    the run's failure is an `Err`, shown once, by `main`.
//! 5. The body of the loop that takes answers never awaits: futures in a stream make progress only while the stream
//!    is polled (futures-rs #2387).
//! 6. `sim` shares no type and no constant with the rest: it is a second reading of Graph's documentation, so that a
//!    misspelt member cannot agree with itself (`tests/apart` builds it where there is nothing else). Nothing uses it but
//!    `rehearsal`, `simulate` and tests; without the feature `sim` it is not in the program. What it answers in a test is
//!    held against a schema of Graph's resources (`tests/it/schema`), and official SDKs against it (`tests/clients`).
//! 7. createOrGet is keyed by tenant, organizer and externalId, so that a repeated call is harmless. That is why an
//!    empty externalId is refused at the door, and it is the sentence on which retries and resuming rest. Changes say what is
//!    to be and deletions what is not to be, so that they may be repeated as well; only a plain create may not, and so each
//!    row's line is on the disk, as `uncertain`, before its request is sent.
//!    Nothing that was there is changed without `--update`, and nothing deleted but by `cancel`.
//! 8. Bounded everywhere: memory by the window, load by the slots and the rate, time by attempts and deadlines. Each
//!    bound is one named constant or option with its reason.
//! 9. Nothing is awaited between a turn at the gate and the request: what holds by the gate's clock holds on the wire.
//! 10. Products are made of the output when the run has ended, by reading it back: none can harm a line, and each can be made
//!     again from the output alone, but for what is about the run. A product takes its name when it is whole.
//! 11. Nothing is written down by a run but the output, and when it is complete the meetings whose rows have left the sheet,
//!     in a file of the same kind beside it: the partial file is the journal, its lock is the kernel's, and its birth
//!     is the beginning of the run. What a line says can be read back from it exactly.

pub mod action;
pub mod ask;
pub mod budget;
pub mod cancel;
pub mod check;
pub mod choice;
pub mod cli;
pub mod closing;
pub mod conclude;
pub mod consent;
pub mod directory;
pub mod doctor;
pub mod door;
pub mod exit;
pub mod forecast;
pub mod gate;
pub mod graph;
pub mod hold;
pub mod input;
pub mod keys;
pub mod ledger;
pub mod log;
pub mod meeting;
pub mod meter;
pub mod opening;
pub mod outage;
pub mod outcome;
pub mod pace;
pub mod picture;
pub mod pipeline;
pub mod plan;
pub mod prepare;
pub mod progress;
pub mod publish;
pub mod refusals;
pub mod register;
pub mod rehearsal;
pub mod show;
pub mod signals;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "sim")]
pub mod simulate;
pub mod stop;
pub mod tally;
pub mod tries;
pub mod turns;
