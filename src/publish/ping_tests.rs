//! What is told, and that it is bounded; who is told is in `tests/it/ping.rs`.

use super::*;

#[test]
fn the_body_has_the_summary_without_links_and_is_bounded() {
    let said = body(1, "3 rows: 2 created\n  see https://login.example/x?y=z\noutput: a.csv (https://x.example) now");
    assert_eq!(said, "exit status 1\n3 rows: 2 created\n  see (link) \noutput: a.csv (link) now");
    let long = body(0, &"ü".repeat(BODY_MAX));
    assert!(long.len() <= BODY_MAX && long.len() > BODY_MAX - 2);
}

#[test]
fn a_run_has_a_number_of_its_own() {
    let (url, second) = ("https://hc.example/a".into(), Duration::from_secs(1));
    let new = || Ping::new(&url, &Connections::plain(second, second)).expect("an address").run;
    assert_ne!(new(), new());
    assert_eq!(new().get_version_num(), 4);
}
