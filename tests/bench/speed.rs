//! Rows per second and processor time per row, beside the bare loop.
//!
//! The two take turns, and the ratio is taken in each round, since a machine changes its pace from minute to minute.

use crate::table::Figure;
use crate::{Desk, Effort, bare, program, sheet};

/// One comparison.
struct Case {
    latency_ms: u64,
    slots: usize,
    /// Enough for some four seconds.
    rows: usize,
}

const CASES: [Case; 4] = [
    Case { latency_ms: 0, slots: 16, rows: 40_000 },
    Case { latency_ms: 0, slots: 64, rows: 40_000 },
    Case { latency_ms: 50, slots: 16, rows: 1_280 },
    Case { latency_ms: 50, slots: 64, rows: 5_120 },
];

/// Of the bare loop's rows per second, when nothing but work takes time.
const LEAST_OF_BARE: f64 = 0.85;
/// Of what so many slots could do if answers took their latency and nothing else.
const LEAST_OF_SLOTS: f64 = 0.97;
/// Of the bare loop's processor time per row.
const MOST_CPU_OF_BARE: f64 = 1.5;

/// Every case.
pub(crate) fn table(effort: &Effort, desk: &Desk) -> Vec<Figure> {
    CASES.iter().flat_map(|case| figures(case, effort, desk)).collect()
}

fn figures(case: &Case, effort: &Effort, desk: &Desk) -> Vec<Figure> {
    let &Case { latency_ms, slots, rows } = case;
    let rows = rows / effort.divisor;
    let (input, output) = (desk.file("speed.csv"), desk.file("speed.joined.csv"));
    sheet::write(&input, rows);
    let (mut rates, mut cpu) = (Vec::new(), Vec::new());
    // The round before the first warms up what can be: it is not counted.
    for round in 0..=effort.rounds {
        eprintln!("{latency_ms} ms, {slots} slots: round {round} of {}", effort.rounds);
        let (own, _) = program::run(latency_ms, slots, rows, &input, &output);
        let bare = bare::run(latency_ms, slots, rows, &input);
        if round > 0 {
            rates.push([own.seconds, bare.seconds].map(|seconds| count(rows) / seconds));
            let seconds = own.cpu_seconds.zip(bare.cpu_seconds);
            cpu.extend(seconds.map(|(own, bare)| [own, bare].map(|seconds| seconds * 1e6 / count(rows))));
        }
    }
    let what = format!("{latency_ms} ms, {slots} slots");
    let mut rate = Figure::beside(format!("rows per second, {what}"), "rows/s", &rates);
    let mut cpu = Figure::beside(format!("processor time per row, {what}"), "µs", &cpu);
    if latency_ms == 0 {
        cpu = cpu.at_most(MOST_CPU_OF_BARE);
        if slots == 64 {
            rate = rate.at_least(LEAST_OF_BARE);
        }
        return vec![rate, cpu];
    }
    #[expect(clippy::cast_precision_loss, reason = "milliseconds are few")]
    let most = count(slots) * 1000.0 / latency_ms as f64;
    let shares: Vec<_> = rates.iter().map(|pair| pair.map(|rate| rate / most)).collect();
    let share = Figure::beside(format!("part of slots / latency, {what}"), "", &shares);
    vec![rate, share.of_itself().at_least(LEAST_OF_SLOTS), cpu]
}

#[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
pub(crate) fn count(rows: usize) -> f64 {
    rows as f64
}
