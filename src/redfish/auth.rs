//! Who asks: passwords, HTTP Basic authentication and what each role may do.
//!
//! Passwords are kept as argon2id hashes. A hash takes tens of milliseconds of CPU by design, so a
//! credential that was found good is remembered for a few minutes as a keyed digest (the key is random
//! and never leaves the process): a client that polls with Basic authentication costs one hash in five
//! minutes. Hashes are computed one at a time, with a short queue, so that guessing cannot take the
//! machine. Guesses are counted by user and address; beyond a threshold both together wait.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use ring::hmac;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::accounts::{self, LONGEST, Stored};
use super::config::{Account, RedfishConfig, Role, StartError};
use super::error::Error;

/// How long a credential that was found good is remembered.
const REMEMBER: Duration = Duration::from_secs(300);
/// Password checks that may wait for the one under way.
const QUEUE: usize = 8;
/// Pairs of user and address whose failures are counted.
const FAILURES: usize = 1024;

/// A privilege of the Redfish privilege model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Privilege {
    Login,
    ConfigureManager,
    ConfigureUsers,
    ConfigureComponents,
    ConfigureSelf,
}

impl Privilege {
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Login => "Login",
            Self::ConfigureManager => "ConfigureManager",
            Self::ConfigureUsers => "ConfigureUsers",
            Self::ConfigureComponents => "ConfigureComponents",
            Self::ConfigureSelf => "ConfigureSelf",
        }
    }
}

impl Role {
    /// The privileges of the role (DSP0266, "Roles").
    pub(crate) fn privileges(self) -> &'static [Privilege] {
        use Privilege::{ConfigureComponents, ConfigureManager, ConfigureSelf, ConfigureUsers, Login};
        match self {
            Self::Administrator => {
                &[Login, ConfigureManager, ConfigureUsers, ConfigureComponents, ConfigureSelf]
            }
            Self::Operator => &[Login, ConfigureComponents, ConfigureSelf],
            Self::ReadOnly => &[Login, ConfigureSelf],
        }
    }
}

/// Who sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user: String,
    pub(crate) role: Role,
    /// The session, if the request came with one.
    pub(crate) session: Option<u64>,
    /// Nothing but a new password is taken from it.
    pub(crate) change_required: bool,
}

