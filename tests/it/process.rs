//! What happens to the process, the machine and the disk, and that the next run finishes the work.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use convoke::sim::{Scenario, Sim};

use crate::binary::{convoke, convoke_at, kill, run, write};
use crate::harness::{column, reply, sheet};
use crate::server::Server;

const MEETING: &str = r#"{"id":"m","joinWebUrl":"https://teams.example/l/x"}"#;

/// The records of a result, which must be all of so many and in order.
fn whole(path: &Path, rows: usize) -> String {
    let text = fs::read_to_string(path).expect("the run is complete");
    let records: Vec<String> = (1..=rows).map(|record| record.to_string()).collect();
    assert_eq!(column(&text, "record"), records);
    text
}

/// Kills a run after it has told so many things, and gives whether it had ended by itself.
fn killed_after(child: &mut Child, told: usize) -> bool {
    let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let ended = stderr.lines().take(told).count() < told;
    child.kill().expect("a child");
    child.wait().expect("it ends");
    ended
}

#[test]
fn killed_at_a_hundred_moments_every_row_has_its_one_meeting_and_created_tells_who_made_it() {
    let sim = Sim::new(Scenario { throttled: 0.0, ..Scenario::stormy() });
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let input = write(directory.path(), "in.csv", &sheet(1200));
    let output = directory.path().join("in.joined.csv");
    let mut dice = fastrand::Rng::with_seed(3);
    let start = || {
        let mut command = convoke_at(&server, &[&input, "-v"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs")
    };
    let mut kills = 0;
    while kills < 100 && !output.exists() {
        // At first in the middle of whatever it does before the first request.
        let told = dice.usize(0..if kills < 10 { 4 } else { 30 });
        killed_after(&mut start(), told);
        kills += 1;
    }
    assert!(kills > 50, "a quarter of the rows take a hundred kills as a rule, and these have taken {kills}");
    while !output.exists() {
        killed_after(&mut start(), usize::MAX);
    }
    let text = whole(&output, 1200);
    let report = sim.report();
    assert_eq!((report.meetings.len(), report.meetings.values().sum()), (1200, 1200));
    let lost = column(&text, "httpStatus").iter().filter(|status| *status == "200").count();
    assert!(lost > 100, "too few answers were lost for this to show anything: {lost}");
    assert_eq!(column(&text, "status"), vec!["created"; 1200]);
    // Another run makes nothing, and says so, though answers are lost to it too.
    let (status, _, stderr) = run(&mut convoke_at(&server, &[&input]));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&whole(&output, 1200), "status"), vec!["existing"; 1200]);
}

/// Says so even where the output of tests is kept from view.
fn skipped(why: &str) {
    writeln!(stderr(), "skipped in part: {why}").expect("standard error");
}

/// A server that answers when this is dropped.
struct Gate(Arc<(Mutex<bool>, Condvar)>);

fn waiting() -> (Server, Gate) {
    let gate = Gate(Arc::new((Mutex::new(false), Condvar::new())));
    let opens = gate.0.clone();
    let server = Server::start(move |_| {
        let (open, opened) = &*opens;
        drop(opened.wait_while(open.lock().expect("no panic"), |open| !*open).expect("no panic"));
        reply(201, &[], MEETING)
    });
    (server, gate)
}

impl Drop for Gate {
    fn drop(&mut self) {
        *self.0.0.lock().expect("no panic") = true;
        self.0.1.notify_all();
    }
}

#[test]
fn of_two_runs_started_at_once_on_one_output_exactly_one_runs() {
    let (server, gate) = waiting();
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(5));
    let (sender, ended) = channel();
    for _ in 0..2 {
        let mut command = convoke_at(&server, &[&input]);
        command.env("CONVOKE_ACCESS_TOKEN", "t");
        let sender = sender.clone();
        thread::spawn(move || sender.send(run(&mut command)));
    }
    let (status, _, stderr) = ended.recv().expect("one ends");
    assert_eq!(status, Some(6), "{stderr}");
    assert!(stderr.contains("another run is writing") && stderr.contains("process "), "{stderr}");
    drop(gate);
    let (status, _, stderr) = ended.recv().expect("the other ends");
    assert_eq!(status, Some(0), "{stderr}");
    whole(&directory.path().join("in.joined.csv"), 5);
}

