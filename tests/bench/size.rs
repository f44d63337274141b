//! What more rows cost: peak memory, time per row, and whether a million lines come out, in order.

use std::fs;

use crate::child::Cost;
use crate::speed::count;
use crate::table::Figure;
use crate::{Desk, Effort, program, sheet};

const SLOTS: usize = 64;
/// Resident at the second size and at the third, in megabytes.
const MOST_MB: [f64; 2] = [40.0, 64.0];
/// Time per row at the third size, of that at the second.
const MOST_OF_TIME: f64 = 1.1;

/// One run of each size; two of the second, before and after the third, so that a machine that changes its pace shows.
pub(crate) fn table(effort: &Effort, desk: &Desk) -> Vec<Figure> {
    let [small, middle, large] = effort.sizes;
    let runs = [small, middle, large, middle].map(|rows| run(rows, desk));
    let per_row = |at: usize| runs[at].cost.seconds * 1e6 / count(runs[at].rows);
    let peak = |at: usize| runs[at].cost.peak.map(count_u64);
    let peaks = |at: &[usize]| at.iter().filter_map(|&at| peak(at)).map(|bytes| bytes / 1e6).collect::<Vec<_>>();
    let slope = peak(2).zip(peak(1)).map(|(large, middle)| (large - middle) / count(runs[2].rows - runs[1].rows));
    let middle_per_row = f64::midpoint(per_row(1), per_row(3));
    let simulator = |at: usize| Some(runs[at].simulator? * 1e6 / count(runs[at].rows));
    let name = |what: &str, rows: usize| format!("{what}, {} rows", thousands(rows));
    vec![
        Figure::alone(name("peak memory", small), "MB", &peaks(&[0])),
        Figure::alone(name("peak memory", middle), "MB", &peaks(&[1, 3])).at_most(MOST_MB[0]),
        Figure::alone(name("peak memory", large), "MB", &peaks(&[2])).at_most(MOST_MB[1]),
        Figure::alone("memory per row between the two".to_owned(), "bytes", &Vec::from_iter(slope)),
        Figure::alone(name("lines in order, each with a meeting", large), "", &[count_u64(runs[2].lines)])
            .at_least(count(large)),
        Figure::alone(name("time per row", middle), "µs", &[per_row(1), per_row(3)]),
        Figure::alone(name("time per row", large), "µs", &[per_row(2)]),
        Figure::alone("the second of the first".to_owned(), "", &[per_row(2) / middle_per_row]).at_most(MOST_OF_TIME),
        Figure::alone(name("the simulator's processor time per row", middle), "µs", &Vec::from_iter(simulator(1))),
        Figure::alone(name("the simulator's processor time per row", large), "µs", &Vec::from_iter(simulator(2))),
    ]
}

struct Run {
    rows: usize,
    cost: Cost,
    /// Of its output, in order and each with a meeting.
    lines: u64,
    /// The processor time of the simulator, in seconds.
    simulator: Option<f64>,
}

fn run(rows: usize, desk: &Desk) -> Run {
    eprintln!("{rows} rows");
    let (input, output) = (desk.file("size.csv"), desk.file("size.joined.csv"));
    sheet::write(&input, rows);
    let (cost, seen) = program::run(0, SLOTS, rows, &input, &output);
    let lines = sheet::lines_in_order(&output);
    // A million lines are a gigabyte.
    fs::remove_file(&output).expect("a file");
    Run { rows, cost, lines, simulator: seen.cpu_seconds }
}

fn thousands(rows: usize) -> String {
    if rows.is_multiple_of(1_000_000) {
        format!("{} million", rows / 1_000_000)
    } else {
        format!("{} thousand", rows / 1_000)
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes and lines are far fewer than 2^52")]
fn count_u64(number: u64) -> f64 {
    number as f64
}