impl Identity {
    /// Checks that the role has a privilege.
    pub(crate) fn require(&self, privilege: Privilege) -> Result<(), Error> {
        if self.role.privileges().contains(&privilege) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// Failed logins of one user from one address.
struct Failures {
    count: u32,
    last: Instant,
}

/// The accounts and what is known about attempts to use them.
pub(crate) struct Auth {
    accounts: Mutex<Arc<Vec<Stored>>>,
    /// Checked for users that do not exist, so that they take as long as those that do.
    decoy: String,
    key: hmac::Key,
    remembered: Mutex<HashMap<String, (hmac::Tag, Instant)>>,
    failures: Mutex<HashMap<(String, IpAddr), Failures>>,
    queue: Semaphore,
    hashing: Arc<Semaphore>,
    threshold: u32,
    duration: Duration,
}

impl Auth {
    /// Hashes the passwords of the configuration.
    ///
    /// # Errors
    /// No account, a name twice, a name or password that cannot be used, or no randomness.
    pub(crate) fn new(config: &RedfishConfig, kept: Option<&Vec<Stored>>) -> Result<Self, StartError> {
        if config.accounts.is_empty() {
            return Err(StartError::Config("no account: configure at least one".to_owned()));
        }
        let mut list: Vec<Stored> = Vec::new();
        for Account { name, password, role } in &config.accounts {
            if let Some(why) = accounts::wrong_name(name) {
                return Err(StartError::Config(format!("account {name:?}: {why}")));
            }
            if password.is_empty() || password.len() > LONGEST {
                return Err(StartError::Config(format!(
                    "account {name:?}: the password must have 1 to {LONGEST} bytes"
                )));
            }
            if list.iter().any(|a| a.name == *name) {
                return Err(StartError::Config(format!("account {name:?} is configured twice")));
            }
            if kept.is_some() {
                continue;
            }
            let (name, hash) = (name.clone(), hash(password)?);
            list.push(Stored { name, role: *role, hash, enabled: true, change_required: false });
        }
        // What clients have changed counts: a password that was changed does not come back.
        let list = kept.cloned().unwrap_or(list);
        let mut secret = Zeroizing::new([0u8; 32]);
        random(secret.as_mut_slice())?;
        let decoy = hash(&hex(secret.as_slice()))?;
        let mut key = Zeroizing::new([0u8; 32]);
        random(key.as_mut_slice())?;
        Ok(Self {
            accounts: Mutex::new(Arc::new(list)),
            decoy,
            key: hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()),
            remembered: Mutex::default(),
            failures: Mutex::default(),
            queue: Semaphore::new(QUEUE),
            hashing: Arc::new(Semaphore::new(1)),
            threshold: config.lockout_threshold.max(1),
            duration: config.lockout_duration,
        })
    }

    /// The accounts as they are.
    pub(crate) fn accounts(&self) -> Arc<Vec<Stored>> {
        Arc::clone(&lock(&self.accounts))
    }

    /// The account of this name, if it may be used.
    pub(crate) fn usable(&self, user: &str) -> Option<Stored> {
        self.accounts().iter().find(|a| a.name == user && a.enabled).cloned()
    }

    /// Role of the account of this name, and whether its password must be changed, if it may be used.
    pub(crate) fn standing(&self, user: &str) -> Option<(Role, bool)> {
        let accounts = self.accounts();
        let account = accounts.iter().find(|a| a.name == user && a.enabled)?;
        Some((account.role, account.change_required))
    }

    /// Takes the accounts as a client has changed them; what is remembered of `user` is forgotten.
    pub(crate) fn changed(&self, list: Vec<Stored>, user: &str) {
        *lock(&self.accounts) = Arc::new(list);
        lock(&self.remembered).remove(user);
    }

    /// The hash of a new password, in turn with the checks of others.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many wait.
    pub(crate) async fn hashed(&self, password: Zeroizing<String>) -> Result<String, Error> {
        let _place = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| Error::Busy)?;
        let made = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            hash(&password)
        });
        let made = made.await.map_err(|e| Error::Internal(e.to_string()))?;
        made.map_err(|e| Error::Internal(e.to_string()))
    }

    /// Failed logins in a row that lock out, and for how long.
    pub(crate) fn lockout(&self) -> (u32, Duration) {
        (self.threshold, self.duration)
    }

    /// Checks the value of an `Authorization` header.
    pub(crate) async fn basic(&self, header: &str, peer: IpAddr) -> Result<Identity, Error> {
        let credentials = decode_basic(header).ok_or(Error::Unauthenticated)?;
        let (user, password) = credentials.split_once(':').ok_or(Error::Unauthenticated)?;
        self.password(user, password, peer).await
    }

    /// Checks a user name and password.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] whatever was wrong, and while locked out; [`Error::Busy`] if too many
    /// checks wait.
    pub(crate) async fn password(&self, user: &str, password: &str, peer: IpAddr) -> Result<Identity, Error> {
        if user.len() > LONGEST || password.len() > LONGEST || self.locked(user, peer) {
            return Err(Error::Unauthenticated);
        }
        let account = self.usable(user);
        let digest = Zeroizing::new(format!("{user}:{password}").into_bytes());
        if !self.remembered(user, &digest) {
            let stored = account.as_ref().map_or(&self.decoy, |a| &a.hash).clone();
            let good = self.verify(stored, Zeroizing::new(password.to_owned())).await?;
            if !good || account.is_none() {
                self.failed(user, peer);
                return Err(Error::Unauthenticated);
            }
            self.remember(account.as_ref().map_or("", |a| &a.hash), user, &digest);
        }
        lock(&self.failures).remove(&(user.to_owned(), peer));
        let account = account.ok_or(Error::Unauthenticated)?;
        Ok(Identity {
            user: account.name.clone(),
            role: account.role,
            session: None,
            change_required: account.change_required,
        })
    }

    /// Keyed digest of a token, to find its session by.
    pub(crate) fn digest(&self, token: &str) -> [u8; 32] {
        let tag = hmac::sign(&self.key, token.as_bytes());
        let mut digest = [0; 32];
        digest.iter_mut().zip(tag.as_ref()).for_each(|(d, t)| *d = *t);
        digest
    }

    async fn verify(&self, stored: String, password: Zeroizing<String>) -> Result<bool, Error> {
        let _place = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| Error::Busy)?;
        let check = tokio::task::spawn_blocking(move || {
            // Held to the end even if the client goes away: the CPU is used until then.
            let _turn = turn;
            PasswordHash::new(&stored)
                // The parameters are those in the hash.
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        check.await.map_err(|e| Error::Internal(e.to_string()))
    }

    fn remembered(&self, user: &str, digest: &[u8]) -> bool {
        let mut remembered = lock(&self.remembered);
        let Some((tag, until)) = remembered.get(user) else { return false };
        if *until <= Instant::now() {
            remembered.remove(user);
            return false;
        }
        // Takes the same time wherever the two differ.
        hmac::verify(&self.key, digest, tag.as_ref()).is_ok()
    }

    /// Remembers a credential that was good against `hash`, unless the account has another one by now.
    fn remember(&self, hash: &str, user: &str, digest: &[u8]) {
        let tag = hmac::sign(&self.key, digest);
        // `changed` puts the new account in its place before it forgets: whichever comes first, nothing old stays.
        let mut remembered = lock(&self.remembered);
        if self.usable(user).is_some_and(|account| account.hash == hash) {
            remembered.insert(user.to_owned(), (tag, Instant::now() + REMEMBER));
        }
    }

    fn locked(&self, user: &str, peer: IpAddr) -> bool {
        let mut failures = lock(&self.failures);
        let key = (user.to_owned(), peer);
        match failures.get(&key) {
            Some(f) if f.last.elapsed() >= self.duration => {
                failures.remove(&key);
                false
            }
            Some(f) => f.count >= self.threshold,
            None => false,
        }
    }

    fn failed(&self, user: &str, peer: IpAddr) {
        let mut failures = lock(&self.failures);
        let key = (user.to_owned(), peer);
        if failures.len() >= FAILURES && !failures.contains_key(&key) {
            failures.retain(|_, f| f.last.elapsed() < self.duration);
            let oldest = failures.iter().min_by_key(|(_, f)| f.last).map(|(k, _)| k.clone());
            if let (true, Some(oldest)) = (failures.len() >= FAILURES, oldest) {
                failures.remove(&oldest);
            }
        }
        let entry = failures.entry(key).or_insert(Failures { count: 0, last: Instant::now() });
        entry.count = entry.count.saturating_add(1);
        entry.last = Instant::now();
        tracing::warn!(user = ?user, %peer, failures = entry.count, "redfish: login failed");
        if entry.count == self.threshold {
            tracing::warn!(user = ?user, %peer, duration = ?self.duration, "redfish: locked out");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Argon2id with 9 MiB, 4 passes, 1 lane: one of the settings that OWASP's Password Storage Cheat Sheet
/// lists as equally strong, chosen because a gateway has more time than memory.
fn argon2() -> Result<Argon2<'static>, StartError> {
    let parameters = Params::new(9 * 1024, 4, 1, None)
        .map_err(|e| StartError::Config(format!("parameters of the password hash: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

fn hash(password: &str) -> Result<String, StartError> {
    argon2()?
        .hash_password(password.as_bytes())
        .map(|h| h.to_string())
        .map_err(|e| StartError::Config(format!("hash of a password: {e}")))
}

/// Fills `bytes` from the system's source of randomness.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), StartError> {
    getrandom::fill(bytes).map_err(|e| StartError::Config(format!("no randomness: {e}")))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let digit = |d: u8| char::from(if d < 10 { b'0' + d } else { b'a' + d - 10 });
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

fn decode_basic(header: &str) -> Option<Zeroizing<String>> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let bytes = Zeroizing::new(base64::engine::general_purpose::STANDARD.decode(value.trim()).ok()?);
    Some(Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn auth() -> Auth {
        let config = RedfishConfig { lockout_threshold: 3, ..RedfishConfig::new("right") };
        Auth::new(&config, None).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn repeated_failures_lock_out_one_user_from_one_address_for_a_time() {
        let auth = auth();
        for _ in 0..3 {
            assert_eq!(auth.password("admin", "wrong", HERE).await, Err(Error::Unauthenticated));
        }
        assert_eq!(auth.password("admin", "right", HERE).await, Err(Error::Unauthenticated));
        assert!(auth.password("admin", "right", THERE).await.is_ok());
        tokio::time::advance(Duration::from_secs(61)).await;
        assert!(auth.password("admin", "right", HERE).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_good_credential_is_remembered_and_forgotten_again() {
        let auth = auth();
        assert!(!auth.remembered("admin", b"admin:right"));
        assert!(auth.password("admin", "right", HERE).await.is_ok());
        assert!(auth.remembered("admin", b"admin:right"));
        assert!(!auth.remembered("admin", b"admin:wrong"));
        assert_eq!(auth.password("admin", "wrong", HERE).await, Err(Error::Unauthenticated));
        tokio::time::advance(REMEMBER).await;
        assert!(!auth.remembered("admin", b"admin:right"));
    }

    #[tokio::test]
    async fn the_header_is_read_with_care() {
        let auth = auth();
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        assert!(auth.basic(&format!("basic {}", encode("admin:right")), HERE).await.is_ok());
        for wrong in ["", "Basic", "Basic !", "Bearer x", &format!("Basic {}", encode("admin"))] {
            assert_eq!(auth.basic(wrong, HERE).await, Err(Error::Unauthenticated), "{wrong}");
        }
    }

    #[test]
    fn accounts_that_cannot_work_are_refused_at_start() {
        let refused = |change: fn(&mut RedfishConfig)| {
            let mut config = RedfishConfig::new("x");
            change(&mut config);
            Auth::new(&config, None).is_err()
        };
        assert!(refused(|c| c.accounts.clear()));
        assert!(refused(|c| c.accounts[0].name = "a:b".to_owned()));
        assert!(refused(|c| c.accounts[0].password = Zeroizing::new(String::new())));
        assert!(refused(|c| c.accounts.push(c.accounts[0].clone())));
    }

    #[test]
    fn nothing_prints_a_password() {
        assert!(!format!("{:?}", RedfishConfig::new("hidden-secret")).contains("hidden-secret"));
    }
}
