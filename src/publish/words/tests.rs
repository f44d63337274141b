//! What people read, language by language.

use super::*;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn words(language: &str) -> Words {
    Words::new(Some(language), None).expect("a language")
}

/// The parts, told in Berlin.
fn in_berlin(words: &Words, start: &str, end: &str) -> [String; 5] {
    let berlin = zone("Europe/Berlin");
    let texts = words.texts(instant(start), Some(instant(end)), Some(("Europe/Berlin", &berlin)));
    let Texts { date, start, end, zone, duration } = texts;
    [date, start, end, zone, duration]
}

#[test]
fn each_language_tells_the_date_and_the_time_in_its_own_way() {
    let mut others = Vec::new();
    for (language, date, start, end) in [
        ("en", "Wednesday, February 3, 2027", "9:00 AM", "2:30 PM"),
        ("en-US", "Wednesday, February 3, 2027", "9:00 AM", "2:30 PM"),
        ("en-GB", "Wednesday, 3 February 2027", "09:00", "14:30"),
        ("de-DE", "Mittwoch, 3. Februar 2027", "09:00", "14:30"),
        ("fr", "mercredi 3 février 2027", "09:00", "14:30"),
        ("es", "miércoles, 3 de febrero de 2027", "09:00", "14:30"),
        ("it", "mercoledì 3 febbraio 2027", "09:00", "14:30"),
        ("nl", "woensdag 3 februari 2027", "09:00", "14:30"),
        ("sv", "onsdag 3 februari 2027", "09:00", "14:30"),
        ("pl", "środa, 3 lutego 2027", "09:00", "14:30"),
        ("pt-BR", "quarta-feira, 3 de fevereiro de 2027", "09:00", "14:30"),
        ("ja", "2027年2月3日水曜日", "9:00", "14:30"),
        ("zh", "2027年2月3日星期三", "09:00", "14:30"),
        ("zh-TW", "2027年2月3日星期三", "上午9:00", "下午2:30"),
        ("ar", "الأربعاء، 3 فبراير 2027", "9:00 ص", "2:30 م"),
        ("ar-SA-u-nu-latn", "الأربعاء، 3 فبراير 2027", "9:00 ص", "2:30 م"),
        ("tr", "3 Şubat 2027 Çarşamba", "09:00", "14:30"),
        ("el", "Τετάρτη 3 Φεβρουαρίου 2027", "9:00 π.μ.", "2:30 μ.μ."),
        ("th", "วันพุธที่ 3 กุมภาพันธ์ ค.ศ. 2027", "09:00", "14:30"),
    ] {
        let words = words(language);
        assert!(words.is_known(), "{language}");
        let texts = in_berlin(&words, "2027-02-03T08:00:00Z", "2027-02-03T13:30:00Z");
        if texts != [date, start, end, "Europe/Berlin (UTC+1)", "5 h 30 min"] {
            others.push((language, texts));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn without_a_language_it_is_english_that_cannot_be_taken_for_another_day() {
    for words in [Words::new(None, None), Words::new(Some("tlh"), None), Words::new(Some("und"), None)] {
        let texts = in_berlin(&words.expect("words"), "2027-02-03T08:00:00Z", "2027-02-03T13:30:00Z");
        assert_eq!(texts[..3], ["Wednesday, 3 February 2027", "09:00", "14:30"]);
    }
    assert!(!words("tlh").is_known());
    assert!(Words::new(None, None).expect("words").is_known());
}

#[test]
fn what_is_no_tag_is_refused_with_one_that_is() {
    for tag in ["", "d", "german language", "de_DE.UTF-8", "de;q=1", "-", "de--DE"] {
        let said = Words::new(Some(tag), None).err().map(|why| why.to_string()).unwrap_or_default();
        assert!(said.contains("write one like de-DE"), "{tag}: {said}");
    }
}

#[test]
fn an_end_on_another_day_says_its_date_and_one_at_another_offset_says_that() {
    for (language, start, end, told) in [
        ("en-GB", "2027-02-03T22:30:00Z", "2027-02-03T23:15:00Z", "Thursday, 4 February 2027 at 00:15"),
        ("de", "2027-02-03T22:30:00Z", "2027-02-03T23:15:00Z", "Donnerstag, 4. Februar 2027 um 00:15"),
        ("de", "2027-02-03T22:30:00Z", "2027-02-03T22:45:00Z", "23:45"),
        ("de", "2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "03:30 (UTC+2)"),
        ("de", "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "02:30 (UTC+1)"),
    ] {
        assert_eq!(in_berlin(&words(language), start, end)[2], told, "{language} {end}");
    }
    let summer = in_berlin(&words("de"), "2027-07-14T08:00:00Z", "2027-07-14T09:00:00Z");
    assert_eq!(summer[3], "Europe/Berlin (UTC+2)");
}

#[test]
fn the_zone_asked_for_goes_before_the_rows_own_and_that_before_utc() {
    let (start, berlin) = (instant("2027-02-03T23:30:00Z"), zone("Europe/Berlin"));
    let kolkata = ("Asia/Kolkata".to_owned(), zone("Asia/Kolkata"));
    let asked = Words::new(None, Some(kolkata)).expect("words").texts(start, None, Some(("Europe/Berlin", &berlin)));
    assert_eq!((&*asked.date, &*asked.start), ("Thursday, 4 February 2027", "05:00"));
    assert_eq!((&*asked.zone, &*asked.end, &*asked.duration), ("Asia/Kolkata (UTC+5:30)", "", ""));
    let words = words("en-GB");
    assert_eq!(words.texts(start, None, None).zone, "UTC");
    for (name, zone, told) in [
        ("Europe/London", zone("Europe/London"), "Europe/London (UTC)"),
        ("America/St_Johns", zone("America/St_Johns"), "America/St_Johns (UTC-3:30)"),
        ("+01:00", TimeZone::fixed(Offset::constant(1)), "UTC+1"),
        ("-09:30", TimeZone::fixed(Offset::from_seconds(-34_200).expect("an offset")), "UTC-9:30"),
        ("Etc/GMT-5", zone("Etc/GMT-5"), "UTC+5"),
        ("UTC", TimeZone::UTC, "UTC"),
    ] {
        assert_eq!(words.texts(start, None, Some((name, &zone))).zone, told);
    }
}

#[test]
fn a_duration_is_told_in_units_that_need_no_language() {
    for (seconds, told) in [
        (5400, "1 h 30 min"),
        (3600, "1 h"),
        (2700, "45 min"),
        (0, "0 min"),
        (90, "1 min 30 s"),
        (86_400 * 3, "72 h"),
        (-60, "0 min"),
    ] {
        assert_eq!(duration(TimeDelta::seconds(seconds)), told);
    }
}

#[test]
fn no_text_has_a_space_that_is_a_box_elsewhere_or_a_mark_of_direction() {
    for language in ["en-US", "fr", "fr-CA", "ar", "ar-EG", "he", "fa", "ur", "bg", "uz", "ka", "sw"] {
        for text in in_berlin(&words(language), "2027-02-03T22:30:00Z", "2027-02-03T23:15:00Z") {
            let odd = |c: char| c.is_whitespace() && c != ' ' || super::super::text::is_bidi(c);
            assert!(!text.is_empty() && !text.contains(odd), "{language}: {text:?}");
        }
    }
}

#[test]
fn every_instant_that_graph_can_say_has_a_text() {
    for start in ["0001-01-01T00:00:00Z", "9999-12-30T12:00:00Z", "1970-01-01T00:00:00Z"] {
        assert!(in_berlin(&words("de"), start, start).iter().all(|text| !text.is_empty()), "{start}");
    }
    assert_eq!(words("de").texts(DateTime::<Utc>::MAX_UTC, None, None), Texts::default());
}