#[test]
fn a_run_that_waits_for_the_lock_begins_when_the_other_has_ended() {
    let (server, gate) = waiting();
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(5));
    let start = |args: &[&str]| {
        let mut command = convoke_at(&server, &[&[input.as_str()], args].concat());
        command.env("CONVOKE_ACCESS_TOKEN", "t").stderr(Stdio::piped()).spawn().expect("it runs")
    };
    let mut first = start(&[]);
    let mut told = BufReader::new(first.stderr.take().expect("a pipe")).lines();
    assert!(told.any(|line| line.expect("UTF-8").contains("5 rows")));
    let mut second = start(&["--lock-wait=10m"]);
    let mut told = BufReader::new(second.stderr.take().expect("a pipe")).lines();
    assert!(told.next().expect("a line").expect("UTF-8").contains("waiting for it, 10 min at most"));
    let mut third = start(&["--lock-wait", "1h"]);
    let mut waits = BufReader::new(third.stderr.take().expect("a pipe")).lines();
    assert!(waits.next().expect("a line").expect("UTF-8").contains("waiting"));
    kill("TERM", &third);
    assert_eq!(third.wait().expect("it ends").code(), Some(143), "who waits can be stopped");
    drop(gate);
    assert_eq!(first.wait().expect("it ends").code(), Some(0));
    assert_eq!(second.wait().expect("it ends").code(), Some(0));
    whole(&directory.path().join("in.joined.csv"), 5);
}

#[test]
fn a_disk_that_fills_stops_the_run_with_what_to_do_and_the_next_run_finishes() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(200));
    let output = directory.path().join("in.joined.csv");
    let args = ["provision", &input, "--rehearse", "--rate=max"];
    let limited = |blocks: u32| {
        let script = format!("ulimit -f {blocks} && exec \"$0\" \"$@\"");
        run(Command::new("sh").env_clear().args(["-c", &script, env!("CARGO_BIN_EXE_convoke")]).args(args))
    };
    for blocks in [0, 40, 80] {
        let (status, _, stderr) = limited(blocks);
        assert!(matches!(status, Some(2 | 5)), "{status:?} {stderr}");
        assert!(stderr.contains("File too large") && stderr.contains("make room"), "{stderr}");
        assert!(!output.exists());
    }
    let (status, _, stderr) = run(&mut convoke(args));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stderr.starts_with("going on with an earlier run at record "), "{stderr}");
    let resumed = whole(&output, 200);
    fs::remove_file(&output).expect("a file");
    assert_eq!(run(&mut convoke(args)).0, Some(0));
    assert_eq!(whole(&output, 200), resumed);
}

#[test]
fn an_output_that_cannot_be_is_told_before_anything_is_sent() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(3));
    let folder = directory.path().to_str().expect("UTF-8");
    let not_a_folder = format!("{input}/out.csv");
    let mut places = vec![(not_a_folder.as_str(), "cannot be created"), (folder, "is a directory"), (&input, "itself")];
    places.push(("/dev/null", "a device or a pipe"));
    // The kernel lets nobody make a file there, not even root.
    if Path::new("/sys/kernel").is_dir() {
        places.push(("/sys/kernel/out.csv", "cannot be created"));
    } else {
        skipped("there is no folder here in which nobody may make a file");
    }
    for (output, words) in places {
        let (status, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse", "-o", output]));
        assert_eq!(status, Some(2), "{output}: {stderr}");
        assert!(stderr.contains(words), "{output}: {stderr}");
    }
}

#[test]
fn a_linked_output_on_another_file_system_is_written_where_the_link_leads() {
    let (here, Ok(there)) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir_in("/dev/shm")) else {
        skipped("there is no other file system here");
        return;
    };
    let input = write(here.path(), "in.csv", &sheet(3));
    let (link, target) = (here.path().join("out.csv"), there.path().join("real.csv"));
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    for _ in 0..2 {
        let output = link.to_str().expect("UTF-8");
        let (status, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse", "--rate=max", "-o", output]));
        assert_eq!(status, Some(0), "{stderr}");
        assert!(link.is_symlink(), "the link stays a link");
        whole(&target, 3);
    }
}

#[test]
fn an_input_that_grows_or_vanishes_while_it_is_read_ends_the_run_and_the_next_completes() {
    for vanishes in [false, true] {
        let directory = tempfile::tempdir().expect("a directory");
        let input = write(directory.path(), "in.csv", &sheet(1500));
        let (path, done) = (input.clone(), AtomicBool::new(false));
        let server = Server::start(move |_| {
            if !done.swap(true, Ordering::SeqCst) {
                if vanishes {
                    fs::remove_file(&path).expect("a file");
                } else {
                    let mut file = fs::OpenOptions::new().append(true).open(&path).expect("a file");
                    file.write_all(b"S-9999,6b1e0000-0000-4000-8000-000000000001,,,,,\n").expect("room");
                }
            }
            reply(201, &[], MEETING)
        });
        let again = || run(convoke_at(&server, &[&input]).env("CONVOKE_ACCESS_TOKEN", "t"));
        let (status, _, stderr) = again();
        assert_eq!(status, Some(3), "{stderr}");
        assert!(stderr.contains(if vanishes { "vanished" } else { "was changed while it was read" }), "{stderr}");
        assert!(stderr.contains("run the same command again"), "{stderr}");
        if vanishes {
            write(directory.path(), "in.csv", &sheet(1500));
        }
        let (status, _, stderr) = again();
        assert_eq!(status, Some(0), "{stderr}");
        whole(&directory.path().join("in.joined.csv"), if vanishes { 1500 } else { 1501 });
    }
}

