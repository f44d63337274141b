//! Rows for the pipeline: read on a thread of their own, since files and pipes block.

use std::io::Read;
use std::thread;

use anyhow::{Result, anyhow};
use futures::{Stream, stream};
use tokio::sync::mpsc;

use super::{Row, Rows};

/// How many rows are read ahead: enough that the reader is never what a run waits for.
const AHEAD: usize = 256;

/// Reads the rows on a thread, a few ahead of whoever takes them. The thread ends with the input or with the stream;
/// one that is blocked on a silent pipe ends with the process.
pub fn feed<R: Read + Send + 'static>(rows: Rows<R>) -> impl Stream<Item = Result<Row>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    thread::spawn(move || {
        // The last element says that there is no more; a channel that ends without it means that the reader died,
        // and a cut input must not pass for a short one.
        for row in rows.map(Some).chain([None]) {
            if sender.blocking_send(row).is_err() {
                return;
            }
        }
    });
    stream::unfold(Some(receiver), |receiver| async {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(row)) => Some((row, Some(receiver))),
            Some(None) => None,
            None => Some((Err(anyhow!("reading ended unexpectedly; this is a defect of convoke")), None)),
        }
    })
}
