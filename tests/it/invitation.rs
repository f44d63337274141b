//! The column `joinInformation`, which is there when it is asked for, and what its absence means for a row.

use std::fs;

use crate::binary::{convoke, run, sample};
use crate::harness::column;

#[test]
fn a_row_is_asked_for_again_when_its_earlier_line_lacks_the_invitation() {
    let directory = tempfile::tempdir().expect("a directory");
    let place = |name: &str| directory.path().join(name).to_str().expect("UTF-8").to_owned();
    let event = sample("event.csv");
    let (first, second, third) = (place("first.csv"), place("second.csv"), place("third.csv"));
    let provision = |output: &str, options: &[&str]| {
        let always = ["provision", &event, "--rehearse", "--rate=max", "-q", "-o", output];
        let (status, _, stderr) = run(&mut convoke([&always[..], options].concat()));
        assert!(matches!(status, Some(0 | 1)), "{stderr}");
        fs::read_to_string(output).expect("an output")
    };
    let statuses = |output: &str, status: &str| column(output, "status").iter().filter(|own| *own == status).count();
    let plain = provision(&first, &[]);
    assert!(!plain.lines().next().unwrap_or_default().contains("joinInformation"));
    let made = statuses(&plain, "created");
    assert_ne!(made, 0);
    let asked = provision(&second, &["--carry", &first, "--join-information"]);
    assert_eq!((statuses(&asked, "created"), statuses(&asked, "carried")), (made, 0));
    let invitations = column(&asked, "joinInformation");
    assert_eq!(invitations.iter().filter(|html| html.starts_with("<div")).count(), made);
    let carried = provision(&third, &["--carry", &second, "--join-information"]);
    assert_eq!((statuses(&carried, "created"), statuses(&carried, "carried")), (0, made));
    assert_eq!(column(&carried, "joinInformation"), invitations);
}
