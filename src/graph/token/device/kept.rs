//! A person's sign-in, kept in a file for the next run: only when asked, and for its owner's eyes only.
//!
//! The file is written beside and renamed, so that it is never half there; one that is not ours, is of another app or
//! that others can read is refused, and nothing of it is ever told. Where it is sent is not decided here, but it says to
//! which identity service it belongs.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tempfile::NamedTempFile;

/// What the file says that it is, so that no other is taken for one.
const WHAT: &str = "a sign-in kept by convoke";
/// The longest file that is read, in bytes; a refresh token has some two thousand.
const BYTES_MAX: u64 = 64 * 1024;

/// Whose sign-in it is, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    /// The identity service's root, without a slash at the end.
    pub(super) login: String,
    /// The tenant's id or domain.
    pub(super) tenant: String,
    /// The app's (client) id.
    pub(super) client_id: String,
}

/// The file.
pub(super) struct Kept {
    file: PathBuf,
    owner: Owner,
}

/// What is in it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    what: String,
    login: String,
    tenant: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(serialize_with = "exposed", deserialize_with = "hidden")]
    refresh_token: SecretString,
}

/// Into the file, which is for its owner's eyes only.
fn exposed<S: Serializer>(token: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(token.expose_secret())
}

fn hidden<'a, D: Deserializer<'a>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

impl Kept {
    /// The file, and the refresh token in it if it is there. Fails where nothing can be kept, or something else is.
    pub(super) fn open(file: PathBuf, owner: Owner) -> Result<(Self, Option<SecretString>)> {
        // A link stays one, and what it leads to is replaced.
        let file = fs::canonicalize(&file).unwrap_or(file);
        let kept = Self { file, owner };
        let refresh = kept.read().with_context(|| format!("--keep-sign-in {kept}"))?;
        let place = NamedTempFile::new_in(folder(&kept.file));
        place.with_context(|| format!("--keep-sign-in {kept}: it cannot be written there"))?;
        Ok((kept, refresh))
    }

    fn read(&self) -> Result<Option<SecretString>> {
        let file = match File::open(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.context("it cannot be read")?,
        };
        let about = file.metadata().context("it cannot be read")?;
        ensure!(about.is_file(), "it is no file");
        ensure!(
            is_private(&about),
            "others can read it, and the sign-in in it may be theirs by now: delete it and sign in again, or, if you \
             know that nobody has read it, take their permission away (chmod 600)"
        );
        let mut text = Zeroizing::new(String::new());
        let read = file.take(BYTES_MAX).read_to_string(&mut text);
        let contents = read.ok().and_then(|_| serde_json::from_str::<Contents>(&text).ok());
        let contents =
            contents.filter(|contents| contents.what == WHAT && !contents.refresh_token.expose_secret().is_empty());
        let contents = contents.context(
            "it holds no sign-in that convoke has kept, and would be overwritten; name another file, or delete this one",
        )?;
        let whose = [
            ("identity service", &contents.login, &self.owner.login),
            ("tenant", &contents.tenant, &self.owner.tenant),
            ("app", &contents.client_id, &self.owner.client_id),
        ];
        for (what, own, wanted) in whose {
            ensure!(
                own.eq_ignore_ascii_case(wanted),
                "it holds a sign-in for the {what} {own}, and this run is for {wanted}; name another file, or delete \
                 this one"
            );
        }
        Ok(Some(contents.refresh_token))
    }

    /// Replaces what is there, if that is still ours.
    pub(super) fn write(&self, account: Option<String>, refresh: &SecretString) -> Result<()> {
        self.read().with_context(|| self.to_string())?;
        let Owner { login, tenant, client_id } = self.owner.clone();
        let (what, refresh_token) = (WHAT.to_owned(), refresh.clone());
        let contents = Contents { what, login, tenant, client_id, account, refresh_token };
        let written = || {
            // Only its owner can read it, from the beginning on.
            let mut file = NamedTempFile::new_in(folder(&self.file))?;
            file.write_all(&Zeroizing::new(serde_json::to_vec_pretty(&contents)?))?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist(&self.file).map_err(|error| error.error)?;
            io::Result::Ok(())
        };
        written().with_context(|| format!("{self} cannot be written"))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.display().fmt(f)
    }
}

/// The folder of a file.
fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn is_private(about: &fs::Metadata) -> bool {
    let others = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077;
    others == 0
}

/// Elsewhere a file in a person's own folder is theirs, and there is no mode to ask for.
#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}
