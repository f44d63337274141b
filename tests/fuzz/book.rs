//! Workbooks: their parts are changed and not their bytes, which a checksum would give away.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The names and the contents of a zip's parts; `None` when it is none, or no small one.
pub(crate) fn parts(input: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(input)).ok()?;
    let mut parts = Vec::new();
    for place in 0..archive.len().min(64) {
        let mut content = Vec::new();
        let mut part = archive.by_index(place).ok()?;
        part.by_ref().take(1 << 20).read_to_end(&mut content).ok()?;
        parts.push((part.name().ok()?.into_owned(), content));
    }
    Some(parts)
}

/// A zip of these parts, not compressed.
pub(crate) fn zipped(parts: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in parts {
        writer.start_file(name.as_str(), stored).ok()?;
        writer.write_all(content).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}
