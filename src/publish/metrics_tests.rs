//! The metrics by the rules of the text format, of `promtool check metrics`, and of the textfile collector.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::publish::report::File;

fn of(exit_status: u8, ended: &str) -> Facts {
    let took = Duration::from_millis(1500);
    let run = Run {
        began: ended.parse::<DateTime<Utc>>().expect("a time") - took,
        took,
        exit_status,
        complete: exit_status < 2,
        job: "/srv/a \"b\"\\.csv".into(),
        ..crate::publish::report::a_run()
    };
    let output = File { name: "/srv/a \"b\"\\.csv".into(), ..File::default() };
    Facts { counts: [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], output, run: Some(run), ..Facts::default() }
}

fn value(path: &Path, name: &str) -> Option<f64> {
    let text = std::fs::read_to_string(path).expect("it can be read");
    let line = text.lines().find(|line| line.starts_with(&format!("{name}{{")))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// What `promtool check metrics` complains of, so far as it can be met here, and what the collector refuses.
fn check(text: &str) {
    let (mut series, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut current = "";
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            (current, _) = help.split_once(' ').expect("a text");
            assert!(names.insert(current), "{current} comes twice");
            assert!(current.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{current}");
            for end in ["_total", "_count", "_sum", "_bucket", "_info"] {
                assert!(!current.ends_with(end), "{current} is no gauge's name");
            }
            for unit in ["_ms", "_milliseconds", "_sec", "_minutes", "_gauge", "_counter", "_bytes_"] {
                assert!(!current.contains(unit) || current.contains("_seconds"), "{current}");
            }
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{current} gauge"));
        } else {
            let (own, value) = line.rsplit_once(' ').expect("a value");
            assert!(own.starts_with(&format!("{current}{{")) && own.ends_with('}'), "{line}");
            assert!(!own.contains("quantile=") && !own.contains(",le="), "{line}");
            assert!(series.insert(own), "{own} comes twice");
            value.parse::<f64>().unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }
}

#[test]
fn the_metrics_obey_the_rules() {
    for facts in [of(0, "2027-02-03T08:00:00Z"), Facts::default(), Facts { run: None, ..of(0, "2027-02-03T08:00:00Z") }]
    {
        let text = text(&facts, &label(&facts), Some("1.5"));
        check(&text);
        assert!(text.contains("status=\"created\"} "), "{text}");
    }
}

#[test]
fn the_last_success_moves_with_a_success_alone_and_is_never_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("convoke.prom");
    let steps = |facts: Facts, last_run: Option<f64>, last_success: Option<f64>| {
        metrics(&facts, &path).expect("it is written");
        let told = (value(&path, "convoke_last_run_timestamp_seconds"), value(&path, LAST_SUCCESS));
        assert_eq!(told, (last_run, last_success));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else is left there");
    };
    steps(of(1, "1970-01-01T00:00:50Z"), Some(50.0), None);
    steps(of(0, "1970-01-01T00:01:40.250Z"), Some(100.25), Some(100.25));
    steps(of(1, "1970-01-01T00:03:20Z"), Some(200.0), Some(100.25));
    steps(Facts { run: None, ..of(1, "1970-01-01T00:03:20Z") }, None, Some(100.25));
    steps(of(130, "1970-01-01T00:05:00Z"), Some(300.0), Some(100.25));
    steps(of(0, "1970-01-01T00:06:40Z"), Some(400.0), Some(400.0));
}

#[cfg(unix)]
#[test]
fn everybody_may_read_the_metrics() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("convoke.prom");
    metrics(&of(0, "2027-02-03T08:00:00Z"), &path).expect("it is written");
    assert_eq!(std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777, 0o644);
}

proptest! {
    #[test]
    fn whatever_is_there_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200), lead in any::<bool>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, facts) = (folder.path().join("a.prom"), of(1, "1970-01-01T00:00:50Z"));
        let mut there = if lead { format!("{LAST_SUCCESS}{{{}}} ", label(&facts)).into_bytes() } else { vec![] };
        there.extend(bytes);
        std::fs::write(&path, there).expect("it can be written");
        metrics(&facts, &path).expect("it is written");
        check(&std::fs::read_to_string(&path).expect("text"));
    }

    #[test]
    fn a_label_stays_in_its_quotation_marks(value in "[\"\\\\\n a{}]{0,20}") {
        let escaped = escaped(&value);
        prop_assert!(!escaped.contains('\n'));
        let mut back = String::new();
        let mut chars = escaped.chars();
        while let Some(char) = chars.next() {
            prop_assert_ne!(char, '"');
            back.push(match char {
                '\\' => if chars.next() == Some('n') { '\n' } else { escaped_char(&escaped, &chars) },
                char => char,
            });
        }
        prop_assert_eq!(back, value);
    }
}

/// The character that was taken last.
fn escaped_char(all: &str, left: &std::str::Chars<'_>) -> char {
    all[..all.len() - left.as_str().len()].chars().next_back().expect("one was taken")
}

#[test]
fn every_status_has_its_series_be_it_nought() {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join("convoke.prom");
    metrics(&of(0, "2027-02-03T08:00:00Z"), &path).expect("metrics");
    let text = std::fs::read_to_string(&path).expect("UTF-8");
    for status in Status::ALL {
        let series = format!("status=\"{}\"", status.as_str());
        assert_eq!(text.lines().filter(|line| line.starts_with("convoke_rows{") && line.contains(&series)).count(), 1);
    }
}