#[test]
fn an_input_that_is_replaced_by_another_is_read_to_its_end() {
    let directory = tempfile::tempdir().expect("a directory");
    let (input, next) =
        (write(directory.path(), "in.csv", &sheet(20)), write(directory.path(), "next.csv", &sheet(30)));
    let path = input.clone();
    let server = Server::start(move |_| {
        let _ = fs::rename(&next, &path);
        reply(201, &[], MEETING)
    });
    let (status, _, stderr) = run(convoke_at(&server, &[&input]).env("CONVOKE_ACCESS_TOKEN", "t"));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stderr.contains("was replaced while it was read"), "{stderr}");
    whole(&directory.path().join("in.joined.csv"), 20);
}

#[test]
fn a_rehearsal_that_is_terminated_is_gone_on_with_to_the_same_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(400));
    let output = directory.path().join("in.joined.csv");
    let start = || {
        let mut command = convoke(["provision", &input, "--rehearse", "-v", "--rate=max", "-c2"]);
        command.stderr(Stdio::piped()).spawn().expect("it runs")
    };
    let mut times = 0;
    while !output.exists() {
        let mut child = start();
        let mut told = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        told.by_ref().take(150).for_each(drop);
        kill("TERM", &child);
        told.for_each(drop);
        assert!(matches!(child.wait().expect("it ends").code(), Some(143 | 0)));
        times += 1;
    }
    assert!(times > 2, "{times}");
    let resumed = whole(&output, 400);
    fs::remove_file(&output).expect("a file");
    assert!(!killed_after(&mut start(), 1_000_000) || output.exists());
    assert_eq!(whole(&output, 400), resumed);
}

#[test]
fn the_deadline_stops_the_run_to_be_gone_on_with() {
    let server = Server::silent();
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(5));
    // The token is never given, and what waits for it ends at once.
    let (status, _, stderr) = run(&mut convoke_at(&server, &[&input, "--deadline=100ms"]));
    assert_eq!(status, Some(5), "{stderr}");
    assert!(stderr.contains("the deadline of 0.1 s has come before any record was answered"), "{stderr}");
    assert!(stderr.contains("run the same command again: meetings"), "{stderr}");
    assert!(!directory.path().join("in.joined.csv.partial").exists(), "nothing was sent, so nothing is left");
}

#[test]
fn a_token_without_the_permission_ends_the_run_before_the_first_row() {
    let server = Server::silent();
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(5));
    // {"tid":"t","aud":"a","roles":["User.Read.All"]}
    let token = "e30.eyJ0aWQiOiJ0IiwiYXVkIjoiYSIsInJvbGVzIjpbIlVzZXIuUmVhZC5BbGwiXX0.x";
    let (status, _, stderr) = run(convoke_at(&server, &[&input]).env("CONVOKE_ACCESS_TOKEN", token));
    assert_eq!(status, Some(4), "{stderr}");
    assert!(stderr.contains("OnlineMeetings.ReadWrite.All") && !stderr.contains("eyJ0"), "{stderr}");
}

#[test]
fn a_rehearsal_and_the_real_thing_never_share_a_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(3));
    let partial =
        write(directory.path(), "in.joined.csv.partial", "status,joinWebUrl\ncreated,https://teams.example/l/x\n");
    let real = || {
        let mut command = convoke(["provision", &input, "--graph-url=https://graph.example"]);
        run(command.env("CONVOKE_ACCESS_TOKEN", "t"))
    };
    let (status, _, stderr) = real();
    assert!(status == Some(2) && stderr.contains("left by a rehearsal"), "{stderr}");
    fs::rename(&partial, directory.path().join("earlier.csv")).expect("a file");
    let earlier = directory.path().join("earlier.csv");
    let mut command = convoke(["provision", &input, "--graph-url=https://graph.example", "--carry"]);
    let (status, _, stderr) = run(command.arg(&earlier).env("CONVOKE_ACCESS_TOKEN", "t"));
    assert!(status == Some(2) && stderr.contains("the result of a rehearsal"), "{stderr}");
    // A link that was cut off in a rehearsal is no real one.
    write(directory.path(), "in.joined.csv.partial", "status,joinWebUrl\ncreated,https://te");
    let (status, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse"]));
    assert!(status == Some(2) && stderr.contains("does not begin with the header"), "{stderr}");
    write(directory.path(), "in.joined.csv.partial", "status,joinWebUrl\ncreated,https://teams.microsoft.com/l/x\n");
    let (status, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse"]));
    assert!(status == Some(2) && stderr.contains("has real links"), "{stderr}");
}
