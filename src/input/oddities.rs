//! What spreadsheet programs and the way to here make of a cell, though somebody had written it well.

use super::flaw::Wrong;
use super::names::Column;
use super::workbook::UNCALCULATED;

/// How many `#` Excel shows at least where a column is too narrow.
const HASHES_MIN: usize = 3;
/// How long the character is, in bytes, that stands for one that was lost.
pub(super) const LOST_LEN: usize = char::REPLACEMENT_CHARACTER.len_utf8();
/// The kind of warning about a subject that may have swallowed something.
const LINES: &str = "a subject of several lines";

/// Whether the cell is nothing but what Excel shows where a column is too narrow.
pub(super) fn is_hashes(cell: &[u8]) -> bool {
    cell.len() >= HASHES_MIN && cell.iter().all(|byte| *byte == b'#')
}

/// What is wrong with a cell that has an error of Excel in place of its value.
pub(super) fn error(text: &str) -> Wrong {
    if is_hashes(text.as_bytes()) {
        let mend = "make the column wider in Excel, so that it shows the value, and save the sheet again";
        return Wrong::new("a cell that was too narrow for its value", mend)
            .saying("Excel showed these signs in place of the value, and has saved them");
    }
    if text == UNCALCULATED {
        let mend = "open the workbook in Excel, look that the cell shows what it should, and save it";
        return Wrong::new("a formula that was never calculated", mend)
            .saying("the cell has a formula, and the program that saved the workbook did not calculate it");
    }
    let mend = "mend the formula, or write what the cell should say";
    Wrong::new("an error of Excel in place of a value", mend)
}

/// An id or a time in which a character was lost is another one. A name may have lost one: nothing depends on it.
pub(super) fn lost(column: Column, text: &str) -> Option<Wrong> {
    let free = [Column::Subject, Column::Attendees, Column::Presenters, Column::Coorganizers];
    let place = text.find(char::REPLACEMENT_CHARACTER).filter(|_| !free.contains(&column))?;
    let mend = "write the cell anew; if it is the last of the file, the end of the file is missing: fetch it again";
    Some(
        Wrong::new("a character that was lost", mend)
            .saying("a character was lost here before the sheet came here")
            .of_part(place..place + LOST_LEN),
    )
}

/// An id of many digits that Excel has shortened: `1.23457E+11`. The digits are gone, and many ids become one.
pub(super) fn shortened(text: &str) -> Option<Wrong> {
    let (digits, power) = text.split_once(['E', 'e'])?;
    let power = power.strip_prefix(['+', '-'])?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    if !is_number(power) || !is_number(fraction) || !is_number(whole.strip_prefix('-').unwrap_or(whole)) {
        return None;
    }
    let mend = "in Excel, format the column as Text (Ctrl+1), write the id anew with all its digits, and save the sheet \
                again";
    Some(
        Wrong::new("an externalId that Excel has shortened", mend)
            .saying("Excel has made a number of the id and kept only its first digits"),
    )
}

/// A subject that a quotation mark too few or too many has cut, or filled with the rows below it.
pub(super) fn subject(text: &str) -> Option<Wrong> {
    let lines = text.lines().count();
    if lines > 1 {
        let mend = "if other rows are in it, a quotation mark is missing or one too many: correct that; otherwise put it on \
                    one line";
        return Some(Wrong::new(LINES, mend).saying(format!("the subject runs over {lines} lines")));
    }
    let mark = text.rfind('"').filter(|_| text.matches('"').count() % 2 == 1)?;
    let mend = "if the subject is to have quotation marks, write each of them twice in the file, and one more around all \
                of it; otherwise remove it";
    Some(
        Wrong::new("a quotation mark without its partner", mend)
            .saying("the quotation marks of the subject do not come in pairs, and one of them may have been lost")
            .of_part(mark..mark + 1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_in_scientific_notation_is_known_by_its_sign_and_nothing_else_is_taken_for_one() {
        for id in ["1.23457E+11", "4,2E+11", "4E+11", "1.2e-05", "-1.5E+10"] {
            assert!(shortened(id).is_some(), "{id}");
        }
        for id in ["00012", "4E11", "12E", "MATH-1E+2", "1.2.3E+4", "E+11", "1E+", "1.E+2", "CE-101", "2027E-A"] {
            assert!(shortened(id).is_none(), "{id}");
        }
    }

    #[test]
    fn a_cell_of_hashes_alone_is_what_excel_shows_in_a_narrow_column() {
        assert!(is_hashes(b"########") && is_hashes(b"###"));
        assert!(!is_hashes(b"##") && !is_hashes(b"#1") && !is_hashes(b"") && !is_hashes(b"###1"));
    }
}
