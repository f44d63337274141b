//! The house rules, held by the machine: what may use what, how long things may get, what the README must say. Each
//! failure names the file and the line and what to do. They read this repository and the help of the commands, no more.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use convoke::input::Column;
use convoke::ledger::COLUMNS;
use convoke::outcome::Status;

use crate::measure::{code, is_name, items, line, places};

/// A function is read in one look: this is about a screen, and the longest in the codebases that we learn from.
const FN_LINES: usize = 70;
/// A module has one subject. Beyond this there were always two, and a child module was the better place for one.
const SRC_LINES: usize = 300;
/// Tests are read one at a time, so that a file of them may be longer than a module.
const TESTS_LINES: usize = 400;
/// Every package is code that we ship and did not read. Some 320 are needed; the rest is for upgrades.
const PACKAGES: usize = 325;
/// The repository is its own table of contents: a new entry is a decision (src/lib.rs, Codemap), not an accident.
const TOP_LEVEL: [&str; 7] = ["Cargo.lock", "Cargo.toml", "Makefile", "README.md", "samples", "src", "tests"];

/// A file of the repository.
pub(crate) struct File {
    /// From the top of the repository.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text as code, byte for byte in the same places; only of use for Rust.
    pub(crate) code: String,
}

impl File {
    pub(crate) fn at(&self, place: usize, what_to_do: &str) -> String {
        format!("{}:{}: {what_to_do}", self.path, line(&self.text, place))
    }

