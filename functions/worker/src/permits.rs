//! Who gets a core next.
//!
//! There are as many permits as cores. A free one goes at once to whoever asks. One that comes free goes to the waiting job
//! whose tenant holds the fewest, and among those to the one that has waited longest: so a tenant that has many jobs here,
//! or many parts of one, delays another's by no more than the jobs that are running.
//!
//! **Invariant:** nobody waits while a permit is free.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use job::Tenant;
use tokio::sync::oneshot;

/// The permits of a process. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Permits(Arc<Mutex<Pool>>);

/// The right to keep a core busy, until it is dropped.
pub(crate) struct Permit {
    permits: Permits,
    tenant: Tenant,
}

#[derive(Debug)]
struct Pool {
    /// Permits that nobody holds.
    free: usize,
    /// Permits held, by tenant; without those that hold none.
    held: HashMap<Tenant, usize>,
    /// Who waits, first come first.
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    tenant: Tenant,
    /// Closed when the wish was dropped.
    granted: oneshot::Sender<Permit>,
}

impl Permits {
    pub(crate) fn new(cores: usize) -> Self {
        Self(Arc::new(Mutex::new(Pool {
            free: cores,
            held: HashMap::new(),
            waiting: VecDeque::new(),
        })))
    }

    /// A permit for a job of this tenant's, when it is its turn. To drop the future is to give up the place in the line, and
    /// the permit too if that has just been granted.
    pub(crate) async fn acquire(&self, tenant: &Tenant) -> Permit {
        let granted = {
            let mut pool = self.lock();
            if pool.free > 0 {
                pool.hold(tenant);
                return self.permit(tenant.clone());
            }
            pool.wait(tenant.clone())
        };
        granted
            .await
            .expect("who waits is only left out once the wish was dropped")
    }

    /// Passes on a permit of this tenant's.
    fn release(&self, tenant: &Tenant) {
        let next = {
            let mut pool = self.lock();
            pool.give_up(tenant);
            pool.next()
        };
        // Not while the pool is locked: if nobody listens any more, the permit is dropped here, and passed on.
        if let Some(Waiting { tenant, granted }) = next {
            drop(granted.send(self.permit(tenant)));
        }
    }

    fn permit(&self, tenant: Tenant) -> Permit {
        Permit {
            permits: self.clone(),
            tenant,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.permits.release(&self.tenant);
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Permit({})", self.tenant)
    }
}

impl Pool {
    fn wait(&mut self, tenant: Tenant) -> oneshot::Receiver<Permit> {
        let (granted, when_granted) = oneshot::channel();
        self.forget_the_gone();
        self.waiting.push_back(Waiting { tenant, granted });
        when_granted
    }

    /// Takes the one out of the line whose turn it is, with a permit in its tenant's name.
    fn next(&mut self) -> Option<Waiting> {
        self.forget_the_gone();
        let turns = self.waiting.iter().enumerate();
        // Of several that are least, the first.
        let (place, _) = turns.min_by_key(|(_, waiting)| self.held_by(&waiting.tenant))?;
        let next = self.waiting.remove(place)?;
        self.hold(&next.tenant);
        Some(next)
    }

    fn held_by(&self, tenant: &Tenant) -> usize {
        self.held.get(tenant).copied().unwrap_or(0)
    }

    fn hold(&mut self, tenant: &Tenant) {
        self.free -= 1;
        *self.held.entry(tenant.clone()).or_default() += 1;
    }

