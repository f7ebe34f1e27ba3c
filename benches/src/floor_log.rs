//! The least a durable log must do: frame, group commit, sync. Written here and not taken from the server, so that
//! the floor does not move with what it is compared to.

use crate::Outcome;
use axum::body::Bytes;
use parking_lot::{Condvar, Mutex};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Bytes of the file, all written before the load starts; writing begins again at the front when it is full.
const FILE_BYTES: u64 = 64 << 20;
const LINGER: Duration = Duration::from_micros(500);

type Reply = oneshot::Sender<Result<(), String>>;
type Queue = (Mutex<Vec<(Bytes, Reply)>>, Condvar);

/// The log of floors W and B.
#[derive(Debug)]
pub(crate) struct FloorLog(Arc<Queue>);

impl FloorLog {
    /// Makes the file in `dir` and starts the writer.
    pub(crate) fn open(dir: &Path) -> Outcome<Self> {
        let path = dir.join("floor.log");
        let make = || -> std::io::Result<File> {
            let file = File::create(&path)?;
            let zeros = vec![0; 1 << 20];
            for step in 0..FILE_BYTES >> 20 {
                file.write_all_at(&zeros, step << 20)?;
            }
            file.sync_all()?;
            Ok(file)
        };
        let file = make().map_err(|error| format!("{}: {error}", path.display()))?;
        let queue = Arc::new(Queue::default());
        let writer = queue.clone();
        std::thread::spawn(move || write(&file, &writer));
        Ok(Self(queue))
    }

    /// Returns when the record is on disk.
    pub(crate) async fn append(&self, record: Bytes) -> Outcome<()> {
        let (reply, answer) = oneshot::channel();
        let (queue, wake) = &*self.0;
        let was_empty = {
            let mut queue = queue.lock();
            queue.push((record, reply));
            queue.len() == 1
        };
        if was_empty {
            wake.notify_one();
        }
        answer.await.map_err(|_| "the writer has ended".to_owned())?
    }
}

fn write(file: &File, (queue, wake): &Queue) {
    let (mut offset, mut batch) = (0, Vec::new());
    loop {
        let mut waiting = queue.lock();
        while waiting.is_empty() {
            wake.wait(&mut waiting);
        }
        drop(waiting);
        std::thread::sleep(LINGER);
        let records = std::mem::take(&mut *queue.lock());
        batch.clear();
        for (record, _) in &records {
            batch.extend_from_slice(&(record.len() as u32).to_le_bytes());
            batch.extend_from_slice(&crc32fast::hash(record).to_le_bytes());
            batch.extend_from_slice(record);
        }
        if offset + batch.len() as u64 > FILE_BYTES {
            offset = 0;
        }
        let stored = file.write_all_at(&batch, offset).and_then(|()| file.sync_data());
        offset += batch.len() as u64;
        let stored = stored.map_err(|error| error.to_string());
        for (_, reply) in records {
            let _ = reply.send(stored.clone());
        }
    }
}
