//! Rows for the pipeline: read on a thread of their own, since files and pipes block.

use std::thread;

use anyhow::{Result, anyhow};
use futures::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::{Row, Rows};

/// How many rows are read ahead: enough that the reader is never what a run waits for.
const AHEAD: usize = 256;
/// How many of them are taken before more are read: woken for each, the thread would be woken for every row.
const REFILL: usize = AHEAD / 2;

/// Reads the rows on a thread, a few ahead of whoever takes them. The thread ends with the input or with the stream;
/// one that is blocked on a silent pipe ends with the process. This is to be called in a runtime.
pub fn feed(rows: Rows) -> impl Stream<Item = Result<Row>> + use<> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let runtime = Handle::current();
    thread::spawn(move || {
        // The last element says that there is no more; a channel that ends without it means that the reader died,
        // and a cut input must not pass for a short one.
        for row in rows.map(Some).chain([None]) {
            match sender.try_send(row) {
                Ok(()) => {}
                Err(TrySendError::Full(row)) => {
                    let Ok(mut room) = runtime.block_on(sender.reserve_many(REFILL)) else { return };
                    room.next().expect("more than one was reserved").send(row);
                }
                Err(TrySendError::Closed(_)) => return,
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
