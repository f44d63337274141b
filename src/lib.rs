//! `convoke` turns a spreadsheet of meetings into Microsoft Teams meetings.
//!
//! It streams the rows of a CSV through a rate-limited concurrent pipeline that calls Microsoft Graph
//! *onlineMeeting: createOrGet* for each, and writes an output CSV of join links and statuses.
//!
//! # The idea
//!
//! Record *n* of the output answers record *n* of the input. So an output cut off anywhere is a correct answer to a
//! prefix. Rows flow through one ordered stream in one task, which owns the writer and the counts outright. The only
//! thing that rows share is a gate that says when the next request may start.
//!
//! # Words, each used for one thing
//!
//! [Row](input::Row) (one input record) → [Meeting](meeting::Meeting) (a row that parsed) →
//! [Verdict](graph::Verdict) (what one exchange means) → [Outcome](outcome::Outcome) (how a row ended) →
//! [Line](outcome::Line) (an output record). A [Flaw](input::Flaw) is what is wrong with a cell and how to mend it;
//! [Pace](pace::Pace) is the gate; the [Ledger](ledger::Ledger) is the output while it is being written; the
//! [Tally](tally::Tally) counts; the [Sim](sim::Sim) is the embedded Graph, and a rehearsal is a run against it.
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
//! | [`ledger`] | the output file |
//! | [`graph`] | the only place that knows HTTP and JSON: one exchange, one verdict; the token |
//! | [`pace`] | the gate: slots, rate, the hold that all share |
//! | [`cli`] | what was typed |
//! | [`plan`] | what will be done; every check that can fail before the first call |
//! | [`stop`], [`signals`] | raised once with a reason, seen by every row at once |
//! | [`tally`] | counts to summary and exit status |
//! | [`progress`], [`log`] | what a person sees meanwhile |
//! | [`queue`], [`pipeline`] | the policy: what is done about each verdict |
//! | [`exit`] | the exit statuses |
//! | [`sim`] | the embedded Graph |
//!
//! # One row's journey
//!
//! [`input::Rows`] yields a `Row`, flawed or not. [`pipeline`] gives it a place behind rows with the same key, builds
//! its request once, and then, until there is an outcome: a slot, a token, a turn, one exchange, one `Verdict` —
//! `Ready` is done, `Again` backs off and tries again or gives up, `Throttled` holds everybody, `Refused` ends the
//! row, `Broken` ends the run. The line is appended, counted and shown in the order of the input, whatever came first.
//!
//! Two numbers bound two things: the slots of [`pace`] bound the load on Graph and are given back while a row waits
//! to be tried again; [`pipeline::WINDOW`] bounds memory and hides slow rows.
//!
//! # Invariants
//!
//! 1. Record *n* of the output answers record *n* of the input, with every input column kept, whatever happened.
//! 2. Only `input` and `ledger` know CSV; only `graph` knows HTTP and JSON; only `pace` and `pipeline` know time
//!    (and the token its expiry).
//! 3. `graph` never waits and never retries; `pipeline` never sees a status code.
//! 4. A row's failure is data (`Outcome`); an attempt's failure is control flow (`Verdict`, which has no text); only
//!    the run's failure is an `Err`, shown once, by `main`.
//! 5. The body of the loop that takes answers never awaits: futures in a stream make progress only while the stream
//!    is polled (futures-rs #2387).
//! 6. `sim` shares no type and no constant with the rest: it is a second reading of Graph's documentation, so that a
//!    misspelt member cannot agree with itself. Nothing uses it but `main` and tests.
//! 7. createOrGet is keyed by tenant, organizer and externalId, so that a repeated call is harmless. That is why an
//!    empty externalId is refused at the door, and it is the sentence on which every retry rests.
//! 8. Bounded everywhere: memory by the window, load by the slots and the rate, time by attempts and deadlines. Each
//!    bound is one named constant or option with its reason.
//! 9. Nothing is awaited between a turn at the gate and the request: what holds by the gate's clock holds on the wire.

pub mod cli;
pub mod exit;
pub mod graph;
pub mod input;
pub mod keys;
pub mod ledger;
pub mod log;
pub mod meeting;
pub mod outcome;
pub mod pace;
pub mod pipeline;
pub mod plan;
pub mod progress;
pub mod queue;
pub mod signals;
pub mod sim;
pub mod stop;
pub mod tally;
