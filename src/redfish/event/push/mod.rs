//! Push: events and metric reports that the gateway sends to receivers (DSP0266, "Eventing mechanism").
//!
//! Like a stream, a subscription keeps no queue of its own: its task knows the last event that it has delivered and
//! reads on in the gateway's event log. A receiver that is away for longer than the log goes back is told which events are
//! gone.

pub(crate) mod address;
pub(crate) mod courier;
mod delivery;
pub(crate) mod subscription;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use self::address::Guard;
use self::courier::Courier;
use self::subscription::Delivery;
use crate::redfish::app::Service;
use crate::redfish::config::{EventConfig, StartError};

/// Tests that may wait for a slow subscription or stream.
const TESTS: usize = 16;

/// What is known about the delivery of subscriptions.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) courier: Courier,
    /// Subscriptions at one time.
    pub(crate) limit: usize,
    /// Whether receivers are always verified.
    pub(crate) verify_always: bool,
    /// Retries unless a client changes them.
    default: Delivery,
    running: Mutex<BTreeMap<u64, Running>>,
    /// Counts changes to subscriptions.
    changes: watch::Sender<u64>,
    /// Records that a client sends to see them arrive.
    pub(crate) tests: broadcast::Sender<Arc<Value>>,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Running {
    end: CancellationToken,
    /// Attempts in a row without success.
    failures: u32,
}

impl Push {
    /// No deliveries yet.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub(crate) fn new(config: &EventConfig, stop: CancellationToken) -> Result<Self, StartError> {
        let guard = Guard { networks: config.networks.clone(), insecure_http: config.insecure_http };
        let seconds = u32::try_from(config.retry_interval.as_secs()).unwrap_or(u32::MAX);
        Ok(Self {
            courier: Courier::new(guard, config.timeout, config.trust.as_deref())?,
            limit: config.subscription_limit,
            verify_always: config.verify_always,
            default: Delivery { attempts: config.retry_attempts, interval_s: seconds },
            running: Mutex::default(),
            changes: watch::Sender::new(0),
            tests: broadcast::Sender::new(TESTS),
            stop,
        })
    }

    /// Begins the delivery of a subscription, after the event of number `last`.
    ///
    /// Must be called inside a tokio runtime.
    pub(crate) fn begin(app: &Arc<Service>, number: u64, last: u64) {
        let end = app.push.stop.child_token();
        app.push.lock().insert(number, Running { end: end.clone(), failures: 0 });
        tokio::spawn(delivery::deliver(Arc::clone(app), number, last, end));
    }

    /// Ends the delivery of a subscription.
    pub(crate) fn end(&self, number: u64) {
        if let Some(running) = self.lock().remove(&number) {
            running.end.cancel();
        }
    }

    /// Tells the deliveries that a subscription has changed.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Attempts in a row without success.
    pub(crate) fn failures(&self, number: u64) -> u32 {
        self.lock().get(&number).map_or(0, |running| running.failures)
    }

    fn failed(&self, number: u64, failures: u32) {
        if let Some(running) = self.lock().get_mut(&number) {
            running.failures = failures;
        }
    }

    /// Retries as they are.
    pub(crate) fn delivery(&self, app: &Service) -> Delivery {
        app.store.now().delivery.unwrap_or(self.default)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
