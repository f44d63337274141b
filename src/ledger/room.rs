//! Whether there is room for what is to be written.

use std::io;
use std::path::Path;

use super::{folder, partial};

/// Bytes that a line has at the least beyond its input: a status, empty cells, and its number.
const LINE_BYTES_MIN: u64 = 30;

/// Fails when the result of an input of so many bytes and records has certainly no room beside `output`. What cannot
/// be found out is let pass: a disk that fills in the middle loses nothing.
pub fn check_room(output: &Path, bytes: u64, records: u64) -> io::Result<()> {
    let Some(free) = free(folder(output)) else { return Ok(()) };
    let needed = bytes.saturating_add(records.saturating_mul(LINE_BYTES_MIN));
    let there = partial(output).metadata().map_or(0, |metadata| metadata.len());
    let needed = needed.saturating_sub(there);
    if free >= needed {
        return Ok(());
    }
    let mb = |bytes: u64| bytes.div_ceil(1_000_000);
    Err(io::Error::other(format!(
        "there is no room for it: it needs {} MB or more, and the disk has {} MB; make room, or name another place with \
         -o",
        mb(needed),
        free / 1_000_000
    )))
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    // Without blocks it is no disk.
    (disk.f_blocks > 0).then(|| disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_certainly_no_room_is_refused_before_it_is_begun() {
        let output = Path::new("out.csv");
        assert!(check_room(output, 1000, 10).is_ok());
        if cfg!(unix) {
            let error = check_room(output, u64::MAX / 2, 10).expect_err("no disk has that");
            assert!(error.to_string().contains("make room"), "{error}");
        }
    }
}
