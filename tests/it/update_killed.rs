//! `--update` through the real program, killed again and again: what changed in the sheet is changed in the end, and
//! nothing else is.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use convoke::sim::{Scenario, Sim};

use crate::binary::{convoke_at, run, write};
use crate::harness::column;
use crate::server::Server;
use crate::update::term;

/// Runs to the end with these options, and gives the result.
fn whole(server: &Server, input: &str, options: &[&str]) -> String {
    let (status, _, stderr) = run(&mut convoke_at(server, &[&[input], options].concat()));
    assert!(matches!(status, Some(0 | 1)), "{stderr}");
    std::fs::read_to_string(input.replace(".csv", ".joined.csv")).expect("a result")
}

#[test]
fn killed_at_fifty_moments_the_end_is_the_same() {
    let sim = Sim::new(Scenario { throttled: 0.0, ..Scenario::stormy() });
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let [was, is] = term();
    let input = write(directory.path(), "term.csv", &was);
    let before = whole(&server, &input, &[]);
    write(directory.path(), "term.csv", &is);
    let output = directory.path().join("term.joined.csv");
    let partial = directory.path().join("term.joined.csv.partial");
    let mut dice = fastrand::Rng::with_seed(9);
    let (mut kills, mut ends) = (0, 0);
    while kills < 50 {
        let mut command = convoke_at(&server, &[&input, "--update", "--yes", "-v", "-c4"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
        let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let told = dice.usize(0..60);
        let has_ended = lines.take(told).count() < told;
        child.kill().expect("a child");
        child.wait().expect("it ends");
        if has_ended {
            // It has made all changes; what is killed from now on has nothing to change.
            ends += 1;
        } else {
            kills += 1;
        }
        assert!(ends < 10, "it is killed too late to show anything");
    }
    if Path::new(&partial).exists() || ends == 0 {
        whole(&server, &input, &["--update", "--yes"]);
    }
    assert!(output.exists());
    let after = whole(&server, &input, &[]);
    assert_eq!(column(&after, "status"), vec!["existing"; 307], "each is as its row says");
    let report = sim.report();
    assert_eq!((report.meetings_kept, report.meetings_made), (312, 312));
    // Those whose rows are gone are as they were, and every link is what it was.
    write(directory.path(), "term.csv", &was);
    let old = whole(&server, &input, &["--only=S-50,S-51,S-52,S-53,S-54,S-60"]);
    assert_eq!(column(&old, "status").iter().filter(|status| *status == "existing").count(), 6);
    let links = |text: &str| -> Vec<(String, String)> {
        column(text, "externalId").into_iter().zip(column(text, "joinWebUrl")).collect()
    };
    let before = links(&before);
    let is_new = |id: &str| id[2..].parse::<u32>().is_ok_and(|number| number >= 300);
    assert!(links(&after).iter().all(|link| before.contains(link) || is_new(&link.0)));
}
