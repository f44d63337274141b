//! Offsets from UTC after a time of day. What may be the end of a meeting is not taken for one.

use jiff::tz::Offset;

use super::cursor::{Cursor, Number};
use crate::input::flaw::Wrong;

/// No clock is further from UTC than this, in hours.
const OFFSET_HOURS_MAX: u32 = 14;

/// Reads the offset that is next. `plain` says that what precedes can be no beginning of a range, as in `9:00-10:30`.
pub(super) fn read(cursor: &mut Cursor<'_>, plain: bool) -> Result<Option<Offset>, Wrong> {
    let begin = cursor.at();
    let mut ahead = cursor.clone();
    let spaced = ahead.space();
    let begin = begin + usize::from(spaced) * (ahead.at() - begin);
    if ahead.eat_word(&["z"]).is_some() {
        *cursor = ahead;
        return Ok(Some(Offset::UTC));
    }
    let named = ahead.eat_word(&["utc", "gmt"]).is_some();
    let Some(sign) = ahead.eat(&['+', '-', '\u{2212}']) else {
        if named {
            *cursor = ahead;
        }
        return Ok(named.then_some(Offset::UTC));
    };
    let Some(hours) = ahead.number() else { return Ok(None) };
    if sign != '+' && !plain && !named {
        return Err(Wrong::new(
            "a time with an offset that may be an end",
            "write a T between date and time if it is an offset, like 2027-02-03T09:00-05:00; write the end in a column \
             of its own if it is the end",
        )
        .saying(format!("'{}' may be an offset from UTC or the end of the meeting", &ahead.text()[begin..].trim()))
        .of_part(begin..ahead.text().len()));
    }
    let minutes = if ahead.eat(&[':']).is_some() { ahead.number() } else { None };
    let part = ahead.since(begin);
    let digits = (hours.len(), minutes.as_ref().map_or(0, Number::len));
    let (hours, minutes) = match digits {
        (2, 2 | 0) => (hours.value(), minutes.map_or(0, |minutes| minutes.value())),
        (1, 2 | 0) if named => (hours.value(), minutes.map_or(0, |minutes| minutes.value())),
        (4, 0) => (hours.value() / 100, hours.value() % 100),
        _ => {
            let mend = "write it with two digits for the hours and two for the minutes, like +01:00";
            return Err(Wrong::new("an offset that cannot be read", mend).of_part(part));
        }
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).unwrap_or(i32::MAX);
    let offset = Offset::from_seconds(if sign == '+' { seconds } else { -seconds });
    let exists = minutes < 60 && hours * 60 + minutes <= OFFSET_HOURS_MAX * 60;
    let Some(offset) = offset.ok().filter(|_| exists) else {
        let mend = "correct it; offsets go from -12:00 to +14:00";
        return Err(Wrong::new("an offset that no place on earth has", mend).of_part(part));
    };
    *cursor = ahead;
    Ok(Some(offset))
}
