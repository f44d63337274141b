//! Every value that Graph has is read however it is written, and every other text is told with all that Graph has.

use proptest::prelude::*;

use super::*;
use crate::input::{Flaw, Reading, Row, Rows, Source};
use crate::meeting::{Meeting, Settings};

/// The words that a setting of this kind may be.
fn words(setting: Setting) -> &'static [&'static str] {
    match setting.kind() {
        Kind::Choice(all) | Kind::Some(all) => all,
        Kind::Truth => &TRUTHS,
        Kind::Text => &[],
    }
}

fn rows(sheet: &str, settings: Settings, plain_create: bool) -> Vec<Row> {
    let reading = Reading { me: true, settings, plain_create, ..Reading::default() };
    let rows = Rows::open(Source::of(sheet), reading).expect("a header");
    rows.map(|row| row.expect("a row")).collect()
}

fn meeting(sheet: &str) -> Result<Meeting, Vec<Flaw>> {
    rows(sheet, Settings::default(), true).remove(0).meeting
}

fn told(setting: Setting, text: &str) -> String {
    let wrongs = read(setting, text).expect_err(text);
    let told = wrongs.into_iter().map(|wrong| format!("{}; {}", wrong.what.unwrap_or_default(), wrong.mend));
    told.collect::<Vec<_>>().join("; ")
}

#[test]
fn the_columns_of_settings_are_called_as_the_settings_and_by_their_places_in_graphs_resource() {
    for setting in Setting::ALL {
        assert_eq!(entry(setting).name, setting.name());
        for name in [setting.name().to_owned(), setting.path().join(".")] {
            assert_eq!(word(&name), Some(Word::Clear(Column::Setting(setting))), "{name}");
        }
        for value in words(setting).iter().filter(|_| setting.kind() != Kind::Truth) {
            assert!(entry(setting).holds.contains(&format!("`{value}`")), "{value}: {}", entry(setting).holds);
        }
        assert_eq!(entry(setting).holds.contains("--plain-create"), !setting.is_updatable(), "{}", setting.name());
    }
}

#[test]
fn yes_and_no_are_read_in_the_words_of_four_languages_and_of_their_spreadsheet_programs() {
    for setting in Setting::ALL.into_iter().filter(|setting| setting.kind() == Kind::Truth) {
        for (texts, value) in [(&YES[..], "true"), (&NO, "false"), (&["SÍ", "Si\u{301}", "WAHR", "Oui"], "true")] {
            for text in texts {
                assert_eq!(read(setting, text).as_deref(), Ok(value), "{text}");
                assert_eq!(read(setting, &text.to_uppercase()).as_deref(), Ok(value), "{text}");
            }
        }
        for text in ["-1", "1.0", "10", "yes?", "!no", "yes or no", "2", "maybe", "-", "(1)", "null", "everyone"] {
            let told = told(setting, text);
            assert!(TRUTHS.iter().all(|word| told.contains(word)), "{told}");
        }
    }
}

#[test]
fn a_value_that_graph_does_not_have_is_told_with_all_that_it_has_and_the_nearest() {
    for (setting, text, wanted) in [
        (
            Setting::AllowedPresenters,
            "evryone",
            "Graph has no 'evryone' for allowedPresenters; write everyone, organization, roleIsPresenter or organizer; the \
             nearest is everyone",
        ),
        (
            Setting::LobbyBypassScope,
            "Room 4",
            "Graph has no 'Room 4' for lobbyBypassScope; write organizer, organization, organizationAndFederated, everyone, \
             invited or organizationExcludingGuests",
        ),
        (
            Setting::RecordAutomatically,
            "yess",
            "Graph has no 'yess' for recordAutomatically; write yes or no (or true or false, 1 or 0, on or off); the nearest \
             is yes",
        ),
        (
            Setting::AnonymizeIdentityForRoles,
            "attendee; guest",
            "Graph has no 'guest' for anonymizeIdentityForRoles; write one or more of attendee, presenter, coorganizer or \
             producer, or none",
        ),
        (
            Setting::MeetingSpokenLanguageTag,
            "English",
            "'English' is no tag of a language (BCP 47); write one like de-DE, pt-BR or ja",
        ),
        (
            Setting::SensitivityLabelId,
            "Confidential",
            "'Confidential' is no id of a sensitivity label, which is a GUID; write the label's id as Microsoft Purview has \
             it, like 6b1e0000-0000-4000-8000-000000000001",
        ),
    ] {
        assert_eq!(told(setting, text), wanted);
    }
}

