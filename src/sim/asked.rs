//! What is asked of Graph: the parts of a request, decoded once, whether it came alone or in a `$batch`.
//!
//! It knows no path and no member by name.

use http::request::Parts;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

use super::hash::Hash;

/// One request.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) version: Version,
    /// Path and query as they came.
    pub(super) target: &'a str,
    /// The path after the version.
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// The two of Graph's that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    Beta,
}

impl Version {
    pub(super) fn read(segment: &str) -> Option<Self> {
        match segment {
            "v1.0" => Some(Self::V1),
            "beta" => Some(Self::Beta),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

impl<'a> Asked<'a> {
    /// `None`: the path does not begin with a version of Graph.
    pub(super) fn alone(parts: &'a Parts, body: &'a [u8]) -> Option<Self> {
        let path = parts.uri.path().trim_start_matches('/');
        let (version, path) = path.split_once('/').unwrap_or((path, ""));
        let version = Version::read(version)?;
        let target = parts.uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str);
        Some(Self {
            method: &parts.method,
            version,
            target,
            segments: segments(path),
            query: query(parts.uri.query().unwrap_or_default()),
            headers: &parts.headers,
            body,
        })
    }

    /// `target` is relative to the version, as in a `$batch`.
    pub(super) fn in_batch(
        version: Version,
        method: &'a Method,
        target: &'a str,
        headers: &'a HeaderMap,
        body: &'a [u8],
    ) -> Self {
        let (path, asked) = target.split_once('?').unwrap_or((target, ""));
        let segments = segments(path.trim_start_matches('/'));
        Self { method, version, target, segments, query: query(asked), headers, body }
    }

    /// All of it, but for the headers.
    pub(super) fn hash(&self, seed: u64) -> Hash {
        let hash = Hash::seeded(seed).text(self.method.as_str()).text(self.version.name());
        hash.text(self.target).bytes(self.body)
    }

    /// `Prefer: include-unknown-enum-members`
    pub(super) fn prefers_all_members(&self) -> bool {
        let values = self.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        let mut preferences = values.flat_map(|value| value.split([',', ';']));
        preferences.any(|preference| preference.trim().eq_ignore_ascii_case("include-unknown-enum-members"))
    }
}

/// What is no UTF-8 when decoded is nobody's name, so it may be replaced. A slash at the end is nothing.
fn segments(path: &str) -> Vec<String> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Vec::new();
    }
    path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
}

fn query(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}
