//! The end of a ledger: its file takes its name, or stays to be gone on with.

use std::fs::{self, File};
use std::io;

use tracing::debug;

use super::partial::{folder, is_still_at};
use super::{Before, Ledger, Place};

impl Ledger {
    /// Every record has its line: the file takes its final name, and is there after a power cut too.
    pub fn finish(self) -> io::Result<()> {
        let Place::File { partial, path } = &self.place else { return Ok(()) };
        self.file.sync_all()?;
        if !is_still_at(&self.file, partial)? {
            return Err(io::Error::other(format!("{} was removed or replaced by somebody", partial.display())));
        }
        fs::rename(partial, path)?;
        let directory = folder(path);
        // Not every system and not everybody may open a directory; the result is there all the same, and nothing would
        // be gained by calling it incomplete.
        let synced = File::open(directory).and_then(|directory| directory.sync_all());
        if let (Err(error), true) = (synced, cfg!(unix)) {
            debug!("{} cannot be synced: {error}", directory.display());
        }
        Ok(())
    }

    /// The run ends here and is to be gone on with. A file that was begun now goes if nothing was `sent`: there is nothing
    /// to go on with then.
    pub fn leave(self, sent: bool) -> io::Result<()> {
        let Place::File { partial, .. } = &self.place else { return Ok(()) };
        if self.before == Before::Nothing && self.lines == 0 && self.pending == 0 && !sent {
            fs::remove_file(partial)
        } else {
            self.file.sync_all()
        }
    }
}
