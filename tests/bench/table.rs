//! Figures, and the two forms in which they are told: a table for people, JSON for programs.

use serde::Serialize;

use crate::machine::Machine;
use crate::throttle::Line;

/// One line of the table.
#[derive(Clone, Serialize)]
pub(crate) struct Figure {
    name: String,
    unit: &'static str,
    /// The median; nothing where it could not be measured.
    measured: Option<f64>,
    /// The bare loop's median.
    bare: Option<f64>,
    /// The median of the ratios of the rounds.
    ratio: Option<f64>,
    target: Option<Target>,
    met: Option<bool>,
    /// Round by round, and beside each what the bare loop had in it.
    rounds: Vec<Vec<f64>>,
}

/// What a figure should be: its ratio if it has one.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Figure {
    /// Of rounds in which the bare loop had its turn too.
    pub(crate) fn beside(name: String, unit: &'static str, rounds: &[[f64; 2]]) -> Self {
        let each = |of: fn(&[f64; 2]) -> f64| median(&rounds.iter().map(of).collect::<Vec<_>>());
        let (measured, bare, ratio) = (each(|pair| pair[0]), each(|pair| pair[1]), each(|pair| pair[0] / pair[1]));
        let rounds = rounds.iter().map(|pair| pair.to_vec()).collect();
        Self { name, unit, measured, bare, ratio, target: None, met: None, rounds }
    }

    /// Of something that the bare loop does not have.
    pub(crate) fn alone(name: String, unit: &'static str, rounds: &[f64]) -> Self {
        let (measured, rounds) = (median(rounds), rounds.iter().map(|&one| vec![one]).collect());
        Self { name, unit, measured, bare: None, ratio: None, target: None, met: None, rounds }
    }

    /// It is judged by itself, whatever the bare loop has.
    pub(crate) fn of_itself(mut self) -> Self {
        self.ratio = None;
        self
    }

    pub(crate) fn at_least(self, least: f64) -> Self {
        self.judged(Target::AtLeast(least))
    }

    pub(crate) fn at_most(self, most: f64) -> Self {
        self.judged(Target::AtMost(most))
    }

    fn judged(mut self, target: Target) -> Self {
        self.target = Some(target);
        self.met = self.ratio.or(self.measured).map(|value| match target {
            Target::AtLeast(least) => value >= least,
            Target::AtMost(most) => value <= most,
        });
        self
    }

    fn cells(&self) -> [String; 6] {
        let value = |value: Option<f64>| value.map(number).unwrap_or_default();
        let measured = match self.measured {
            Some(measured) => format!("{} {}", number(measured), self.unit).trim_end().to_owned(),
            None => "not measured".to_owned(),
        };
        let target = match self.target {
            Some(Target::AtLeast(least)) => format!("≥ {}", number(least)),
            Some(Target::AtMost(most)) => format!("≤ {}", number(most)),
            None => String::new(),
        };
        let met = self.met.map(|met| if met { "met" } else { "missed" }).unwrap_or_default();
        [self.name.clone(), measured, value(self.bare), value(self.ratio), target, met.to_owned()]
    }
}

/// The one in the middle, or halfway between the two. What was too short to be measured has none.
fn median(values: &[f64]) -> Option<f64> {
    let mut values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    Some(if values.len() % 2 == 1 { upper } else { f64::midpoint(values[values.len() / 2 - 1], upper) })
}

/// As many digits as mean something.
fn number(value: f64) -> String {
    match value {
        10_000.0.. => {
            let digits = format!("{value:.0}");
            let (head, tail) = digits.split_at(digits.len() - 3);
            if head.len() > 3 {
                let (millions, head) = head.split_at(head.len() - 3);
                return format!("{millions},{head},{tail}");
            }
            format!("{head},{tail}")
        }
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The table: names to the left, figures to the right.
pub(crate) fn text(figures: &[Figure]) -> String {
    let head = ["figure", "measured", "bare", "ratio", "target", ""].map(str::to_owned);
    let lines: Vec<[String; 6]> = [head].into_iter().chain(figures.iter().map(Figure::cells)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |cells: &[String; 6]| {
        let [name, figures @ .., met] = cells;
        let figures = figures.iter().zip(&widths[1..]).map(|(cell, &width)| format!("  {cell:>width$}"));
        let line = format!("{name:width$}{}  {met}", figures.collect::<String>(), width = widths[0]);
        line.trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Everything, round by round.
pub(crate) fn json(machine: &Machine, is_quick: bool, figures: &[Figure], limits: &[Line]) -> String {
    let whole = serde_json::json!({ "machine": machine, "isQuick": is_quick, "figures": figures, "limits": limits });
    format!("{whole:#}\n")
}
