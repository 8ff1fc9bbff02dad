//! The lease: one owner at a time, for a while. Time is monotonic; it comes from the caller.

use std::time::Duration;

use tokio::time::Instant;

use super::{GateError, LeaseView, Owner};

/// The lease of a gateway.
#[derive(Debug)]
pub(super) struct Lease {
    held: Option<(Owner, Instant)>,
    minimum: Duration,
    maximum: Duration,
    grants: u32,
    expiries: u32,
}

impl Lease {
    pub fn new(minimum: Duration, maximum: Duration) -> Self {
        Self { held: None, minimum, maximum, grants: 0, expiries: 0 }
    }

    /// When the lease ends unless renewed.
    pub fn deadline(&self) -> Option<Instant> {
        self.held.as_ref().map(|(_, until)| *until)
    }

    /// Who holds it.
    pub fn owner(&self) -> Option<Owner> {
        self.held.as_ref().map(|(owner, _)| owner.clone())
    }

    pub fn held(&self) -> bool {
        self.held.is_some()
    }

    /// Grants or renews; true if the owner did not hold it before.
    pub fn acquire(&mut self, owner: Owner, duration: Duration, now: Instant) -> Result<bool, GateError> {
        let (minimum, maximum) = (self.minimum, self.maximum);
        let until = now.checked_add(duration).filter(|_| (minimum..=maximum).contains(&duration));
        let Some(until) = until else {
            return Err(GateError::Duration { asked: duration, minimum, maximum });
        };
        let new = match self.check(&owner, now) {
            Ok(()) => false,
            Err(GateError::NoLease) => true,
            Err(other) => return Err(other),
        };
        self.held = Some((owner, until));
        self.grants = self.grants.saturating_add(u32::from(new));
        Ok(new)
    }

    pub fn release(&mut self, owner: &Owner, now: Instant) -> Result<(), GateError> {
        self.check(owner, now)?;
        self.held = None;
        Ok(())
    }

    /// Takes back a lease that was just granted.
    pub fn revoke(&mut self) {
        self.held = None;
        self.grants = self.grants.saturating_sub(1);
    }

    /// Lets a lease that is over go on: a defect.
    pub fn prolong(&mut self, now: Instant) {
        if let Some((_, until)) = self.held.as_mut().filter(|(_, until)| *until <= now) {
            *until = now + self.minimum.max(Duration::from_secs(1));
        }
    }

    /// Whether `owner` holds the lease now.
    pub fn check(&self, owner: &Owner, now: Instant) -> Result<(), GateError> {
        match &self.held {
            Some((holder, _)) if holder == owner => Ok(()),
            Some((holder, until)) => Err(GateError::HeldByOther {
                owner: holder.clone(),
                remaining: until.saturating_duration_since(now),
            }),
            None => Err(GateError::NoLease),
        }
    }

    /// Ends a lease whose time is over; returns its owner.
    pub fn expire(&mut self, now: Instant) -> Option<Owner> {
        let (owner, _) = self.held.take_if(|(_, until)| *until <= now)?;
        self.expiries = self.expiries.saturating_add(1);
        Some(owner)
    }

    pub fn view(&self, now: Instant) -> LeaseView {
        LeaseView {
            owner: self.held.as_ref().map(|(owner, _)| owner.clone()),
            remaining: self.deadline().map_or(Duration::ZERO, |until| until.saturating_duration_since(now)),
            grants: self.grants,
            expiries: self.expiries,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(name: &str) -> Owner {
        Owner::Local { name: name.to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn one_owner_at_a_time_until_release_or_expiry() {
        let second = Duration::from_secs(1);
        let mut lease = Lease::new(second, 3600 * second);
        let start = Instant::now();
        assert_eq!(lease.acquire(local("a"), 10 * second, start), Ok(true));
        assert!(matches!(
            lease.acquire(local("b"), second, start + 4 * second),
            Err(GateError::HeldByOther { remaining, .. }) if remaining == 6 * second
        ));
        // A renewal counts from now and is no new grant.
        assert_eq!(lease.acquire(local("a"), 10 * second, start + 9 * second), Ok(false));
        assert_eq!(lease.expire(start + 18 * second), None);
        assert_eq!(lease.expire(start + 19 * second), Some(local("a")));
        assert_eq!(lease.release(&local("a"), start + 19 * second), Err(GateError::NoLease));
        assert_eq!(lease.acquire(local("b"), second, start + 19 * second), Ok(true));
        assert_eq!(lease.release(&local("b"), start + 19 * second), Ok(()));
        let view = lease.view(start);
        assert_eq!((view.owner, view.remaining, view.grants, view.expiries), (None, Duration::ZERO, 2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn durations_outside_the_range_are_refused() {
        let second = Duration::from_secs(1);
        let mut lease = Lease::new(second, 3600 * second);
        for asked in [Duration::ZERO, Duration::from_millis(999), 3601 * second] {
            assert!(matches!(
                lease.acquire(local("a"), asked, Instant::now()),
                Err(GateError::Duration { .. })
            ));
        }
        assert!(!lease.held());
        // No clock goes that far.
        let mut endless = Lease::new(second, Duration::MAX);
        let forever = endless.acquire(local("a"), Duration::MAX, Instant::now());
        assert!(matches!(forever, Err(GateError::Duration { .. })));
    }
}