#[test]
fn a_list_of_roles_is_in_graphs_order_and_none_is_none() {
    for (text, value) in [
        ("attendee", "attendee"),
        ("Co-organizer, ATTENDEE", "attendee,coorganizer"),
        ("presenter;attendee\npresenter;;", "attendee,presenter"),
        ("attendee\tproducer", "attendee,producer"),
        ("None", ""),
    ] {
        assert_eq!(read(Setting::AnonymizeIdentityForRoles, text).as_deref(), Ok(value), "{text}");
    }
    let sheet = "externalId,anonymizeIdentityForRoles\nA,\" boss; attendee,guest\"\n";
    let flaws = meeting(sheet).expect_err("two flaws");
    let parts: Vec<_> = flaws.iter().map(|flaw| (flaw.value.as_str(), flaw.part.clone())).collect();
    assert_eq!(parts, [("boss", 1..5), ("guest", 16..21)]);
    for text in [";", " , ", "none; attendee", "attendee presenter", "unknownFutureValue"] {
        assert!(read(Setting::AnonymizeIdentityForRoles, text).is_err(), "{text}");
    }
}

#[test]
fn a_tag_and_a_guid_are_written_in_their_usual_case() {
    for (text, value) in [("de-de", "de-DE"), ("JA", "ja"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")] {
        assert_eq!(read(Setting::MeetingSpokenLanguageTag, text).as_deref(), Ok(value));
    }
    for text in
        ["english", "en_US", "en-", "-en", "e", "en--US", "en-x", "en-verylongpart", "12", "dé", "a-b-c-d-e-f-g"]
    {
        assert!(read(Setting::MeetingSpokenLanguageTag, text).is_err(), "{text}");
    }
    let id = "6B1E0000-0000-4000-8000-000000000001";
    for text in [id.to_owned(), format!("{{{id}}}")] {
        assert_eq!(read(Setting::SensitivityLabelId, &text), Ok(id.to_ascii_lowercase()));
    }
}

#[test]
fn a_cell_goes_before_what_was_said_for_all_rows_and_an_empty_one_asks_for_nothing() {
    let defaults = [(Setting::LobbyBypassScope, "invited"), (Setting::AllowRecording, "false")];
    let defaults: Settings = defaults.map(|(setting, value)| (setting, value.to_owned())).into_iter().collect();
    let sheet =
        "externalId,lobby,Who can present,lobbyBypassSettings.isDialInBypassEnabled\nA,Everyone,\u{a0},ja\nB,,,\n";
    let cells = |settings: Settings| {
        let rows = rows(sheet, settings, false).into_iter();
        rows.map(|row| row.meeting.expect("no flaws").settings.to_string()).collect::<Vec<_>>()
    };
    let wanted = "lobbyBypassScope=everyone; isDialInBypassEnabled=true";
    assert_eq!(cells(Settings::default()), [wanted, ""]);
    assert_eq!(
        cells(defaults),
        [format!("{wanted}; allowRecording=false"), "lobbyBypassScope=invited; allowRecording=false".to_owned()]
    );
}

#[test]
fn what_no_update_can_change_needs_a_plain_create() {
    for setting in Setting::ALL {
        let value = match (words(setting), setting) {
            ([first, ..], _) => first,
            (_, Setting::SensitivityLabelId) => "6b1e0000-0000-4000-8000-000000000001",
            _ => "de-DE",
        };
        let sheet = format!("externalId,{0}\nA,{value}\nB,\n", setting.name());
        for plain_create in [false, true] {
            let mut rows = rows(&sheet, Settings::default(), plain_create);
            assert!(rows[1].meeting.is_ok(), "an empty cell asks for nothing");
            match rows.remove(0).meeting {
                Ok(meeting) => {
                    assert!(setting.is_updatable() || plain_create);
                    assert!(meeting.settings.get(setting).is_some());
                }
                Err(flaws) => {
                    assert!(!setting.is_updatable() && !plain_create);
                    let [flaw] = &flaws[..] else { panic!("{flaws:?}") };
                    assert_eq!((flaw.kind, flaw.cell, flaw.value.as_str()), (TOO_LATE, Some(1), value));
                    assert!(flaw.mend.contains("--plain-create"), "{flaw}");
                }
            }
            let typed = parse_set(&format!("{}={value}", setting.name()), plain_create);
            assert_eq!(typed.is_ok(), setting.is_updatable() || plain_create);
        }
    }
}

#[test]
fn what_was_typed_for_all_rows_is_refused_in_words_that_help() {
    for (typed, words) in [
        ("recordAutomatically", "must be NAME=VALUE, like recordAutomatically=yes"),
        ("lobby=", "--set 'lobby=' says nothing after the =: write organizer, organization, organizationAndFederated"),
        (
            "lobby=all",
            "--set lobbyBypassScope=all: Graph has no 'all' for lobbyBypassScope; write organizer, organization",
        ),
        ("subject=Term", "'subject' is none of the settings, which are lobbyBypassScope, isDialInBypassEnabled"),
        ("recordAutomaticaly=yes", "sensitivityLabelId; the nearest is recordAutomatically"),
        ("anonymizeIdentityForRoles=boss,lord", "Graph has no 'lord' for"),
        ("requirePasscode=yes", "say --plain-create too, or leave it out"),
    ] {
        let refusal = parse_set(typed, false).expect_err(typed).to_string();
        assert!(refusal.starts_with("--set ") && refusal.contains(words), "{refusal}");
    }
    let typed = parse_set(" Who can present = role-is-presenter ", false).expect("a setting");
    assert_eq!(typed, (Setting::AllowedPresenters, "roleIsPresenter".to_owned()));
    assert!(parse_set("passcode required=1", true).is_ok());
}

/// The same word as somebody else may write it.
fn rewritten(word: &str, noise: &[(bool, &'static str)]) -> String {
    let written = word.chars().zip(noise.iter().cycle()).map(|(c, (upper, before))| {
        let c = if *upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        format!("{before}{c}")
    });
    written.collect()
}

proptest! {
    #[test]
    fn every_value_that_graph_has_is_read_in_any_case_with_any_spaces_and_comes_out_in_its_spelling(
        noise in prop::collection::vec(
            (any::<bool>(), prop::sample::select(vec!["", "", " ", "_", "-", ".", "/", " (", "\u{a0}", ": ", "'"])),
            1..20,
        )
    ) {
        for setting in Setting::ALL.into_iter().filter(|setting| setting.kind() != Kind::Truth) {
            for word in words(setting) {
                let text = rewritten(word, &noise);
                prop_assert_eq!(read(setting, &text), Ok((*word).to_owned()), "{}", text);
            }
        }
    }

    #[test]
    fn any_other_text_is_a_flaw_that_shows_it_and_names_all_that_graph_has(
        text in prop_oneof!["[^;,\t\r\n\u{b}\u{c}]{1,40}", "[a-zA-Z -]{1,30}", "(every|organ|enabl|ye|pre)[a-z]{1,5}"]
    ) {
        let text = text.trim_matches(is_blank);
        for setting in Setting::ALL.into_iter().filter(|_| !text.is_empty()) {
            match (read(setting, text), setting.kind()) {
                (Ok(value), Kind::Choice(all) | Kind::Some(all)) => {
                    prop_assert!(all.contains(&value.as_str()) || value.is_empty() && fold(text) == NOBODY, "{}", text);
                    prop_assert!(value.is_empty() || fold(&value) == fold(text));
                }
                (Ok(value), Kind::Truth) => prop_assert!(matches!(value.as_str(), "true" | "false"), "{}", text),
                (Ok(value), Kind::Text) => prop_assert!(value.eq_ignore_ascii_case(text) || object_id(text).is_some()),
                (Err(wrongs), _) => {
                    let [wrong] = &wrongs[..] else { panic!("{wrongs:?}") };
                    prop_assert!(wrong.what.as_ref().is_some_and(|what| what.contains(&shown(text))), "{:?}", wrong);
                    prop_assert!(words(setting).iter().all(|word| wrong.mend.contains(word)), "{:?}", wrong);
                }
            }
        }
    }

    #[test]
    fn nothing_that_is_in_a_cell_or_typed_makes_it_panic(text in ".{0,60}", name in ".{0,20}") {
        for setting in Setting::ALL {
            for wrong in read(setting, &text).err().into_iter().flatten() {
                prop_assert!(wrong.part.is_none_or(|part| text.get(part).is_some_and(|part| !part.is_empty())));
            }
            let _ = parse_set(&format!("{}={text}", setting.name()), false);
        }
        let _ = (parse_set(&text, false), parse_set(&format!("{name}={text}"), true));
    }
}
