//! Only what is needed is sent, and what came to nothing comes back ready to be mended.

use std::fs::{self, File};
use std::path::Path;

use convoke::sim::{Scenario, Sim};

use crate::binary::{convoke, convoke_at, run, write};
use crate::harness::{column, organizer, sheet};
use crate::server::Server;

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_hundred_thousand_rows_of_a_thousand_meetings_cost_a_thousand_calls() {
    let sim = Sim::new(Scenario::calm());
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let row = |row: usize| format!("K-{},{},Kurs {}\n", row % 1000, organizer(row % 20), row % 1000);
    let rows: Vec<String> = (0..100_000).map(row).collect();
    let input = write(directory.path(), "in.csv", &format!("externalId,organizerUserId,subject\n{}", rows.concat()));
    let (status, _, stderr) = run(&mut convoke_at(&server, &[&input]));
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stderr.contains("100000 rows: 1000 created · 99000 existing"), "{stderr}");
    assert_eq!((sim.report().requests, sim.report().meetings.len()), (1000, 1000));
    let links = column(&read(directory.path(), "in.joined.csv"), "joinWebUrl");
    assert!((0..100_000).all(|row| !links[row].is_empty() && links[row] == links[row % 1000]));
}

/// The statuses of a night's result, how many calls it took, and what was said.
fn night(server: &Server, sim: &Sim, folder: &Path, text: &str) -> (Option<i32>, String, u64, String) {
    let input = write(folder, "in.csv", text);
    let before = sim.report().requests;
    let output = folder.join("joined.csv");
    let output = output.to_str().expect("UTF-8");
    let (status, _, stderr) = run(&mut convoke_at(server, &[&input, "--carry", output, "-o", output]));
    let statuses = column(&read(folder, "joined.csv"), "status").join(" ");
    (status, statuses, sim.report().requests - before, stderr)
}

#[test]
fn every_night_only_what_failed_changed_or_is_new_is_sent() {
    let sim = Sim::new(Scenario::calm());
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let night = |text: &str| night(&server, &sim, directory.path(), text);
    let [one, two] = [organizer(1), organizer(2)];
    let first = format!(
        "externalId,organizerUserId,subject,attendees\nA,{one},Algebra,\nB,{one},Biology,x@a.example\n\
         B,{one},Biology,x@a.example\nC,nobody,Chemistry,\nD,{two},Drama,\n"
    );
    let (status, statuses, requests, stderr) = night(&first);
    assert_eq!((status, statuses.as_str(), requests), (Some(1), "created created existing refused created", 4));
    assert!(stderr.contains("there is no") && stderr.contains("so every row is sent"), "{stderr}");
    let before = read(directory.path(), "joined.csv");
    let (status, statuses, requests, _) = night(&first);
    assert_eq!((status, statuses.as_str(), requests), (Some(1), "carried carried carried refused carried", 1));
    let after = read(directory.path(), "joined.csv");
    for name in ["joinWebUrl", "passcode", "meetingStart", "httpStatus", "requestId", "attempts"] {
        let kept = |text: &str| [0, 1, 4].map(|row| column(text, name)[row].clone());
        assert_eq!(kept(&before), kept(&after));
    }
    // Another order, a change, a failure mended, something new, a row more for a meeting that is there.
    let second = format!(
        "room,organizerUserId,externalId,subject,attendees\nR,{two},D,Drama,\nR,{one},B,Botany,x@a.example\n\
         R,{one},C,Chemistry,\nR,{two},E,English,\nR,{one},A,Algebra,\nR,{one},A,Algebra,y@a.example\n"
    );
    let (status, statuses, requests, stderr) = night(&second);
    assert_eq!((status, statuses.as_str(), requests), (Some(1), "carried differs created created carried existing", 3));
    assert!(stderr.contains("warning (1 row, first record 6, see record 5): other attendees"), "{stderr}");
    // What differs is asked for again, lest it pass for done.
    let (_, statuses, requests, _) = night(&second);
    assert_eq!((statuses.as_str(), requests), ("carried differs carried carried carried existing", 1));
}

#[test]
fn rows_that_are_refused_every_night_keep_nothing_else_from_being_sent() {
    let sim = Sim::new(Scenario::calm());
    let (server, directory) = (Server::of_sim(sim.clone()), tempfile::tempdir().expect("a directory"));
    let night = |text: &str| night(&server, &sim, directory.path(), text);
    let gone: String = (0..25).map(|row| format!("B-{row},nobody-{},B\n", row % 2)).collect::<Vec<_>>().concat();
    let first = format!("{}{gone}", sheet(5).replace(",startDateTime,endDateTime,attendees,room", ""));
    let first: Vec<&str> = first.lines().map(|line| line.split(",2027-").next().expect("a part")).collect();
    let first = format!("{}\n", first.join("\n").replace('"', ""));
    let first = first.replace(", Übung", "");
    // Two organizers are asked three times, and what is on the wire by then is let finish.
    let asked = |good: u64, requests: u64| (good + 6..=good + 6 + 16).contains(&requests);
    let (_, _, requests, stderr) = night(&first);
    assert!(asked(5, requests), "{requests}: {stderr}");
    let (status, statuses, requests, stderr) = night(&format!("{first}NEW,{},New\n", organizer(1)));
    assert!(status == Some(1) && asked(1, requests), "{requests}: {stderr}");
    assert!(statuses.starts_with("carried carried") && statuses.ends_with("refused created"), "{statuses}");
}

