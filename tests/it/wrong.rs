//! Small inputs that are wrong, one mistake each, and what `check` says of them: `tests/wrong/<group>/<name>.csv`, and
//! beside each `<name>.told`, whose first line is the command as typed. Each was read by a person for sense; with
//! `make golden` they are written anew, to be read before they are committed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::binary::convoke;

/// So many at the least.
const INPUTS_MIN: usize = 150;
/// How many are run at a time.
const THREADS: usize = 4;

/// The paths in a folder and in those below it, in order.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            paths.extend(below(&path));
        } else {
            paths.push(path);
        }
    }
    paths.sort();
    paths
}

fn corpus() -> Vec<PathBuf> {
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong"))
}

fn is_told(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "told")
}

/// What the program says of an input, after the command that was typed.
fn told(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("UTF-8");
    let command = text.lines().next().expect("a command");
    let words = command.strip_prefix("$ convoke ").unwrap_or_else(|| panic!("{}: no command", path.display()));
    let folder = path.parent().expect("a folder");
    let Output { status, stdout, stderr } =
        convoke(words.split(' ')).current_dir(folder).output().expect("the program runs");
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
    let errors = if stderr.is_empty() { stderr } else { format!("--- standard error\n{stderr}") };
    format!("{command}\n{stdout}{errors}--- exit status {}\n", status.code().expect("a status"))
}

#[test]
fn every_wrong_input_is_told_as_a_person_has_read_it() {
    let told_paths: Vec<PathBuf> = corpus().into_iter().filter(|path| is_told(path)).collect();
    let write = std::env::var_os("CONVOKE_GOLDEN").is_some_and(|word| word == "write");
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(path) = told_paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let got = told(path);
            if write {
                fs::write(path, &got).expect("the corpus can be written");
            }
            let want = fs::read_to_string(path).expect("UTF-8");
            if got != want {
                wrong.push(format!("{}\n--- expected\n{want}\n--- got\n{got}", path.display()));
            }
            if got.contains("\nNothing is wrong") || got.contains("--- exit status 2\n") {
                wrong.push(format!("{}: nothing is wrong with it, or the command is\n{got}", path.display()));
            }
        }
        wrong
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(wrong.is_empty(), "{} are not as expected; the first:\n{}", wrong.len(), wrong[0]);
}

#[test]
fn every_wrong_input_has_its_answer_and_there_are_many() {
    let (told, inputs): (Vec<PathBuf>, Vec<PathBuf>) = corpus().into_iter().partition(|path| is_told(path));
    assert!(inputs.len() >= INPUTS_MIN, "{}", inputs.len());
    let stem = |path: &PathBuf| path.with_extension("");
    let answered: BTreeSet<PathBuf> = told.iter().map(stem).collect();
    assert_eq!(inputs.iter().map(stem).collect::<BTreeSet<_>>(), answered);
    assert_eq!(inputs.len(), told.len(), "two inputs have one name");
    for path in told {
        let text = fs::read_to_string(&path).expect("UTF-8");
        let input = text.lines().next().and_then(|line| line.split(' ').nth(3)).expect("the name of an input");
        assert!(path.with_file_name(input).exists(), "{} names {input}", path.display());
    }
}

/// The kinds of flaws and warnings: the first argument of each `Wrong::new` in the sources, or the text of the constant
/// that is named there.
fn kinds() -> BTreeSet<String> {
    let sources = below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/input"));
    let texts: Vec<String> = sources.iter().map(|path| fs::read_to_string(path).expect("UTF-8")).collect();
    let quoted = |text: &str| text.trim_start().strip_prefix('"')?.split('"').next().map(str::to_owned);
    let constant = |name: &str| {
        let begins = format!("const {name}: &str =");
        texts.iter().find_map(|text| quoted(text.split_once(&begins)?.1))
    };
    let mut kinds = BTreeSet::new();
    for text in &texts {
        for call in text.split("Wrong::new(").skip(1) {
            let name = || call.trim_start().split([',', ')']).next().unwrap_or_default();
            let kind = quoted(call).or_else(|| constant(name().rsplit("::").next().unwrap_or_default()));
            kinds.insert(kind.unwrap_or_else(|| panic!("which kind is {}?", name())));
        }
    }
    kinds
}

#[test]
fn every_kind_of_flaw_is_met_in_the_corpus() {
    let told: Vec<String> =
        corpus().iter().filter(|path| is_told(path)).map(|path| fs::read_to_string(path).expect("UTF-8")).collect();
    let titles: BTreeSet<&str> = told
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.trim_start_matches("Warning, ").split_once(" row: ").or(line.split_once(" rows: ")))
        .map(|(_, kind)| kind)
        .collect();
    let kinds = kinds();
    assert!(kinds.len() > 50, "{kinds:?}");
    // `check` asks nobody; tests/it/directory.rs meets what the directory says of people.
    let is_told = |kind: &&String| {
        titles.contains(kind.as_str()) || kind.contains("whom the directory") || kind.contains("cannot be looked up")
    };
    let missing: Vec<&String> = kinds.iter().filter(|kind| !is_told(kind)).collect();
    assert!(missing.is_empty(), "no input of tests/wrong has these: {missing:#?}");
}
