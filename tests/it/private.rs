//! Whatever is written is its owner's alone, whatever the umask and whatever was there before.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use convoke::sim::{Scenario, Sim};

use crate::binary::{convoke_at, kill, run, under_way, write};
use crate::harness::{reply, sheet};
use crate::server::Server;

/// The same command where files are everybody's unless somebody says otherwise.
fn with_umask(umask: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("umask {umask} && exec \"$0\" \"$@\"")]);
    shell.arg(command.get_program()).args(command.get_args()).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// A file that others may read and write.
fn everybodys(path: &Path, text: &str) {
    fs::write(path, text).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o666)).expect("permissions");
}

#[test]
fn the_output_and_the_rejects_are_their_owners_alone_whatever_the_umask_and_what_was_there() {
    let server = Server::of_sim(Sim::new(Scenario::calm()));
    for (umask, is_there) in [("000", false), ("000", true), ("022", true), ("077", false)] {
        let directory = tempfile::tempdir().expect("a directory");
        let input = write(directory.path(), "in.csv", &sheet(3).replace("2027-02-02", "soon"));
        let [output, rejects] = ["in.joined.csv", "rejects.csv"].map(|name| directory.path().join(name));
        if is_there {
            everybodys(&output, "old");
            everybodys(&rejects, "");
        }
        let shown = rejects.to_str().expect("UTF-8");
        let (status, _, stderr) = run(&mut with_umask(umask, &convoke_at(&server, &[&input, "--rejects", shown])));
        assert_eq!(status, Some(1), "{umask}: {stderr}");
        assert_eq!((mode(&output), mode(&rejects)), (0o600, 0o600), "{umask}");
    }
}

#[test]
fn the_partial_file_is_its_owners_alone_whatever_the_umask_and_what_was_there() {
    let server = Server::start(|request| match request.uri().path() {
        path if path.ends_with("/token") => reply(200, &[], r#"{"access_token":"t","expires_in":3600}"#),
        _ => reply(503, &[], ""),
    });
    for is_there in [false, true] {
        let directory = tempfile::tempdir().expect("a directory");
        let input = write(directory.path(), "in.csv", &sheet(3));
        let partial = directory.path().join("in.joined.csv.partial");
        if is_there {
            everybodys(&partial, "");
        }
        let mut command = with_umask("000", &convoke_at(&server, &[&input]));
        let (mut child, _) = under_way(&mut command, "HTTP 503");
        assert_eq!(mode(&partial), 0o600, "{is_there}");
        kill("TERM", &child);
        child.wait().expect("it ends");
    }
}

#[test]
fn the_simulators_state_is_its_owners_alone_whatever_the_umask_and_what_was_there() {
    for is_there in [false, true] {
        let directory = tempfile::tempdir().expect("a directory");
        let state = directory.path().join("state");
        if is_there {
            everybodys(&state, "");
        }
        let shown = state.to_str().expect("UTF-8").to_owned();
        let mut command = with_umask("000", &crate::binary::convoke(["simulate", "--listen=0", "--state", &shown]));
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().expect("it runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
        assert_eq!(mode(&state), 0o600, "{is_there}");
        kill("TERM", &child);
        child.wait().expect("it ends");
    }
}
