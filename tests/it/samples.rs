//! The samples that are no ordinary sheets: one timetable in the eight forms that offices send, whatever the form, Graph is
//! asked for the same; and a series of webinars with settings.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use convoke::input::{Reading, Rows, Source};
use convoke::meeting::Setting;
use convoke::sim::{Scenario, Sim};

use crate::harness::{How, Ran, provision_rows};

/// The files, and the zone where the sheet names none.
const FORMS: [(&str, Option<&str>); 8] = [
    ("timetable.csv", None),
    ("timetable-german.csv", None),
    ("timetable-unicode-text.txt", None),
    ("timetable-windows-1252.csv", Some("Europe/Berlin")),
    ("timetable.xlsx", None),
    ("timetable-date-and-time.csv", None),
    ("zoom-sessions.csv", Some("Europe/Berlin")),
    ("webex-meetings.tsv", None),
];

async fn provisioned(name: &str, zone: Option<&str>) -> Ran {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    let reading = Reading { default_zone: zone.map(str::to_owned), ..Reading::default() };
    let source = Source::of(fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}")));
    let rows = Rows::open(source, reading).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    // One after the other, so that the order is that of the sheet.
    Box::pin(provision_rows(&Sim::new(Scenario::calm()), rows, How { slots: 1, ..How::default() })).await
}

#[tokio::test(start_paused = true)]
async fn the_same_timetable_in_eight_forms_asks_for_the_same_byte_for_byte() {
    let requests = |ran: &Ran| -> Vec<(String, Bytes)> {
        let requests = ran.witness.requests.borrow();
        requests.iter().map(|request| (request.uri().to_string(), request.body().clone())).collect()
    };
    let first = requests(&provisioned(FORMS[0].0, FORMS[0].1).await);
    assert_eq!(first.len(), 40);
    for (name, zone) in FORMS {
        let ran = provisioned(name, zone).await;
        assert_eq!(ran.column("status"), vec!["created"; 40], "{name}");
        let asked = requests(&ran);
        assert_eq!(asked.len(), first.len(), "{name}");
        for (record, (asked, wanted)) in asked.iter().zip(&first).enumerate() {
            assert_eq!(asked, wanted, "{name}, record {}", record + 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_series_of_webinars_is_made_and_each_row_says_what_its_meeting_is_set_to() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/webinar.csv");
    let rows = Rows::open(Source::of(fs::read(path).expect("a sample")), Reading::default()).expect("a header");
    let rows: Vec<_> = rows.map(|row| row.expect("a row").meeting.expect("no flaws")).collect();
    assert_eq!(rows.len(), 20);
    for meeting in &rows {
        let of = |setting| meeting.settings.get(setting).expect("it is set");
        assert_eq!(of(Setting::LobbyBypassScope), "everyone");
        assert_eq!(of(Setting::AllowedPresenters), "roleIsPresenter");
        assert_eq!(of(Setting::RecordAutomatically), "true");
        assert!(matches!(of(Setting::AllowMeetingChat), "limited" | "enabled"));
        assert!(meeting.settings.iter().all(|(setting, _)| setting.is_updatable()));
    }
    let ran = provisioned("webinar.csv", None).await;
    assert_eq!(ran.column("status"), vec!["created"; 20]);
}
