//! People of a sheet, as Graph gets them and gives them back.

use convoke::sim::{Scenario, Sim};
use serde_json::{Value, json};

use crate::harness::{How, Ran, organizer, provision, provision_now};

fn sheet(people: &str) -> String {
    format!("externalId,organizerUserId,attendees\nA,{},\"{}\"\n", organizer(1), people.replace('"', "\"\""))
}

fn body(ran: &Ran) -> Value {
    serde_json::from_slice(ran.witness.requests.borrow()[0].body()).expect("JSON")
}

#[test]
fn graph_gets_each_person_once_with_the_role_that_the_sheet_gives() {
    let id = organizer(9);
    let people = format!(
        "Lind, Ada <ada@contoso.example>; Presenter:\"Berg, Bob\" <bob@contoso.example>\nco-organizer:{id}, \
         mailto:eve@contoso.example;\u{a0}ADA@contoso.example"
    );
    let ran = provision(&Sim::new(Scenario::calm()), &sheet(&people), How::default());
    assert_eq!(ran.column("status"), ["created"], "{}", ran.output);
    let wanted = json!([
        { "upn": "ada@contoso.example" },
        { "upn": "eve@contoso.example" },
        { "upn": "bob@contoso.example", "role": "presenter" },
        { "identity": { "user": { "id": id } }, "role": "coorganizer" },
    ]);
    assert_eq!(body(&ran)["participants"]["attendees"], wanted);
}

#[test]
fn a_role_that_graph_has_otherwise_is_drift_and_the_same_one_is_not() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let sim = Sim::new(Scenario::calm());
        let first = "ada@contoso.example;presenter:bob@contoso.example;coorganizer:eve@contoso.example";
        for (people, status, drift) in [
            (first, "created", ""),
            (first, "existing", ""),
            ("Eve@contoso.example;ada@contoso.example;bob@contoso.example", "existing", ""),
            (
                "presenter:ada@contoso.example;coorganizer:bob@contoso.example;coorganizer:eve@contoso.example",
                "differs",
                "role of ada@contoso.example: Graph has attendee; role of bob@contoso.example: Graph has presenter",
            ),
        ] {
            let ran = provision_now(&sim, &sheet(people), How::default()).await;
            assert_eq!((&*ran.column("status")[0], &*ran.column("drift")[0]), (status, drift), "{people}");
        }
    });
}

#[test]
fn a_row_with_somebody_who_cannot_be_is_never_sent_and_says_who() {
    let people = "ada@contoso.example; bob@contoso,example; host:eve@contoso.example";
    let ran = provision(&Sim::new(Scenario::calm()), &sheet(people), How::default());
    assert_eq!(ran.column("status"), ["invalid"]);
    assert!(ran.witness.requests.borrow().is_empty());
    let error = &ran.column("error")[0];
    assert!(error.contains("comma where a dot belongs") && error.contains("attendees 'host'"), "{error}");
}
