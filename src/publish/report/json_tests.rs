//! The report against its schema, and in its order.

use std::collections::BTreeMap;
use std::time::Duration;

use boon::{Compiler, Schemas};
use serde_json::{Value, json};

use super::*;
use crate::meter::OverTime;

fn file(name: &str) -> File {
    File { name: name.into(), bytes: 3, sha256: "ab".repeat(32) }
}

/// A run, with everything in it that there can be.
pub(in crate::publish) fn a_run() -> Run {
    let second = Duration::from_secs(1);
    let latency = Latency { p50: second / 8, p90: second / 4, p95: second / 2, p99: second, max: 2 * second };
    let spans = vec![crate::meter::Span { requests: 5, throttled: 1, failed: 1 }];
    let over_time = OverTime { span: 2 * second, spans };
    Run {
        began: "2027-02-03T08:00:00.5Z".parse().expect("a time"),
        took: 90 * second,
        complete: true,
        exit_status: 1,
        why: String::new(),
        rehearsal: true,
        resumed: 2,
        measured: Measured { requests: 5, retries: 2, throttled: 1, latency, over_time },
        held: second / 4,
        directory_held: second,
        look_ups: 4,
        limit_per_s: Some(9.5),
        options: vec![("rate".into(), "10".into()), ("carry".into(), "a.csv".into())],
        input: file("timetable.csv"),
        job: "timetable.joined.csv".into(),
    }
}

/// The facts of it.
fn facts() -> Facts {
    let cause = |paste: &str| Cause {
        status: Status::Refused,
        what: "it is \"odd\"".into(),
        mend: "make it even".into(),
        paste: paste.into(),
        rows: 3,
        records: vec![1, 2, 5],
    };
    Facts {
        counts: std::array::from_fn(|place| place as u64 + 1),
        causes: vec![cause("Grant-It"), cause("")],
        attempts: 7,
        days: BTreeMap::from([("2027-02-03".parse().expect("a day"), 2)]),
        organizers: vec![("ada@x.example".into(), 2)],
        output: file("timetable.joined.csv"),
        run: Some(a_run()),
    }
}

fn written(facts: &Facts) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    json(facts, &path).expect("it is written");
    std::fs::read_to_string(path).expect("it can be read")
}

/// Fails when it is not as the schema that is promised to others.
fn check(text: &str) -> Value {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = serde_json::from_str(include_str!("../../../tests/it/schema/report.json")).expect("JSON");
    compiler.add_resource("report.json", schema).expect("a resource");
    let schema = compiler.compile("report.json", &mut schemas).expect("a schema");
    let report: Value = serde_json::from_str(text).expect("JSON");
    if let Err(error) = schemas.validate(&report, schema) {
        panic!("{error:#}\n{text}");
    }
    report
}

#[test]
fn the_report_of_a_run_is_as_its_schema_says() {
    let report = check(&written(&facts()));
    for (at, wanted) in [
        ("/schema", json!("convoke-report/1")),
        ("/counts/created", json!(1)),
        ("/counts/uncertain", json!(10)),
        ("/counts/skipped", json!(14)),
        ("/rows", json!(105)),
        ("/causes/0/paste", json!("Grant-It")),
        ("/causes/1/paste", Value::Null),
        ("/causes/0/records", json!([1, 2, 5])),
        ("/throttledSeconds", json!(0.25)),
        ("/latencyMs/p95", json!(500.0)),
        ("/rateOverTime/spanSeconds", json!(2.0)),
        ("/rateOverTime/spans/0/perSecond", json!(2.5)),
        ("/began", json!("2027-02-03T08:00:00.500Z")),
        ("/ended", json!("2027-02-03T08:01:30.500Z")),
        ("/tookSeconds", json!(90.0)),
        ("/why", Value::Null),
        ("/options", json!({"rate": "10", "carry": "a.csv"})),
        ("/input/name", json!("timetable.csv")),
        ("/days", json!({"2027-02-03": 2})),
    ] {
        assert_eq!(report.pointer(at), Some(&wanted), "{at}");
    }
}

#[test]
fn what_is_not_known_is_null() {
    let report = check(&written(&Facts { run: None, ..facts() }));
    for unknown in ["complete", "exitStatus", "requests", "latencyMs", "rateOverTime", "input", "options", "began"] {
        assert_eq!(report[unknown], Value::Null, "{unknown}");
    }
    let mut silent = facts();
    silent.run.as_mut().expect("a run").measured = Measured::default();
    assert_eq!(check(&written(&silent))["latencyMs"], Value::Null);
}

#[test]
fn members_are_in_the_order_of_the_table_and_all_are_in_it() {
    let (report, readme) = (written(&facts()), include_str!("../../../README.md"));
    let own = report.lines().filter_map(|line| line.strip_prefix("  \"")?.split('"').next());
    let own: Vec<&str> = own.collect();
    let table = readme.lines().skip_while(|line| !line.starts_with("| Member of the report")).skip(2);
    let table = table.take_while(|line| line.starts_with('|'));
    let table: Vec<&str> =
        table.map(|row| row.split('|').nth(1).unwrap_or_default().trim().trim_matches('`')).collect();
    assert_eq!(table, own);
}
