//! Rows that ask for one meeting must ask for the same.

use super::columns::Columns;
use super::flaw::{Flaw, Wrong, shown};
use super::names::Column;
use crate::meeting::{Meeting, graph_time};

/// The kind of flaw that is found here.
pub const CONFLICT: &str = "a row asks for the meeting of an earlier record with other details";

/// What is wrong with a row that asks for the meeting of an earlier record with another subject or other times; nothing
/// if it does not. What a row leaves empty it does not ask for.
pub fn conflicts(meeting: &Meeting, first: &Meeting, first_record: u64, columns: &Columns) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut compare = |column, asked: Option<String>, had: Option<String>| {
        if let Some(asked) = asked.filter(|asked| had.as_ref() != Some(asked)) {
            let had = had.map_or("none".to_owned(), |had| format!("'{}'", shown(&had)));
            let mend = format!(
                "make it the same, or give this row an externalId of its own: record {first_record} asked for this \
                 meeting first, and Graph keeps one for each organizer and externalId"
            );
            let wrong = Wrong::new(CONFLICT, mend)
                .saying(format!("record {first_record} has {had} here, with the same organizer and externalId"));
            flaws.push(wrong.in_cell(columns.index(column), columns.name(column), 0, &asked));
        }
    };
    compare(Column::Subject, meeting.subject.clone(), first.subject.clone());
    let times = |meeting: &Meeting| [meeting.span.start(), meeting.span.end()].map(|time| time.map(graph_time));
    let ([start, end], [first_start, first_end]) = (times(meeting), times(first));
    compare(Column::StartDateTime, start, first_start);
    compare(Column::EndDateTime, end, first_end);
    flaws
}
