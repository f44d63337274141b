//! A sheet to start from: rows that a person recognises and writes over.

use jiff::civil::{Date, Weekday, date};

/// The columns that most sheets have.
const HEADER: [&str; 8] =
    ["externalId", "organizerUserId", "subject", "startDateTime", "endDateTime", "timeZone", "attendees", "presenters"];
/// Like what Entra shows; nobody's.
const ORGANIZER: &str = "6b1e0000-0000-4000-8000-000000000001";

/// The example sheet, its meetings in `year`.
pub fn template(year: i32, delimiter: u8) -> String {
    let year = i16::try_from(year).unwrap_or(i16::MAX).min(9999);
    let tuesday = |month, number| -> Date {
        let day = date(year, month, 1).nth_weekday_of_month(number, Weekday::Tuesday);
        day.expect("every month has two Tuesdays")
    };
    let [lecture, next, talk] = [tuesday(2, 1), tuesday(2, 2), tuesday(6, 1)];
    let rows = [
        HEADER.map(str::to_owned),
        [
            "MATH101-L01",
            ORGANIZER,
            "Linear Algebra: lecture 1",
            &format!("{lecture}T09:15"),
            &format!("{lecture}T10:45"),
            "Europe/Berlin",
            "Ada Lind <ada.lind@contoso.example>; bo@contoso.example",
            "",
        ]
        .map(str::to_owned),
        [
            "MATH101-L02",
            ORGANIZER,
            "Linear Algebra: lecture 2",
            &format!("{next}T09:15"),
            &format!("{next}T10:45"),
            "Europe/Berlin",
            "ada.lind@contoso.example",
            "",
        ]
        .map(str::to_owned),
        [
            "CONF-KEYNOTE",
            ORGANIZER,
            "Opening keynote",
            &format!("{talk}T13:00:00Z"),
            &format!("{talk}T14:00:00Z"),
            "",
            "bo@contoso.example",
            "Cy Moreau <cy.moreau@contoso.example>",
        ]
        .map(str::to_owned),
    ];
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("memory takes everything");
    }
    String::from_utf8(writer.into_inner().expect("memory takes everything")).expect("it was text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Reading, Rows, Source, delimiter_named};
    use crate::meeting::Span;

    #[test]
    fn every_row_passes_as_it_is_in_every_year() {
        for year in 2026..=2046 {
            let (sheet, reading) = (template(year, b','), Reading::default());
            let rows: Vec<_> = Rows::open(Source::of(sheet), reading).expect("a header").collect();
            assert_eq!(rows.len(), 3);
            for row in rows {
                let meeting = row.expect("a row").meeting.expect("no flaws");
                assert!(matches!(meeting.span, Span::Between(start, end) if start < end));
                assert!(meeting.subject.is_some() && !meeting.attendees.is_empty());
            }
        }
    }

    #[test]
    fn the_cells_are_the_same_whatever_separates_them() {
        let cells = |delimiter: u8| {
            let sheet = template(2027, delimiter);
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(sheet.as_bytes());
            reader.records().map(|record| record.expect("a record")).collect::<Vec<_>>()
        };
        assert_eq!(cells(b',')[0], HEADER.to_vec());
        for typed in [";", "tab", "BAR"] {
            assert_eq!(cells(delimiter_named(typed).expect("a delimiter")), cells(b','), "{typed}");
        }
        assert!(delimiter_named(":").expect_err("a refusal").to_string().contains("semicolon"));
    }
}
