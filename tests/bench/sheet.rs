//! What the program reads, and a look at what it wrote.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

const HEADER: &str = "externalId,organizerUserId,subject,startDateTime,endDateTime,attendees,room";

/// Writes a spreadsheet of so many valid meetings of 20 organizers.
pub(crate) fn write(path: &Path, rows: usize) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    writeln!(file, "{HEADER}").expect("room on the disk");
    for row in 0..rows {
        let (day, hour) = (1 + row % 28, 8 + row % 10);
        let written = writeln!(
            file,
            "S-{row},6b1e0000-0000-4000-8000-{:012},\"Sitzung {row}, Übung\",2027-02-{day:02}T{hour:02}:00:00Z,\
             2027-02-{day:02}T{hour:02}:45:00Z,ada{row}@contoso.example,R{}",
            row % 20,
            row % 7
        );
        written.expect("room on the disk");
    }
    file.flush().expect("room on the disk");
}

/// How many lines there are up to the first that is not its record's or made no meeting.
pub(crate) fn lines_in_order(output: &Path) -> u64 {
    let mut lines = csv::Reader::from_path(output).expect("an output");
    let header = lines.byte_headers().expect("a header").clone();
    let place = |name: &[u8]| header.iter().position(|own| own == name).expect("an output has this column");
    let (record, status, url) = (place(b"record"), place(b"status"), place(b"joinWebUrl"));
    let mut line = csv::ByteRecord::new();
    let mut count = 0;
    while lines.read_byte_record(&mut line).expect("a line") {
        let number = (count + 1_u64).to_string();
        if line[record] != *number.as_bytes() || line[status] != *b"created" || line[url].is_empty() {
            break;
        }
        count += 1;
    }
    count
}
