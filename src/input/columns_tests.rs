//! Headers of real sheets, and what is said of those that cannot work.

use super::*;
use crate::input::parse_map;

fn columns(header: &[&str], me: bool, map: &[&str]) -> Result<Columns> {
    let map: Vec<Mapped> = map.iter().map(|text| parse_map(text)).collect::<Result<_>>()?;
    Columns::of_header(&ByteRecord::from(header), me, &map)
}

/// What is read of a sheet, as `name=the sheet's own`.
fn read(header: &str, map: &[&str]) -> Vec<String> {
    let header: Vec<&str> = header.split(',').collect();
    let columns = columns(&header, false, map).expect("a header");
    columns.read().map(|(column, own)| format!("{}={own}", column.name())).collect()
}

fn refusal(header: &str, map: &[&str]) -> String {
    let header: Vec<&str> = header.split(',').collect();
    columns(&header, true, map).expect_err("a refusal").to_string()
}

#[test]
fn names_match_without_case_spaces_and_punctuation() {
    let columns = columns(&[" External_ID", "Organizer User-Id", "SUBJECT", "room"], false, &[]).expect("a header");
    assert_eq!(columns.index(Column::ExternalId), Some(0));
    assert_eq!(columns.index(Column::OrganizerUserId), Some(1));
    assert_eq!(columns.index(Column::Subject), Some(2));
    assert_eq!(columns.index(Column::Attendees), None);
    assert_eq!(columns.name(Column::ExternalId), "External_ID");
    assert_eq!(columns.name(Column::Attendees), "attendees");
}

#[test]
fn the_sheets_of_other_programs_are_understood() {
    // Outlook and Google Calendar.
    assert_eq!(
        read("ID,Subject,Start Date,Start Time,End Date,End Time,Meeting Organizer,Required Attendees,Location", &[]),
        [
            "externalId=ID",
            "organizerUserId=Meeting Organizer",
            "subject=Subject",
            "startDate=Start Date",
            "startTime=Start Time",
            "endDate=End Date",
            "endTime=End Time",
            "attendees=Required Attendees",
        ]
    );
    // Zoom Events.
    assert_eq!(
        read(
            "Session ID,Type,Session title,Date,Start time,End time,Host name,Host email,Speaker email,Alternative hosts",
            &[]
        ),
        [
            "externalId=Session ID",
            "organizerUserId=Host email",
            "subject=Session title",
            "startDate=Date",
            "startTime=Start time",
            "endTime=End time",
            "presenters=Speaker email",
            "coorganizers=Alternative hosts",
        ]
    );
    // A list of Zoom meetings: date and time are in one column.
    assert_eq!(
        read("Topic,ID,Host,Host email,Start time,Duration (minutes),Participants", &[]),
        [
            "externalId=ID",
            "organizerUserId=Host email",
            "subject=Topic",
            "startDateTime=Start time",
            "duration=Duration (minutes)",
            "attendees=Participants",
        ]
    );
    // Outlook in German.
    assert_eq!(
        read("Betreff,Beginnt am,Beginnt um,Endet am,Endet um,externalId,organizerUserId", &[])[2..],
        ["subject=Betreff", "startDate=Beginnt am", "startTime=Beginnt um", "endDate=Endet am", "endTime=Endet um"]
    );
}

#[test]
fn a_time_column_holds_the_date_too_only_where_no_column_has_one() {
    let of = |header: &str, map: &[&str]| read(&format!("externalId,organizerUserId,{header}"), map)[2..].to_vec();
    assert_eq!(of("Start time,End time", &[]), ["startDateTime=Start time", "endDateTime=End time"]);
    assert_eq!(of("Start,End time", &[]), ["startDateTime=Start", "endDateTime=End time"]);
    assert_eq!(of("End date,Start time", &[]), ["startTime=Start time", "endDate=End date"]);
    assert_eq!(of("Date,Start,End", &[]), ["startDateTime=Start", "startDate=Date", "endDateTime=End"]);
    assert_eq!(of("Start time,End", &["startTime=Start time"]), ["startTime=Start time", "endDateTime=End"]);
    assert_eq!(of("Date,Time,Duration", &[]), ["startDate=Date", "startTime=Time", "duration=Duration"]);
}

#[test]
fn a_vague_name_gives_way_to_a_clear_one_and_to_nothing_else() {
    assert_eq!(
        read("id,externalId,owner,Organizer email,name,Title,From,Start time", &[]),
        ["externalId=externalId", "organizerUserId=Organizer email", "subject=Title", "startDateTime=Start time",]
    );
    assert!(refusal("externalId,name,event", &[]).starts_with("columns 2 ('name') and 3 ('event') both mean subject"));
}