#[test]
fn an_earlier_output_that_excel_has_saved_carries_too_and_what_is_none_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(4));
    let rehearse = |carry: &str| run(&mut convoke(["provision", &input, "--rehearse", "--rate=max", "--carry", carry]));
    let output = directory.path().join("in.joined.csv");
    assert_eq!(rehearse("/nowhere/at-all.csv").0, Some(0));
    let excel = format!("\u{feff}{}", read(directory.path(), "in.joined.csv").replace('\n', "\r\n"));
    let excel = write(directory.path(), "excel.csv", &excel);
    fs::remove_file(&output).expect("a file");
    let (status, _, stderr) = rehearse(&excel);
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(column(&read(directory.path(), "in.joined.csv"), "status"), ["carried"; 4]);
    // So does one of a version that had fewer columns, whatever other columns there are.
    let text = read(directory.path(), "in.joined.csv");
    let older = text.replace(",clientRequestId,requestDate,", ",x,y,").replace(",status,", ",status ,");
    fs::remove_file(&output).expect("a file");
    let (status, _, stderr) = rehearse(&write(directory.path(), "older.csv", &older));
    assert_eq!(
        (status, column(&read(directory.path(), "in.joined.csv"), "status")),
        (Some(0), vec!["carried".into(); 4]),
        "{stderr}"
    );
    let (status, _, stderr) = rehearse(&input);
    assert!(status == Some(2) && stderr.contains("no output of this program"), "{stderr}");
    let real = "externalId,organizerUserId,status,joinWebUrl\nA,o,created,https://x.example/\n";
    let (status, _, stderr) = rehearse(&write(directory.path(), "real.csv", real));
    assert!(status == Some(2) && stderr.contains("has real links"), "{stderr}");
}

#[test]
fn only_the_rows_that_are_named_are_sent_and_a_name_that_no_row_has_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(4).replace("S-2,", "S-2 ,").replace("2027-02-04", "soon"));
    let go = |args: &[&str]| run(convoke(["provision", &input, "--rehearse", "--rate=max"]).args(args));
    let (status, _, stderr) = go(&["--only", "S-2, S-0,S-9"]);
    assert_eq!(status, Some(1), "{stderr}");
    let statuses = || column(&read(directory.path(), "in.joined.csv"), "status");
    assert_eq!(statuses(), ["created", "skipped", "created", "skipped"]);
    assert!(stderr.contains("no row has the externalId S-9"), "{stderr}");
    // With an earlier output the rest keeps what it has, and what is named is sent whatever that has.
    let earlier = directory.path().join("in.joined.csv");
    let (_, _, stderr) = go(&["--only=S-1,S-3", "--carry", earlier.to_str().expect("UTF-8")]);
    assert_eq!(statuses(), ["carried", "created", "carried", "invalid"], "{stderr}");
    assert_eq!(go(&["--only= , "]).0, Some(2));
}

#[test]
fn rejects_are_the_rows_without_a_meeting_ready_to_be_mended_and_sent() {
    let (server, directory) = (Server::of_sim(Sim::new(Scenario::calm())), tempfile::tempdir().expect("a directory"));
    let text = format!(
        "externalId,organizerUserId,subject,room\nA,{0},Algebra,1\n,{0},\"no, id\",2\nC,nobody,\"two\nlines\",3\n\
         A,{0},Geometry,4\nE,{0},Ethics,5\n",
        organizer(1)
    );
    let input = write(directory.path(), "in.csv", &text);
    let rejects = directory.path().join("rejects.csv");
    let go = |input: &str, more: &[&str]| {
        let args = [&[input, "--rejects", rejects.to_str().expect("UTF-8")], more].concat();
        run(&mut convoke_at(&server, &args))
    };
    let (status, _, stderr) = go(&input, &["--limit=4"]);
    assert!(status == Some(1) && stderr.contains("3 rows without a meeting to mend and send again"), "{stderr}");
    let rejected = read(directory.path(), "rejects.csv");
    assert!(rejected.starts_with("externalId,organizerUserId,subject,room,reason\n"), "{rejected}");
    assert_eq!(column(&rejected, "room"), ["2", "3", "4"]);
    assert_eq!(column(&rejected, "subject"), ["no, id", "two\nlines", "Geometry"]);
    let reasons = column(&rejected, "reason");
    for (reason, words) in reasons.iter().zip(["externalId is empty", "object id", "record 1"]) {
        assert!(reason.contains(words), "{reason}");
    }
    // Mended and sent as they are; what is rejected again has one reason, and in the end there are none.
    let mended = rejected.replace("\n,6b1e", "\nB,6b1e").replace("nobody", &organizer(1));
    let mended = write(directory.path(), "mended.csv", &mended.replace("A,6b1e", "C,6b1e"));
    assert_eq!(go(&mended, &[]).0, Some(1));
    let rejected = read(directory.path(), "rejects.csv");
    assert_eq!(rejected.lines().next(), Some("externalId,organizerUserId,subject,room,reason"));
    assert_eq!(column(&rejected, "room"), ["4"]);
    write(directory.path(), "mended.csv", &rejected.replace("C,6b1e", "D,6b1e"));
    assert_eq!(go(&mended, &[]).0, Some(0));
    assert!(!rejects.exists());
}

