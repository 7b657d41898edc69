//! The one thread that owns the store.
//!
//! It takes all commands that wait for it, runs them in one transaction and answers after the
//! commit. So what was answered is on disk, and a thousand requests at once cost a few syncs of the
//! disk, not a thousand.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::sqs::bells::Bells;
use crate::sqs::store::Store;
use crate::sqs::{Error, OpenError};

/// The way to the thread. When the last sender is dropped the thread ends and the store is closed.
pub(super) struct Writer {
    /// `None` only while this is dropped.
    commands: Option<Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

/// Runs inside the transaction, or learns that there is none, and returns what is to be told after
/// it.
type Command = Box<dyn FnOnce(Result<&mut Store, Error>) -> Answer + Send>;
/// Told whether the transaction was committed.
type Answer = Box<dyn FnOnce(Result<(), Error>)>;

/// So many commands share a transaction at most, so that the first one does not wait for ever.
const GROUP_MAX: usize = 1_024;

impl Writer {
    pub(super) fn start(store: Store, bells: Arc<Bells>) -> Result<Self, OpenError> {
        let (commands, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("sqs-writer".to_owned())
            .spawn(move || run(store, &waiting, &bells))?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
        })
    }

    /// Runs one command in the store and waits until its effect lasts. If it fails for a fault of
    /// the store, so does all that shares its transaction.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        command: impl FnOnce(&mut Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel::<Result<T, Error>>();
        let command: Command = Box::new(move |store| {
            // Nobody would hear that a message was received: it is left to one who listens.
            if answer.is_closed() {
                return Box::new(drop);
            }
            let outcome = store.and_then(|store| {
                let outcome = command(store);
                store.failed |= matches!(outcome, Err(Error::Internal(_)));
                outcome
            });
            Box::new(move |committed| {
                // It may have gone away meanwhile.
                let _ = answer.send(outcome.and_then(|value| committed.map(|()| value)));
            })
        });
        let commands = self.commands.as_ref().expect("it is there until the drop");
        let stopped =
            || Error::Internal("the thread that writes the queues has stopped".to_owned());
        commands.send(command).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    /// Waits until the store is closed, so that the file can be opened again.
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // A panic was reported on its own thread.
            let _ = thread.join();
        }
    }
}

fn run(mut store: Store, waiting: &Receiver<Command>, bells: &Bells) {
    while let Ok(first) = waiting.recv() {
        let mut answers = Vec::new();
        let mut next = Some(first);
        let begun = store.begin();
        while let Some(command) = next {
            let store = match &begun {
                Ok(()) => Ok(&mut store),
                Err(error) => Err(error.clone()),
            };
            answers.push(command(store));
            next = (answers.len() < GROUP_MAX)
                .then(|| waiting.try_recv().ok())
                .flatten();
        }
        let committed = begun.and_then(|()| store.commit());
        match &committed {
            Ok(news) => bells.ring(news),
            Err(error) => {
                tracing::error!(%error, requests = answers.len(), "requests to the queues failed");
                bells.ring_all();
            }
        }
        let committed = committed.map(drop);
        for answer in answers {
            answer(committed.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::mpsc;

    use futures::future::join_all;
    use service::Clock;

    use super::*;
    use crate::sqs::Storage;
    use crate::sqs::store::Outgoing;

    const QUEUE: &str = "jobs";

    /// A writer with one queue.
    async fn writer() -> Writer {
        let store = Store::open(Storage::Memory, Clock::system()).unwrap();
        let writer = Writer::start(store, Arc::default()).unwrap();
        let none = BTreeMap::new();
        writer
            .run(move |store| store.create_queue(QUEUE, &none, &none))
            .await
            .unwrap();
        writer
    }

    /// Keeps the thread busy until the sender is dropped.
    fn hold(writer: &Writer) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel::<()>();
        let commands = writer.commands.as_ref().unwrap();
        let wait = move |_: Result<&mut Store, Error>| {
            released.recv().unwrap_err();
            Box::new(drop) as Answer
        };
        commands.send(Box::new(wait)).unwrap();
        release
    }

    async fn send(writer: &Writer) -> Result<(), Error> {
        let message = Outgoing {
            message_id: String::new(),
            body: "x".to_owned(),
            attributes: None,
            trace_header: None,
            group_id: None,
            delay_s: None,
            bytes: 1,
        };
        writer
            .run(move |store| store.send(&store.queue(QUEUE)?, &message))
            .await
    }

    async fn visible(writer: &Writer) -> u64 {
        let counts = writer.run(|store| store.counts(&store.queue(QUEUE)?)).await;
        counts.unwrap().visible
    }

    #[tokio::test]
    async fn a_thousand_sends_at_once_take_a_few_commits() {
        let writer = writer().await;
        let before = writer.run(|store| Ok(store.transactions)).await.unwrap();
        let release = hold(&writer);
        let sends = join_all((0..1_000).map(|_| send(&writer)));
        let (sent, ()) = tokio::join!(sends, async { drop(release) });
        assert!(sent.into_iter().all(|sent| sent.is_ok()));
        let after = writer.run(|store| Ok(store.transactions)).await.unwrap();
        assert!(after - before < 10, "{}", after - before);
        assert_eq!(visible(&writer).await, 1_000);
    }

    #[tokio::test]
    async fn a_receive_whose_receiver_left_takes_no_message() {
        let writer = writer().await;
        send(&writer).await.unwrap();
        let release = hold(&writer);
        let mut receive = Box::pin(writer.run(|store| store.receive(&store.queue(QUEUE)?, 1, 300)));
        assert!(futures::poll!(&mut receive).is_pending());
        drop(receive);
        drop(release);
        assert_eq!(visible(&writer).await, 1);
    }

    #[tokio::test]
    async fn a_fault_of_the_store_undoes_all_that_shares_its_transaction() {
        let writer = writer().await;
        let release = hold(&writer);
        let fault = writer.run(|_| Err::<(), _>(Error::Internal("disk full".to_owned())));
        let refused = writer.run(|store| store.queue("none").map(drop));
        let (sent, failed, refused, ()) =
            tokio::join!(send(&writer), fault, refused, async { drop(release) });
        assert!(matches!(sent, Err(Error::Internal(_))));
        assert_eq!(failed, Err(Error::Internal("disk full".to_owned())));
        assert_eq!(refused, Err(Error::QueueDoesNotExist));
        assert_eq!(visible(&writer).await, 0);
        send(&writer).await.unwrap();
        assert_eq!(visible(&writer).await, 1);
    }
}