#[test]
fn an_earlier_output_sent_again_means_what_it_meant() {
    let header = format!("externalId,organizerUserId,subject,{}", crate::ledger::COLUMNS.join(","));
    assert_eq!(read(&header, &[]), ["externalId=externalId", "organizerUserId=organizerUserId", "subject=subject"]);
}

#[test]
fn what_was_typed_goes_before_every_name() {
    let header = "Nr,Who,Session title,Subject,Title";
    let typed = ["externalId=Nr", "organizerUserId = who", "title=Session  Title"];
    assert_eq!(read(header, &typed), ["externalId=Nr", "organizerUserId=Who", "subject=Session title"]);
    // A column that is named has lost the meaning of its own name.
    let typed = ["externalId=Subject", "organizerUserId=Who", "subject=Title"];
    assert_eq!(read("Subject,Who,Title", &typed), ["externalId=Subject", "organizerUserId=Who", "subject=Title"]);
    let typed = ["externalId=Subject", "organizerUserId=Who"];
    assert_eq!(read("Subject,Who", &typed), ["externalId=Subject", "organizerUserId=Who"]);
    // One column may be named for two meanings.
    let typed = ["externalId=Code", "organizerUserId=Who", "subject=Code"];
    assert_eq!(read("Code,Who", &typed), ["externalId=Code", "organizerUserId=Who", "subject=Code"]);
}

#[test]
fn a_map_that_cannot_be_is_refused_in_words_that_help() {
    let header = "externalId,Sesion title,Notes,Notes";
    for (map, message) in [
        (
            &["subject=Session title"][..],
            "--map subject=\"Session title\": the sheet has no such column; the nearest is 'Sesion title'",
        ),
        (
            &["subject=Q"],
            "--map subject=\"Q\": the sheet has no such column; the header has externalId, Sesion title, Notes, Notes",
        ),
        (&["subject=Notes"], "--map subject=\"Notes\": columns 3 and 4 are both called so: rename one"),
        (
            &["subject=Notes", "Title=Sesion title"],
            "--map subject=\"Notes\": columns 3 and 4 are both called so: rename one; --map names two columns for \
             subject: leave one out",
        ),
        (
            &["start=Sesion title", "startTime=externalId", "externalId=externalId"],
            "columns 2 ('Sesion title') and 1 ('externalId') both say when it begins: leave out the --map of all but one",
        ),
        (
            &["subject"],
            "--map 'subject' must be NAME=COLUMN, like subject=\"Session title\": what the column means, then the sheet's own name for it",
        ),
        (&["subject= "], "--map 'subject= ' names no column: write the sheet's own name after the ="),
        (
            &["room=Notes"],
            "--map 'room=Notes': 'room' is none of the columns that have a meaning, which are externalId, \
             organizerUserId, subject, startDateTime, startDate, startTime, endDateTime, endDate, endTime, duration, \
             timeZone, attendees, presenters, coorganizers, chatThreadId, and the settings, which convoke columns shows",
        ),
        (
            &["lobbyByPasScope=Notes"],
            "--map 'lobbyByPasScope=Notes': 'lobbyByPasScope' is none of the columns that have a meaning, which are \
             externalId, organizerUserId, subject, startDateTime, startDate, startTime, endDateTime, endDate, endTime, \
             duration, timeZone, attendees, presenters, coorganizers, chatThreadId, and the settings, which convoke columns \
             shows; the nearest is lobbyBypassScope",
        ),
    ] {
        assert_eq!(refusal(header, map), message);
    }
}

