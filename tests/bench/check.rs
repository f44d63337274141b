//! What `convoke check` costs: rows per second of processor time, which is what one core does, and memory; beside what
//! other tools take to read the same file, where one is at hand.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::{self, Cost};
use crate::speed::count;
use crate::table::Figure;
use crate::{Desk, Effort, sheet};

/// Rows per second on one core.
const LEAST: f64 = 300_000.0;
/// Resident bytes for each more row, which is its key, and the room that a table of keys leaves free.
const MOST_PER_KEY: f64 = 24.0;
/// Other tools and how they are told to read a whole file; none of them knows what a meeting is.
const OTHERS: [(&str, &str); 3] = [("qsv", "validate"), ("qsv", "count"), ("xsv", "count")];

/// Each tool has its turn in each round.
pub(crate) fn table(effort: &Effort, desk: &Desk) -> Vec<Figure> {
    let [_, middle, large] = effort.sizes;
    let (small_sheet, sheet) = (desk.file("check-small.csv"), desk.file("check.csv"));
    sheet::write(&small_sheet, middle);
    sheet::write(&sheet, large);
    let rounds = 0..effort.rounds;
    eprintln!("check of {large} rows");
    let costs: Vec<[Cost; 2]> = rounds.clone().map(|_| [cost(&small_sheet), cost(&sheet)]).collect();
    let rows_per_second = |cost: &Cost| Some(count(large) / cost.cpu_seconds?);
    let per_core: Vec<f64> = costs.iter().filter_map(|[_, cost]| rows_per_second(cost)).collect();
    let slope = |[small, large_cost]: &[Cost; 2]| {
        let grown = large_cost.peak?.saturating_sub(small.peak?);
        Some(bytes(grown) / count(large - middle))
    };
    let per_key: Vec<f64> = costs.iter().filter_map(slope).collect();
    let mut figures = vec![
        Figure::alone("check: rows per second of processor time".to_owned(), "", &per_core).at_least(LEAST),
        Figure::alone("check: memory for each more row".to_owned(), "bytes", &per_key).at_most(MOST_PER_KEY),
    ];
    for (tool, how) in OTHERS {
        let Some(path) = at_hand(tool) else {
            eprintln!("{tool} is not at hand, so that `{tool} {how}` is not measured");
            continue;
        };
        let run = |_| child::run(Command::new(&path).arg(how).arg(&sheet)).1;
        let others: Vec<f64> = rounds.clone().map(run).filter_map(|cost| rows_per_second(&cost)).collect();
        figures.push(Figure::alone(format!("{tool} {how}: rows per second of processor time"), "", &others));
    }
    figures
}

fn cost(sheet: &Path) -> Cost {
    child::run(Command::new(env!("CARGO_BIN_EXE_convoke")).env_clear().arg("check").arg(sheet)).1
}

/// Where a tool is on the path.
fn at_hand(tool: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(tool)).find(|file| file.is_file())
}

#[expect(clippy::cast_precision_loss, reason = "bytes are far fewer than 2^52")]
fn bytes(number: u64) -> f64 {
    number as f64
}
