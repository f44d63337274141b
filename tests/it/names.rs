//! People by name over several runs of the real program: gone on with, and with an earlier output.

use std::fs;

use convoke::sim::Sim;

use crate::binary::{convoke_at, run, write};
use crate::directory;
use crate::harness::{column, organizer};
use crate::server::Server;

/// A tenant with nine people, two of whom have one address.
fn tenant() -> Sim {
    let both = [7, 8].map(|n| format!("{},user{n}@contoso.example,User {n},both@mail.example\n", organizer(n)));
    directory::tenant(7, &both.concat())
}

#[test]
fn a_run_is_gone_on_with_behind_rows_whose_attendees_cannot_be_looked_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let sim = tenant();
    let server = Server::of_sim(sim.clone());
    let id = organizer(1);
    let text = format!(
        "externalId,organizerUserId,attendees\nA,{id},user2@contoso.example\nB,user1@contoso.example,\"nobody@contoso.example; \
         user2@contoso.example; none@contoso.example\"\nB,{id},\nC,{id},both@mail.example\nD,{id},{}\nE,{id},\nF,{id},\n",
        organizer(99)
    );
    let input = write(folder.path(), "in.csv", &text);
    let output = folder.path().join("in.joined.csv");
    let go = |what: &str| {
        let args = [input.as_str(), "--lookup=on", "--unknown-attendees", what];
        run(&mut convoke_at(&server, &args))
    };
    for (first, then, from) in [("fail", "fail", 6), ("keep", "keep", 6), ("fail", "drop", 2), ("fail", "keep", 2)] {
        let (status, _, stderr) = go(first);
        assert_eq!(status, Some(1), "{stderr}");
        let whole = fs::read_to_string(&output).expect("a result");
        let begun: Vec<&str> = whole.split_inclusive('\n').take(6).collect();
        fs::remove_file(&output).expect("it is there");
        fs::write(folder.path().join("in.joined.csv.partial"), begun.concat()).expect("room");
        let (_, _, stderr) = go(then);
        let at = format!("going on with an earlier run at record {from}:");
        assert!(stderr.contains(&at), "{first}, {then}: {stderr}");
        if first == then {
            let after = fs::read_to_string(&output).expect("a result");
            assert_eq!(column(&after, "error"), column(&whole, "error"));
            let counted = stderr.matches("invalid (").count();
            assert!(counted >= 2, "what was wrong is counted by its cause: {stderr}");
        }
        fs::remove_file(&output).expect("it is there");
    }
}

#[test]
fn an_earlier_output_carries_whatever_name_the_organizer_has_now_and_had_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let sim = tenant();
    let server = Server::of_sim(sim.clone());
    let names = [organizer(1), "user1@contoso.example".into(), "Mail.1@mail.example".into()];
    for (n, then) in names.iter().enumerate() {
        let sheet = |name: &str| {
            write(folder.path(), "in.csv", &format!("externalId,organizerUserId,subject\nA{n},{name},Algebra\n"))
        };
        let [earlier, output] = ["earlier.csv", "out.csv"].map(|name| folder.path().join(name));
        let [earlier, output] = [&earlier, &output].map(|path| path.to_str().expect("UTF-8"));
        let (status, _, stderr) = run(&mut convoke_at(&server, &[&sheet(then), "--lookup=on", "-o", earlier]));
        assert_eq!(status, Some(0), "{stderr}");
        for now in &names {
            let args = [&sheet(now), "--lookup=on", "--carry", earlier, "-o", output];
            let (_, _, stderr) = run(&mut convoke_at(&server, &args));
            assert!(stderr.contains("1 row: 1 carried"), "{then}, {now}: {stderr}");
        }
        let args = [&sheet("user2@contoso.example"), "--lookup=on", "--carry", earlier, "-o", output];
        let (_, _, stderr) = run(&mut convoke_at(&server, &args));
        assert!(stderr.contains("1 row: 1 created"), "another organizer's meeting is another: {stderr}");
    }
}
