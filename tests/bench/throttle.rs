//! The throttle table: every limit in virtual time, and two of them again over a socket, in real time.

use std::fmt::Write as _;
use std::thread;

use convoke::pace::Rate;
use serde::Serialize;

use crate::cases::{Case, LATENCY, OVER_IDEAL_MAX, RATES, SLOTS, THROTTLED_MAX, cases, run};
use crate::simulator::Simulator;
use crate::speed::count;
use crate::{Desk, Effort, program, sheet};

/// Answers may be slower, and differ more: what that costs is told, too.
const SLOW: (u64, u64) = (150, 350);
/// The cases that are run again in real time, each with a rate and so many slots.
const AGAIN: [(usize, Rate, usize); 2] = [(0, Rate::Auto, 16), (1, Rate::PerSecond(100.0), 64)];
/// Half of a case's rows take a minute.
const PART: u32 = 2;

/// A run against a limit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    limit: String,
    rate: String,
    slots: usize,
    over_ideal: f64,
    /// The share of attempts that were told to wait, after the first minute; over a socket, of all.
    throttled: f64,
    in_hold: u64,
    met: bool,
}

impl Line {
    fn new(limit: String, (rate, slots): (Rate, usize), (over_ideal, throttled, in_hold): (f64, f64, u64)) -> Self {
        let met = over_ideal <= OVER_IDEAL_MAX && throttled <= THROTTLED_MAX && in_hold == 0;
        Self { limit, rate: option(rate), slots, over_ideal, throttled, in_hold, met }
    }

    fn of(case: &Case, how: (Rate, usize), latency: (u64, u64)) -> Self {
        let found = run(case, how.0, how.1, latency);
        let limit = format!("{}; {} to {} ms", case.name, latency.0, latency.1);
        Self::new(limit, how, (found.over_ideal, found.throttled[1], found.in_hold))
    }
}

/// The table, and what it comes to over a socket.
pub(crate) fn table(effort: &Effort, desk: &Desk) -> Vec<Line> {
    eprintln!("throttle table");
    let each = RATES.into_iter().flat_map(|rate| SLOTS.map(|slots| (rate, slots)));
    let mut lines: Vec<_> =
        cases().iter().flat_map(|case| each.clone().map(|how| Line::of(case, how, LATENCY))).collect();
    lines.extend(cases().iter().map(|case| Line::of(case, (Rate::Auto, 64), SLOW)));
    if !effort.is_quick {
        lines.extend(in_real_time(desk));
    }
    lines
}

/// For people.
pub(crate) fn text(lines: &[Line]) -> String {
    let mut text = format!(
        "{:58} rate  slots  time over ideal  429 after 1 min  in a hold\n{:58}               ≤ {OVER_IDEAL_MAX:.2}          \
         ≤ {:.1} %          0\n",
        "limit",
        "",
        THROTTLED_MAX * 100.0
    );
    for Line { limit, rate, slots, over_ideal, throttled, in_hold, met } in lines {
        let met = if *met { "met" } else { "missed" };
        let percent = throttled * 100.0;
        let figures = format!("{over_ideal:>16.3} {percent:>14.2} % {in_hold:>10}");
        let _ = writeln!(text, "{limit:58} {rate:>4} {slots:>6} {figures}  {met}");
    }
    text
}

fn option(rate: Rate) -> String {
    match rate {
        Rate::PerSecond(rate) => rate.to_string(),
        Rate::Auto => "auto".to_owned(),
        Rate::Max => "max".to_owned(),
    }
}

/// Both at once, since neither does anything but wait.
fn in_real_time(desk: &Desk) -> Vec<Line> {
    eprintln!("throttle table: two of it over a socket, for a minute");
    thread::scope(|scope| {
        let runs = AGAIN.map(|again| scope.spawn(move || over_a_socket(again, desk)));
        runs.map(|run| run.join().expect("the run is good")).into()
    })
}

fn over_a_socket((number, rate, slots): (usize, Rate, usize), desk: &Desk) -> Line {
    let case = cases()[number];
    let rows = (case.rows / PART) as usize;
    let file = |end: &str| desk.file(&format!("throttle{number}{end}"));
    let (input, output) = (file(".csv"), file(".joined.csv"));
    sheet::write(&input, rows);
    let simulator = Simulator::of_case(number);
    let seconds = program::seconds_at(&simulator.url, &option(rate), slots, &input, &output);
    let seen = simulator.end();
    assert_eq!((seen.meetings, sheet::lines_in_order(&output)), (rows, rows as u64), "every row has its meeting");
    let over_ideal = seconds * f64::from(PART) / case.ideal;
    let met = over_ideal <= OVER_IDEAL_MAX;
    let throttled = f64::from(seen.throttled) / count(usize::try_from(seen.requests).expect("not so many"));
    let limit = format!("{}; over a socket, all of a minute", case.name);
    // The first minute is all there is, and of a request that meets the 429 on the way nobody could have known.
    Line { met, ..Line::new(limit, (rate, slots), (over_ideal, throttled, seen.in_hold.into())) }
}