    fn give_up(&mut self, tenant: &Tenant) {
        self.free += 1;
        if let Some(held) = self.held.get_mut(tenant) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(tenant);
            }
        }
    }

    fn forget_the_gone(&mut self) {
        self.waiting.retain(|waiting| !waiting.granted.is_closed());
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A job that has asked for a permit, and may have it.
    struct Asked {
        tenant: Tenant,
        wish: Option<Pin<Box<dyn Future<Output = Permit>>>>,
        permit: Option<Permit>,
    }

    fn ask(permits: &Permits, tenant: &str) -> Asked {
        let (permits, tenant) = (permits.clone(), testkit::tenant(tenant));
        let named = tenant.clone();
        let mut asked = Asked {
            tenant,
            wish: Some(Box::pin(async move { permits.acquire(&named).await })),
            permit: None,
        };
        asked.has();
        asked
    }

    impl Asked {
        /// Whether it has its permit by now.
        fn has(&mut self) -> bool {
            if let Some(wish) = &mut self.wish
                && let Poll::Ready(permit) =
                    wish.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                self.permit = Some(permit);
                self.wish = None;
            }
            self.permit.is_some()
        }
    }

    #[test]
    fn a_core_goes_to_the_tenant_that_runs_the_fewest_jobs() {
        let permits = Permits::new(2);
        let first = ask(&permits, "noisy");
        let mut running = ask(&permits, "noisy");
        let mut noisy: Vec<_> = (0..10).map(|_| ask(&permits, "noisy")).collect();
        let mut quiet = ask(&permits, "quiet");
        assert!(running.has() && !quiet.has());
        drop(first);
        assert!(quiet.has());
        assert!(noisy.iter_mut().all(|job| !job.has()));
    }

    #[test]
    fn among_equals_a_core_goes_to_who_has_waited_longest() {
        let permits = Permits::new(1);
        let mut held = ask(&permits, "a");
        let mut waiting: Vec<_> = ["b", "c", "a", "b"]
            .map(|tenant| ask(&permits, tenant))
            .into();
        for _ in 0..4 {
            drop(held);
            assert!(waiting[0].has(), "{}", waiting[0].tenant);
            assert!(waiting[1..].iter_mut().all(|job| !job.has()));
            held = waiting.remove(0);
        }
    }

    #[test]
    fn who_gives_up_waiting_gives_up_the_place() {
        let permits = Permits::new(1);
        let held = ask(&permits, "noisy");
        let gone = ask(&permits, "quiet");
        let mut waiting = ask(&permits, "noisy");
        drop(gone);
        drop(held);
        assert!(waiting.has());
    }

    #[test]
    fn a_permit_granted_to_who_is_gone_is_passed_on() {
        let permits = Permits::new(1);
        let held = ask(&permits, "noisy");
        let granted = ask(&permits, "quiet");
        let mut waiting = ask(&permits, "noisy");
        drop(held);
        drop(granted); // never looked
        assert!(waiting.has());
    }

    #[derive(Debug, Clone)]
    enum Step {
        Ask(usize),
        Drop(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..4_usize).prop_map(Step::Ask),
            (0..64_usize).prop_map(Step::Drop)
        ]
    }

    proptest! {
        #[test]
        fn no_core_is_free_while_somebody_waits_and_each_goes_to_whose_turn_it_is(
            cores in 1..4_usize,
            steps in vec(step(), 0..100),
        ) {
            let permits = Permits::new(cores);
            let mut jobs: Vec<Asked> = Vec::new();
            for step in steps {
                let runs = |jobs: &[Asked], tenant: &Tenant| {
                    jobs.iter().filter(|job| job.permit.is_some() && job.tenant == *tenant).count()
                };
                match step {
                    Step::Ask(tenant) => jobs.push(ask(&permits, ["a", "b", "c", "d"][tenant])),
                    Step::Drop(_) if jobs.is_empty() => {}
                    Step::Drop(which) => {
                        let gone = jobs.remove(which % jobs.len());
                        let waiting = jobs.iter().filter(|job| job.permit.is_none());
                        // Of several that are least, the first.
                        let turn = waiting.min_by_key(|job| runs(&jobs, &job.tenant));
                        let turn = turn.map(|job| job.tenant.clone());
                        let before = turn.as_ref().map(|tenant| runs(&jobs, tenant));
                        let had = gone.permit.is_some();
                        drop(gone);
                        for job in &mut jobs {
                            job.has();
                        }
                        let after = turn.as_ref().map(|tenant| runs(&jobs, tenant));
                        prop_assert_eq!(after, before.map(|before| before + usize::from(had)));
                    }
                }
                let running = jobs.iter().filter(|job| job.permit.is_some()).count();
                prop_assert_eq!(running, cores.min(jobs.len()));
            }
        }
    }
}