#[test]
fn a_header_that_cannot_work_is_refused_in_words_that_help() {
    for (header, message) in [
        (
            "externalld,organizerUserId",
            "there is no column externalId; the nearest is 'externalld': rename it, or say --map \
             externalId=\"externalld\"",
        ),
        (
            "a,b",
            "there is no column externalId; the header has a, b: add it, or say which of these it is with --map \
             externalId=…",
        ),
        (
            "externalId,External ID",
            "columns 1 ('externalId') and 2 ('External ID') both mean externalId: rename or remove one",
        ),
        (
            "externalId,Title,Topic,Subject",
            "columns 2 ('Title'), 3 ('Topic') and 4 ('Subject') all mean subject: rename or remove one, or say which is \
             meant, like --map subject=\"Title\"",
        ),
        (
            "externalId,Date,Start,Start time,Title,Topic",
            "columns 5 ('Title') and 6 ('Topic') both mean subject: rename or remove one, or say which is meant, like \
             --map subject=\"Title\"; columns 3 ('Start') and 4 ('Start time') both say when it begins: rename or \
             remove one, or say which is meant, like --map startDateTime=\"Start\"",
        ),
        (
            "externalId,Start,Duration (hours)",
            "column 3 ('Duration (hours)') counts hours, and a duration is read in minutes: rename it to duration, and \
             write 90 or 1:30 for an hour and a half",
        ),
    ] {
        assert_eq!(refusal(header, &[]), message);
    }
    let message = columns(&["Sesion ID", "who"], false, &[]).expect_err("a refusal").to_string();
    assert_eq!(
        message,
        "there is no column externalId; the nearest is 'Sesion ID': rename it, or say --map externalId=\"Sesion ID\"; \
         there is no column organizerUserId; the header has Sesion ID, who: add it, or say which of these it is with \
         --map organizerUserId=… (or use --me to make every meeting the signed-in user's)"
    );
}

#[test]
fn a_duration_in_hours_passes_where_the_end_is_known_or_it_was_asked_for() {
    let of = |header: &str, map: &[&str]| read(&format!("externalId,organizerUserId,{header}"), map)[2..].to_vec();
    assert_eq!(of("Start,End,Duration (hours)", &[]), ["startDateTime=Start", "endDateTime=End"]);
    assert_eq!(of("Start,Duration (h)", &["duration=Duration (h)"]), ["startDateTime=Start", "duration=Duration (h)"]);
}

#[test]
fn a_slip_of_the_finger_is_noticed_and_not_read() {
    let header = ["externalId", "Strat time", "Sbject", "tittle", "room", "note", "Tite"];
    let columns = columns(&header, true, &[]).expect("a header");
    assert_eq!(columns.index(Column::StartDateTime), None);
    let doubtful: Vec<_> = columns.doubtful().into_iter().map(|(own, column)| (own, column.name())).collect();
    assert_eq!(doubtful, [("Strat time", "startTime"), ("Sbject", "subject"), ("tittle", "subject")]);
}

#[test]
fn the_right_delimiter_makes_the_most_sense_of_a_header() {
    let sheets = [
        ("externalId;organizerUserId;subject;note", ';'),
        ("ID,Host email,Title,Start time", ','),
        ("externalId\torganizerUserId\tAttendees, Guests\tSubject", '\t'),
        ("subject;;;", ';'),
        ("id|owner|date", '|'),
    ];
    for (header, right) in sheets {
        let of = |delimiter: char| {
            let cells: Vec<&str> = header.split(delimiter).collect();
            score(&ByteRecord::from(cells), false, &[])
        };
        let wrong = [',', ';', '\t', '|'].into_iter().filter(|delimiter| *delimiter != right);
        assert!(wrong.map(of).all(|score| score < of(right)), "{header}");
    }
    let scored = |header: &[&str], map: &[Mapped]| score(&ByteRecord::from(header), true, map);
    assert_eq!(scored(&["Nr", "Title", "room"], &[]), Score { is_complete: false, known: 1 });
    let map = [(Column::ExternalId, "Nr".to_owned())];
    assert_eq!(scored(&["Nr", "Title", "room"], &map), Score { is_complete: true, known: 2 });
}

#[test]
fn settings_are_columns_by_their_names_in_graph_and_in_teams() {
    assert_eq!(
        read(
            "externalId,Host email,Lobby,Who can present,joinMeetingIdSettings.isPasscodeRequired,Rec",
            &["recordAutomatically=Rec"]
        )[2..],
        [
            "lobbyBypassScope=Lobby",
            "allowedPresenters=Who can present",
            "recordAutomatically=Rec",
            "requirePasscode=joinMeetingIdSettings.isPasscodeRequired",
        ]
    );
    assert_eq!(
        refusal("externalId,requirePasscode,Passcode required", &[]),
        "columns 2 ('requirePasscode') and 3 ('Passcode required') both mean requirePasscode: rename or remove one, or say \
         which is meant, like --map requirePasscode=\"requirePasscode\""
    );
    let columns = columns(&["externalId", "recordAutomaticaly", "hobby"], true, &[]).expect("a header");
    assert_eq!(
        columns.doubtful(),
        [("recordAutomaticaly", Column::Setting(crate::meeting::Setting::RecordAutomatically))]
    );
}
