//! The task of one subscription: waits, packs what is new, sends it, and tries again as the policy says.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::subscription::{RetryPolicy, Subscription};
use crate::gateway::Snapshot;
use crate::redfish::app::Service;
use crate::redfish::event::record::{lost, parcel, record};
use crate::redfish::telemetry::Report;

/// Records of one request.
const RECORDS: usize = 16;

/// How the attempts to send a load ended.
#[derive(PartialEq)]
enum End {
    /// It arrived, or the subscription was suspended in between.
    Over,
    /// The subscription ends.
    Terminated,
}

/// Delivers the events after number `last` until the subscription, the service or the gateway ends.
pub(super) async fn deliver(app: Arc<Service>, number: u64, mut last: u64, end: CancellationToken) {
    let mut newest = app.gateway.newest_event();
    let mut snapshots = app.gateway.watch();
    let mut changes = app.push.changes.subscribe();
    let mut tests = app.push.tests.subscribe();
    snapshots.mark_changed();
    while let Some(subscription) = find(&app, number) {
        // Before the look: what comes in between is seen by one or the other.
        newest.borrow_and_update();
        changes.borrow_and_update();
        if subscription.suspended {
            last = *newest.borrow();
        } else {
            let (load, seen) = pack(&app, &subscription, last);
            if let Some(body) = load {
                tokio::select! {
                    () = end.cancelled() => return,
                    ended = send(&app, number, &body) => if ended == End::Terminated { return },
                }
                last = seen;
                continue;
            }
            last = seen;
        }
        let reports = if subscription.suspended { Vec::new() } else { subscription.wanted_reports() };
        let loads: Vec<Value> = tokio::select! {
            // In this order: a test that comes after a resumption must not be judged by what was before it.
            biased;
            () = end.cancelled() => return,
            changed = changes.changed() => if changed.is_ok() { continue } else { return },
            changed = newest.changed() => if changed.is_ok() { continue } else { return },
            test = next_test(&mut tests) => match test {
                Some(test) if !subscription.suspended && subscription.wants_record(&test) => {
                    let id = format!("{}-test", app.run);
                    vec![parcel(&id, vec![Value::clone(&test)], subscription.context.as_deref())]
                }
                Some(_) => continue,
                None => return,
            },
            changed = snapshots.changed(), if !reports.is_empty() => {
                if changed.is_err() {
                    return;
                }
                let snapshot = Arc::clone(&snapshots.borrow_and_update());
                reports.into_iter().filter_map(|r| reported(r, &snapshot, &subscription)).collect()
            }
        };
        for body in loads {
            tokio::select! {
                () = end.cancelled() => return,
                ended = send(&app, number, &body) => if ended == End::Terminated { return },
            }
        }
    }
}

fn find(app: &Service, number: u64) -> Option<Subscription> {
    app.store.now().subscriptions.iter().find(|s| s.number == number).cloned()
}

/// The next test; those that were dropped because nobody took them are passed over.
async fn next_test(tests: &mut broadcast::Receiver<Arc<Value>>) -> Option<Arc<Value>> {
    loop {
        match tests.recv().await {
            Ok(test) => return Some(test),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    }
}

/// The events that are new and wanted, as far as they fit, and the number of the last one that was looked at.
fn pack(app: &Service, subscription: &Subscription, mut last: u64) -> (Option<Value>, u64) {
    let mut records = Vec::new();
    while records.len() < RECORDS
        && let Some(event) = app.gateway.event_after(last)
    {
        let (first, missing) = (last + 1, event.sequence.saturating_sub(1));
        if first <= missing && !subscription.reports {
            records.push(lost(first, missing, &app.log));
        }
        last = event.sequence;
        if subscription.wants(&event) {
            records.push(record(&event, &app.log));
        }
    }
    if records.is_empty() {
        return (None, last);
    }
    let id = format!("{}-{last}", app.run);
    (Some(parcel(&id, records, subscription.context.as_deref())), last)
}

fn reported(report: Report, snapshot: &Snapshot, subscription: &Subscription) -> Option<Value> {
    let mut body = serde_json::to_value(report.of(snapshot)).ok()?;
    if let Some(context) = &subscription.context {
        body["Context"] = Value::from(context.as_str());
    }
    Some(body)
}

/// Sends until it arrives or the policy says enough. What a client changes meanwhile counts from the next attempt on.
async fn send(app: &Service, number: u64, body: &Value) -> End {
    let Ok(bytes) = serde_json::to_vec(body) else { return End::Over };
    let mut changes = app.push.changes.subscribe();
    let mut attempt = 0u32;
    loop {
        changes.borrow_and_update();
        let Some(now) = find(app, number) else { return End::Terminated };
        if now.suspended {
            return End::Over;
        }
        let sent = match app.push.courier.guard.destination(&now.destination) {
            Ok(to) => app.push.courier.post(&to, now.verify, &now.extra_headers(), bytes.clone()).await,
            // A subscription of an earlier run under another configuration.
            Err(why) => Err(why),
        };
        let Err(reason) = sent else {
            app.push.failed(number, 0);
            return End::Over;
        };
        attempt = attempt.saturating_add(1);
        app.push.failed(number, attempt);
        tracing::warn!(subscription = now.id(), attempt, reason, "redfish: an event was not delivered");
        let delivery = app.push.delivery(app);
        let forever = matches!(now.policy, RetryPolicy::RetryForever | RetryPolicy::RetryForeverWithBackoff);
        if attempt > delivery.attempts && !forever {
            return give_up(app, &now).await;
        }
        tokio::select! {
            () = sleep(delivery.pause(now.policy, attempt)) => {}
            // A change, as of the policy or the headers, is tried at once.
            _ = changes.changed() => {}
        }
    }
}

async fn give_up(app: &Service, subscription: &Subscription) -> End {
    let number = subscription.number;
    let ends = subscription.policy == RetryPolicy::TerminateAfterRetries;
    let changed = app.store.change(|state| {
        if ends {
            state.subscriptions.retain(|s| s.number != number);
        } else if let Some(found) = state.subscriptions.iter_mut().find(|s| s.number == number) {
            found.suspended = true;
        }
        Ok(())
    });
    if let Err(error) = changed.await {
        tracing::error!(%error, "redfish: the end of a subscription was not kept");
    }
    let id = subscription.id();
    if ends {
        tracing::warn!(subscription = id, "redfish: subscription ended: its receiver does not answer");
        app.push.end(number);
        return End::Terminated;
    }
    tracing::warn!(subscription = id, "redfish: subscription suspended: its receiver does not answer");
    End::Over
}
