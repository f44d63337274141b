//! The partial file: where it is, and that one process at a time writes it.
//!
//! The lock is the kernel's and dies with the process, so that none can be left behind.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Where the lines are until the file is complete.
pub fn partial(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".partial");
    name.into()
}

/// The folder that a file is or would be in.
pub fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The partial file, or who has it.
pub(super) enum Claim {
    /// It is this process's until it ends.
    Mine(File),
    /// Another process is writing it; the text says which, as far as the system tells.
    Held(String),
}

/// Opens the partial file and locks it; makes it if it is not there.
pub(super) fn claim(path: &Path) -> io::Result<Claim> {
    loop {
        let file = open_private(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Claim::Held(holder(&file))),
            Err(TryLockError::Error(error)) => {
                let why = format!("it cannot be locked ({error}); put the output on a disk of this machine");
                return Err(io::Error::other(why));
            }
        }
        // Whoever had it may have given it its final name or removed it before it was locked here.
        if is_still_at(&file, path)? {
            return Ok(Claim::Mine(file));
        }
    }
}

/// The same after what the file holds has been discarded.
pub(super) fn claim_anew(path: &Path) -> io::Result<Claim> {
    match claim(path)? {
        Claim::Mine(file) if file.metadata()?.len() > 0 => {
            if cfg!(unix) {
                // A new file tells by its birth when the run began. The old one is still locked while it goes.
                fs::remove_file(path)?;
                claim(path)
            } else {
                file.set_len(0)?;
                Ok(Claim::Mine(file))
            }
        }
        claim => Ok(claim),
    }
}

/// Opens a file that only its owner can read.
fn open_private(path: &Path) -> io::Result<File> {
    if path.is_symlink() {
        return Err(io::Error::other("it is a symbolic link, and somebody else may own what it leads to; remove it"));
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(file)
}

#[cfg(unix)]
pub(super) fn is_still_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let own = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (own.dev(), own.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
pub(super) fn is_still_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

/// Fails when the file that is to be replaced is another user's and in a folder like /tmp, where only its owner may.
/// `own` is a file of this user's.
pub(super) fn may_replace(path: &Path, own: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (Ok(there), Ok(folder)) = (path.symlink_metadata(), folder(path).metadata()) else { return Ok(()) };
        let (own, is_sticky) = (own.metadata()?.uid(), folder.mode() & 0o1000 != 0);
        if is_sticky && own != 0 && there.uid() != own && folder.uid() != own {
            return Err(io::Error::other("the file there is another user's, and only that user may replace it"));
        }
    }
    #[cfg(not(unix))]
    let _ = (path, own);
    Ok(())
}

/// Who holds the lock. Only Linux tells, in a table of all locks by process and inode.
fn holder(file: &File) -> String {
    let unknown = "another process".to_owned();
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt as _;
        let Ok(metadata) = file.metadata() else { return unknown };
        let table = fs::read_to_string("/proc/locks").unwrap_or_default();
        let (major, minor) = (rustix::fs::major(metadata.dev()), rustix::fs::minor(metadata.dev()));
        holder_in(&table, &format!("{major:02x}:{minor:02x}:{}", metadata.ino()))
            .map_or(unknown, |process| format!("process {process}"))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = file;
        unknown
    }
}

/// Lines like `1: FLOCK  ADVISORY  WRITE 770 fe:00:1234 0 EOF` (proc(5), */proc/locks*). On some file systems the table
/// has another device than the file, and then nobody is named rather than the wrong one.
#[cfg(target_os = "linux")]
fn holder_in(table: &str, own: &str) -> Option<u32> {
    table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, file, ..] = fields.as_slice() else { return None };
        // Processes of other namespaces have the number 0 or less.
        process.parse().ok().filter(|&process| *file == own && process > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_holder_is_found_in_the_systems_table() {
        let table = "1: POSIX  ADVISORY  READ 5 fe:00:77 0 EOF\n2: FLOCK  ADVISORY  WRITE 770 fe:00:1234 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 771 fe:00:77 0 EOF\n3: FLOCK  ADVISORY  WRITE 0 fe:00:9 0 EOF\n";
        assert_eq!(holder_in(table, "fe:00:1234"), Some(770));
        assert_eq!(["fe:00:77", "fe:00:9", "fe:01:1234"].map(|file| holder_in(table, file)), [None; 3]);
    }

    #[test]
    fn one_process_at_a_time_has_it_and_it_is_readable_by_its_owner_only() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = partial(&directory.path().join("out.csv"));
        fs::write(&path, "others can read this").expect("a file");
        let Claim::Mine(file) = claim(&path).expect("a file") else { panic!("it is free") };
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&file.metadata().expect("a file").permissions()) & 0o777,
            0o600
        );
        let Claim::Held(by) = claim(&path).expect("a file") else { panic!("it is held") };
        assert!(by.contains("process"), "{by}");
        let Claim::Held(_) = claim_anew(&path).expect("a file") else { panic!("it is held") };
        drop(file);
        let Claim::Mine(file) = claim_anew(&path).expect("a file") else { panic!("it is free") };
        assert_eq!(file.metadata().expect("a file").len(), 0);
        assert!(matches!(claim(&path).expect("a file"), Claim::Held(_)), "the new file is locked, too");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_has_its_final_name_is_not_the_partial_file_any_more() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("out.csv.partial");
        let Claim::Mine(file) = claim(&path).expect("a file") else { panic!("it is free") };
        assert!(is_still_at(&file, &path).expect("a file"));
        fs::rename(&path, directory.path().join("out.csv")).expect("a file");
        assert!(!is_still_at(&file, &path).expect("no file"));
        let Claim::Mine(_) = claim(&path).expect("a file") else { panic!("that of another run is free") };
        assert!(!is_still_at(&file, &path).expect("another file"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_its_place_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("out.csv.partial");
        std::os::unix::fs::symlink(directory.path().join("elsewhere"), &path).expect("a link");
        assert!(claim(&path).is_err());
        assert!(!directory.path().join("elsewhere").exists());
    }
}