#[test]
fn rows_whose_cells_do_not_fit_stay_rejected_until_they_are_mended() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = format!(
        "externalId,organizerUserId,subject,room\nA,{0},Algebra\nB,{0},one, two,R\nC,{0},\"never closed\nD,{0},x,y\n",
        organizer(1)
    );
    let mut input = write(directory.path(), "in.csv", &text);
    let rejects = directory.path().join("rejects.csv");
    for _ in 0..3 {
        let args = ["provision", &input, "--rehearse", "--rate=max", "--rejects", rejects.to_str().expect("UTF-8")];
        let (status, _, stderr) = run(&mut convoke(args));
        assert!(status == Some(1) && stderr.contains("3 rows: 3 invalid"), "{stderr}");
        let rejected = read(directory.path(), "rejects.csv");
        assert!(
            rejected.contains("one, two,R,") || rejected.contains("one,\" two\",R,"),
            "no cell is lost: {rejected}"
        );
        input = write(directory.path(), "again.csv", &rejected);
    }
    // The output has the shape of its header, and says so itself until somebody says otherwise.
    let mut output = read(directory.path(), "in.joined.csv");
    for _ in 0..2 {
        let input = write(directory.path(), "out.csv", &output);
        let (_, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse", "--rate=max"]));
        assert!(stderr.contains("3 rows: 3 invalid"), "{stderr}");
        output = read(directory.path(), "out.joined.csv");
    }
    let input = write(directory.path(), "out.csv", &output.replacen(",invalid,", ",,", 1));
    let (_, _, stderr) = run(&mut convoke(["provision", &input, "--rehearse", "--rate=max"]));
    assert!(stderr.contains("3 rows: 1 created · 2 invalid"), "{stderr}");
}

#[test]
fn rejects_take_the_place_of_nothing_else() {
    let directory = tempfile::tempdir().expect("a directory");
    let input = write(directory.path(), "in.csv", &sheet(2));
    let notes = write(directory.path(), "notes.csv", "my,reason\n1,2\n");
    let output = directory.path().join("out.csv");
    let output = output.to_str().expect("UTF-8");
    for (rejects, words) in [
        (input.as_str(), "the input itself"),
        (output, "the output itself"),
        ("./out.csv", "the output itself"),
        ("./out.csv.partial", "the output itself"),
        (&notes, "holds no rejects"),
        ("/nowhere/rejects.csv", "cannot be written"),
        ("-", "needs a file"),
    ] {
        let mut command = convoke(["provision", &input, "--rehearse", "-o", output, "--rejects", rejects]);
        let (status, _, stderr) = run(command.current_dir(directory.path()));
        assert!(status == Some(2) && stderr.contains(words), "{rejects}: {stderr}");
    }
    assert_eq!(read(directory.path(), "notes.csv"), "my,reason\n1,2\n");
}

#[test]
fn strict_means_that_nothing_is_sent_while_any_row_is_invalid() {
    let (server, directory) = (Server::silent(), tempfile::tempdir().expect("a directory"));
    let go = |text: &str| {
        let input = write(directory.path(), "in.csv", text);
        run(convoke_at(&server, &[&input, "--strict", "--deadline=100ms", "--request-timeout=0.2"])
            .env("CONVOKE_ACCESS_TOKEN", "t"))
    };
    let good = sheet(5);
    let (status, _, stderr) = go(&good.replace("2027-02-03", "tomorrow"));
    assert_eq!(status, Some(3), "{stderr}");
    assert!(stderr.contains("record 3 (line 4)\n") && stderr.contains(" tomorrowT10:00:00Z "), "{stderr}");
    assert!(stderr.contains("--strict: 1 row of"), "{stderr}");
    assert!(!directory.path().join("in.joined.csv.partial").exists());
    let again = good.lines().nth(1).expect("a row").replace("Sitzung 0", "Sitzung null");
    let (status, _, stderr) = go(&format!("{good}{again}\n"));
    assert!(
        status == Some(3) && stderr.contains("record 6 (line 7)\n") && stderr.contains("record 1 has "),
        "{stderr}"
    );
    let (status, _, stderr) = go(&good);
    assert!(status == Some(5) && stderr.contains("deadline"), "it began: {stderr}");
    for input in ["-", "/dev/stdin"] {
        let mut command = convoke(["provision", input, "--rehearse", "--strict", "-o", "-"]);
        let file = File::open(write(directory.path(), "in.csv", &good.replace("2027-02-03", "tomorrow")));
        let (status, _, stderr) = run(command.stdin(file.expect("a file")));
        assert!(status == Some(3) && stderr.contains("--strict: 1 row of"), "{input}: {stderr}");
    }
}
