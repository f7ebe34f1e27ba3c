//! A connection whose client must take what it asked for: one that takes nothing for too long is given up. (The system
//! itself gives up only a client that acknowledges nothing; one that takes a byte now and then could stay for hours.)

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// An answer of at most so many bytes is put together here: the system takes longer for two parts than this for a copy.
const SHORT: usize = 1024;

/// A stream that waits so long for its reader. A socket can be written to again when a good part of its buffer (a third,
/// on Linux) has been taken: that much is the least a client must take within the time.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Made when the reader begins to keep us waiting; most never do.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, waiting: None }
    }

    /// Hands a result on, or the end of patience.
    fn patiently<T>(&mut self, context: &mut Context<'_>, outcome: Poll<Result<T>>) -> Poll<Result<T>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client takes nothing of its answer")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.patiently(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let length: usize = slices.iter().map(|slice| slice.len()).sum();
        if length > SHORT {
            let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
            return self.patiently(context, written);
        }
        let (mut whole, mut filled) = ([0; SHORT], 0);
        for slice in slices {
            whole[filled..filled + slice.len()].copy_from_slice(slice);
            filled += slice.len();
        }
        self.poll_write(context, &whole[..filled])
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.patiently(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.patiently(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn parts_are_written_in_their_order_however_long_they_are() {
        for (head, body) in [(0, 0), (3, 0), (500, 524), (500, 525), (9, 3000)] {
            let (head, body) = (vec![b'h'; head], vec![b'b'; body]);
            let (ours, mut theirs) = tokio::io::duplex(1 << 16);
            let mut ours = Patient::new(ours, Duration::ZERO);
            let mut written = 0;
            while written < head.len() + body.len() {
                let rest = head.len().min(written);
                let slices = [IoSlice::new(&head[rest..]), IoSlice::new(&body[written - rest..])];
                written += ours.write_vectored(&slices).await.unwrap();
            }
            drop(ours);
            let mut seen = Vec::new();
            theirs.read_to_end(&mut seen).await.unwrap();
            assert_eq!(seen, [head, body].concat());
        }
    }

    #[tokio::test]
    async fn who_takes_nothing_is_given_up_and_who_takes_something_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(8);
        let mut ours = Patient::new(ours, Duration::ZERO);
        ours.write_all(b"12345678").await.unwrap();
        assert_eq!(ours.write_all(b"9").await.unwrap_err().kind(), ErrorKind::TimedOut);
        let mut taken = [0; 8];
        theirs.read_exact(&mut taken).await.unwrap();
        ours.write_all(b"9").await.unwrap();
        theirs.write_all(b"again").await.unwrap();
        ours.read_exact(&mut taken[..5]).await.unwrap();
        assert_eq!(&taken[..5], b"again");
    }
}