    /// Whether it is one of `homes`, or in one that ends in a slash.
    fn is_in(&self, homes: &[&str]) -> bool {
        homes.iter().any(|home| self.path == *home || home.ends_with('/') && self.path.starts_with(home))
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of these folders (or these files themselves) whose names end so, in order.
pub(crate) fn files(places: &[&str], end: &str) -> Vec<File> {
    let mut todo: Vec<PathBuf> = places.iter().map(|place| root().join(place)).collect();
    let mut files = Vec::new();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder can be listed");
            todo.extend(entries.map(|entry| entry.expect("an entry can be read").path()));
            continue;
        }
        let name = path.strip_prefix(root()).expect("below the root").display().to_string();
        if name.ends_with(end) {
            let bytes = fs::read(&path).unwrap_or_else(|why| panic!("{name} cannot be read; is it written? {why}"));
            let text = String::from_utf8_lossy(&bytes).into_owned();
            files.push(File { path: name, code: code(&text), text });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// What breaks a rule anywhere in the Rust files of `folders`.
pub(crate) fn each(folders: &[&str], rule: impl Fn(&File) -> Vec<String>) -> Vec<String> {
    files(folders, ".rs").iter().flat_map(rule).collect()
}

/// Where the code in `folders` has `name`, other than in its `homes`.
pub(crate) fn strays(folders: &[&str], name: &str, homes: &[&str], what_to_do: &str) -> Vec<String> {
    each(folders, |file| {
        let places = if file.is_in(homes) { Vec::new() } else { places(&file.code, name) };
        places.into_iter().map(|at| file.at(at, &format!("`{name}`: {what_to_do}"))).collect()
    })
}

/// Where code names something of the standard library: by its path, by its module, or in a braced `use`.
fn std_uses(file: &File, module: &str, name: &str) -> Vec<usize> {
    let code = &file.code;
    let in_use = |&at: &usize| {
        let path = &code[at..];
        let end = path.find(|char| !is_name(char) && char != ':').unwrap_or(path.len());
        let group = path[end..].strip_prefix('{').and_then(|group| group.split(';').next()).unwrap_or_default();
        let has = |word| !places(&path[..end], word).is_empty() || !places(group, word).is_empty();
        has(module) && has(name)
    };
    let by_module = places(code, &format!("{module}::{name}"));
    let by_module = by_module.into_iter().filter(|&at| !code[..at].ends_with("tokio::"));
    places(code, "std::").into_iter().filter(in_use).chain(by_module).collect()
}

pub(crate) fn none(mut wrong: Vec<String>) {
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "house rules are broken:\n{}", wrong.join("\n"));
}

fn file(path: &str) -> File {
    files(&[path], "").pop().expect("it is one file")
}

/// The commands, and where their options are declared.
const COMMANDS: [(&str, &str); 10] = [
    ("cancel", "src/cli/cancel.rs"),
    ("check", "src/cli/check.rs"),
    ("columns", "src/cli/show.rs"),
    ("doctor", "src/cli/doctor.rs"),
    ("plan", "src/cli/plan.rs"),
    ("provision", "src/cli.rs"),
    ("publish", "src/cli/publish.rs"),
    ("simulate", "src/cli/simulate.rs"),
    ("template", "src/cli/show.rs"),
    ("verify", "src/cli/verify.rs"),
];

/// The option that only whoever types it may give: a variable that is set for other commands is no word to delete.
const TYPED: (&str, &str) = ("cancel", "yes");

/// What the option text of a command is, without this machine's environment and terminal.
fn help(command: &str) -> String {
    let mut convoke = Command::new(env!("CARGO_BIN_EXE_convoke"));
    convoke.args([command, "--help"]).env_clear().env("COLUMNS", "100").stdin(Stdio::null());
    let output = convoke.output().expect("it runs");
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

/// The long options of the help but `help` itself, each with all that is said of it.
fn options(help: &str) -> Vec<(String, String)> {
    let mut options: Vec<(String, String)> = Vec::new();
    let section = help.lines().skip_while(|line| *line != "Options:").skip(1).take_while(|line| !line.is_empty());
    for line in section {
        let begins = line.starts_with("  -") || line.starts_with("      --");
        if let Some((_, option)) = line.split_once("--").filter(|_| begins) {
            let long = option.chars().take_while(|&char| is_name(char) || char == '-').collect();
            options.push((long, String::new()));
        }
        let (_, said) = options.last_mut().expect("the section begins with an option");
        *said = format!("{said} {}", line.trim());
    }
    options.retain(|(long, _)| long != "help");
    assert!(!options.is_empty(), "the help has no section `Options:`\n{help}");
    options
}

/// What is wrong with an option, and where it is written.
fn at_option(source: &str, long: &str, what_to_do: &str) -> String {
    let cli = file(source);
    let field = format!("pub {}:", long.replace('-', "_"));
    cli.at(cli.code.find(&field).unwrap_or_default(), &format!("--{long} {what_to_do}"))
}

/// The first place in which two lists are not the same.
fn difference<T: PartialEq>(got: &[T], want: &[T]) -> Option<usize> {
    (0..got.len().max(want.len())).find(|&at| got.get(at) != want.get(at))
}

/// The first column of the README's table whose header row begins with `header` is `want`.
pub(crate) fn check_table(header: &str, want: &[&str]) {
    let readme = file("README.md");
    let lines = || readme.text.lines();
    let Some(top) = lines().position(|line| line.starts_with(header)) else {
        panic!("README.md:1: there is no table whose header row begins `{header}`; write it");
    };
    let rows = lines().skip(top + 2).take_while(|line| line.starts_with('|'));
    let got: Vec<&str> = rows.map(|row| row.split('|').nth(1).unwrap_or_default().trim().trim_matches('`')).collect();
    if let Some(at) = difference(&got, want) {
        let (line, [got, want]) = (top + 3 + at, [&got[..], want].map(|rows| rows.get(at).unwrap_or(&"no row")));
        panic!("README.md:{line}: the table `{header}` has {got} where the program has {want}; make them the same");
    }
}

#[test]
fn only_what_puts_it_on_a_socket_and_tests_use_sim() {
    let what_to_do = "only src/rehearsal.rs and src/simulate.rs wire sim; take what you need as an argument";
    let homes = ["src/rehearsal.rs", "src/simulate.rs", "src/sim/", "src/lib.rs"];
    let wrong = [("sim", &homes[..]), ("sim::", &homes[..3])];
    none(wrong.into_iter().flat_map(|(name, homes)| strays(&["src"], name, homes, what_to_do)).collect());
}

#[test]
fn http_and_json_and_csv_are_known_only_where_they_are_at_home() {
    let homes: [(&str, &[&str]); 4] = [
        ("reqwest", &["src/graph/http.rs"]),
        ("http::", &["src/graph/", "src/sim/", "src/main.rs", "src/plan/"]),
        ("serde_json", &["src/graph/", "src/sim/", "src/check/", "src/doctor/", "src/forecast/", "src/publish/"]),
        ("csv::", &["src/input/", "src/ledger/", "src/publish/sheet/", "src/sim/people/listed.rs"]),
    ];
    let wrong = |(name, homes)| strays(&["src"], name, homes, &format!("move what needs it to {}", homes.join(" or ")));
    none(homes.into_iter().flat_map(wrong).collect());
}

#[test]
fn the_only_stopwatch_is_that_of_tokio() {
    none(each(&["src"], |file| {
        let uses = std_uses(file, "time", "Instant").into_iter();
        uses.map(|at| file.at(at, "std's Instant cannot be paused by a test; take tokio::time::Instant")).collect()
    }));
}

#[test]
fn only_the_environment_graph_and_sim_tell_the_time_of_day() {
    let what_to_do = "take the time as an argument, or tokio::time::Instant for a duration";
    none(strays(&["src"], "SystemTime::now", &["src/cli/environment.rs", "src/graph/", "src/sim/"], what_to_do));
}

#[test]
fn nothing_sleeps_in_real_time_on_a_thread() {
    none(each(&["src", "tests"], |file| {
        let uses = std_uses(file, "thread", "sleep").into_iter();
        uses.map(|at| file.at(at, "await tokio::time::sleep, in a test with a paused clock")).collect()
    }));
}

#[test]
fn no_function_is_longer_than_a_screen() {
    none(each(&["src", "tests"], |file| {
        let lines = |at| line(&file.code, at);
        let long = items(&file.code, "fn").into_iter().filter(|item| lines(item.end) - lines(item.begin) >= FN_LINES);
        let what_to_do = format!("is longer than {FN_LINES} lines; let the parent branch and a new function compute");
        long.map(|item| file.at(item.begin, &format!("fn {} {what_to_do}", item.name))).collect()
    }));
}

#[test]
fn no_file_has_two_subjects_by_its_length() {
    let long = |(folder, most)| {
        each(&[folder], |file| {
            let lines = file.text.lines().count();
            let wrong = format!("{}:{most}: {lines} lines; take one subject out, {most} are enough", file.path);
            Vec::from_iter((lines > most).then_some(wrong))
        })
    };
    none([("src", SRC_LINES), ("tests", TESTS_LINES)].into_iter().flat_map(long).collect());
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let mut wrong = strays(&["src", "tests"], "[allow(", &[], "mend it, or `expect` it with a reason");
    wrong.extend(each(&["src", "tests"], |file| {
        let bare = |&at: &usize| !file.code[at..].split(']').next().is_some_and(|expect| expect.contains("reason ="));
        let bare = places(&file.code, "[expect(").into_iter().filter(bare);
        bare.map(|at| file.at(at, "say `reason = \"…\"`")).collect()
    }));
    none(wrong);
}

#[test]
fn nothing_is_ignored_or_left_undone() {
    let mut wrong = Vec::new();
    for name in ["[ignore", "todo!", "unimplemented!"] {
        wrong.extend(strays(&["src", "tests"], name, &[], "do it now, or take it out"));
    }
    // In pieces, lest this file finds itself.
    let todo = concat!("TO", "DO");
    for mark in [todo, concat!("FIX", "ME"), concat!("XX", "X")] {
        wrong.extend(each(&["src", "tests"], |file| {
            let has_owner = |at: usize| {
                let owner = file.text[at + mark.len()..].strip_prefix('(').and_then(|rest| rest.split_once(')'));
                mark == todo && owner.is_some_and(|(name, _)| !name.is_empty() && name.chars().all(is_name))
            };
            let marks = places(&file.text, mark).into_iter().filter(|&at| !has_owner(at));
            marks.map(|at| file.at(at, &format!("do it now, or name its owner: {todo}(name)"))).collect()
        }));
    }
    none(wrong);
}

#[test]
fn every_module_says_what_it_is() {
    none(each(&["src"], |file| {
        let bare = !file.text.starts_with("//!");
        Vec::from_iter(bare.then(|| file.at(0, "begin with `//!`: what the file is, and what it refuses to do")))
    }));
}

#[test]
fn no_test_file_is_forgotten() {
    let main = file("tests/it/main.rs");
    none(each(&["tests/it"], |file| {
        let module = file.path.trim_start_matches("tests/it/").split(['/', '.']).next().unwrap_or_default();
        let declared = module == "main" || main.code.lines().any(|line| line == format!("mod {module};"));
        Vec::from_iter((!declared).then(|| file.at(0, &format!("write `mod {module};` into tests/it/main.rs"))))
    }));
}

#[test]
fn the_option_text_of_the_readme_is_that_of_the_program() {
    let (readme, fence) = (file("README.md"), "```text\n");
    for (command, _) in COMMANDS {
        let help = help(command);
        let bodies = readme.text.match_indices(fence).map(|(at, _)| at + fence.len());
        let mut found = bodies.map(|at| (at, readme.text[at..].split("\n```").next().unwrap_or_default()));
        let Some((at, text)) = found.find(|(_, text)| text.contains(&format!("Usage: convoke {command}"))) else {
            panic!("README.md:1: put this between ```text and ```:\n{help}");
        };
        let [got, want] = [text, &help].map(|text| text.lines().collect::<Vec<_>>());
        let wrong = difference(&got, &want).map(|below| {
            let (line, want) = (line(&readme.text, at) + below, want.get(below).unwrap_or(&"nothing more"));
            format!("README.md:{line}: `COLUMNS=100 convoke {command} --help` has here: {want}")
        });
        none(Vec::from_iter(wrong));
    }
}

#[test]
fn every_option_has_its_place_in_the_alphabet_and_a_twin_in_the_environment() {
    let twin = |long: &str| format!("[env: CONVOKE_{}]", long.to_uppercase().replace('-', "_"));
    for (command, source) in COMMANDS {
        let options = options(&help(command));
        let has_twin = |long: &str, said: &str| said.replace("=]", "]").contains(&twin(long));
        let lacking = options.iter().filter(|(long, said)| has_twin(long, said) == (TYPED == (command, long.as_str())));
        let lacking = lacking.map(|(long, _)| at_option(source, long, &format!("must show {}", twin(long))));
        let unordered = options.windows(2).filter(|pair| pair[0].0 > pair[1].0);
        let unordered = unordered.map(|pair| at_option(source, &pair[1].0, &format!("goes before --{}", pair[0].0)));
        none(lacking.chain(unordered).collect());
    }
}

#[test]
fn the_readme_lists_the_exit_statuses() {
    let source = file("src/exit.rs");
    let values = source.code.split(": u8 = ").skip(1);
    let values: Vec<&str> = values.map(|rest| rest.split(';').next().unwrap_or_default()).collect();
    assert_eq!(
        values,
        ["0", "1", "2", "3", "4", "5", "6", "130", "143"],
        "src/exit.rs:1: scripts know these; keep them"
    );
    check_table("| Exit status", &values);
}

#[test]
fn the_readme_lists_the_columns_and_the_statuses() {
    check_table("| Column in", &Column::OWN.map(Column::name));
    check_table("| Column out", &COLUMNS);
    check_table("| Status", &Status::ALL.map(Status::as_str));
}

#[test]
fn the_top_level_has_nothing_more_and_nothing_less() {
    let entries = fs::read_dir(root()).expect("the repository can be listed");
    let names = entries.map(|entry| entry.expect("an entry can be read").file_name().to_string_lossy().into_owned());
    let names: Vec<String> = names.filter(|name| !name.starts_with('.') && name != "target").collect();
    let extra = names.iter().filter(|name| !TOP_LEVEL.contains(&name.as_str()));
    let mut wrong: Vec<String> = extra.map(|name| format!("{name}:1: move it below src, tests or samples")).collect();
    let missing = TOP_LEVEL.iter().filter(|name| !names.iter().any(|own| own == *name));
    wrong.extend(missing.map(|name| format!("{name}:1: it is missing; write it")));
    none(wrong);
}

#[test]
fn the_lock_file_keeps_its_budget() {
    let lock = file("Cargo.lock");
    let packages = lock.text.matches("[[package]]").count();
    assert!(packages <= PACKAGES, "Cargo.lock:1: {packages} packages are more than {PACKAGES}; do without the new one");
}

#[test]
fn nothing_names_a_path_of_the_machine_it_was_written_on() {
    let mut wrong = Vec::new();
    for file in files(&["src", "tests", "samples", "Makefile", "README.md"], "") {
        for path in [concat!("/wo", "rk/"), concat!("/ro", "ot/")] {
            let found = file.text.match_indices(path);
            wrong.extend(found.map(|(at, _)| file.at(at, &format!("`{path}`: name no path of one machine"))));
        }
    }
    none(wrong);
}

#[test]
fn samples_use_reserved_names_only() {
    let mut wrong = Vec::new();
    for file in files(&["samples"], ".csv") {
        for (at, _) in file.text.match_indices('@') {
            let after = &file.text[at + 1..];
            let end = after.find(|char: char| !is_name(char) && char != '.' && char != '-').unwrap_or(after.len());
            let domain = &after[..end];
            // An address has something before its @, and the ids of chat threads have a suffix that is Graph's own.
            let address = !file.text[..at].ends_with([',', ';', '"', '<', ' ', '\n']);
            let thread = matches!(domain, "thread.v2" | "thread.tacv2");
            if address && !thread && !domain.is_empty() && !domain.ends_with(".example") {
                wrong.push(file.at(at, &format!("@{domain} may be somebody's; end it in .example")));
            }
        }
    }
    none(wrong);
}
