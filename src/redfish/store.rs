//! What the service keeps over a restart: accounts, certificates, subscriptions of events and how they are delivered, labels.
//!
//! One small file, replaced as a whole: written beside the old one, synced, renamed. It holds hashes of passwords, keys of
//! certificates, and perhaps credentials that clients gave for their event receivers, so only the owner may read it.
//! Without a file the same lives in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::accounts::Stored;
use super::config::StartError;
use super::error::Error;
use super::event::push::subscription::{Delivery, Subscription};
use super::file;
use super::labels::{CircuitLabels, ShelfLabels};
use super::tls::{Kept, Own};
use super::trigger::Trigger;

/// Form of the file that this version writes.
const VERSION: u32 = 1;
/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// What is kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    /// Number of the last subscription that was made; numbers are not used again.
    pub(crate) last_subscription: u64,
    /// The subscriptions, oldest first.
    pub(crate) subscriptions: Vec<Subscription>,
    /// Number of the last trigger that was made.
    pub(crate) last_trigger: u64,
    /// The triggers, oldest first.
    pub(crate) triggers: Vec<Trigger>,
    /// Retries, if a client changed them.
    pub(crate) delivery: Option<Delivery>,
    /// The grid code that a client chose to judge events.
    pub(crate) grid_code: Option<String>,
    /// The accounts, once a client has changed one.
    pub(crate) accounts: Option<Vec<Stored>>,
    /// The certificate that a client brought, with its key.
    pub(crate) certificate: Option<Kept>,
    /// The certificate that the service made at its first start, with its key.
    pub(crate) own_certificate: Option<Own>,
    /// What people wrote on the shelf.
    pub(crate) shelf: ShelfLabels,
    /// What they wrote on its circuits, by identifier.
    pub(crate) circuits: BTreeMap<String, CircuitLabels>,
}

/// The state and its file.
#[derive(Debug)]
pub(crate) struct Store {
    path: Option<PathBuf>,
    state: Mutex<Arc<State>>,
    /// One change at a time: none is lost between its copy and its file.
    changing: tokio::sync::Mutex<()>,
}

impl Store {
    /// Reads the file; a file that is not there yet is an empty state.
    ///
    /// # Errors
    /// A file that cannot be read, is not of this form or is of a newer version, or a folder that cannot be written.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, StartError> {
        let state = match path {
            Some(path) => read(path)?,
            None => State::default(),
        };
        if let Some(path) = path {
            // Better now than at the first change.
            write(path, &state).map_err(|e| StartError::Config(format!("state {}: {e}", path.display())))?;
        }
        Ok(Self {
            path: path.map(Path::to_owned),
            state: Mutex::new(Arc::new(state)),
            changing: tokio::sync::Mutex::new(()),
        })
    }

    /// The state as it is.
    pub(crate) fn now(&self) -> Arc<State> {
        Arc::clone(&self.lock())
    }

    /// Changes the state: in the file first, so that what was answered holds after a restart.
    ///
    /// # Errors
    /// Those of `change`, and a file that cannot be written; nothing has changed then.
    pub(crate) async fn change<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _alone = self.changing.lock().await;
        let mut next = State::clone(&self.now());
        let result = change(&mut next)?;
        if let Some(path) = self.path.clone() {
            let copy = next.clone();
            let written = tokio::task::spawn_blocking(move || {
                write(&path, &copy).map_err(|e| format!("state {}: {e}", path.display()))
            });
            written.await.map_err(|e| Error::Internal(e.to_string()))?.map_err(Error::Internal)?;
        }
        *self.lock() = Arc::new(next);
        Ok(result)
    }

    /// The same for a change that cannot be refused.
    ///
    /// # Errors
    /// A file that cannot be written; nothing has changed then.
    pub(crate) async fn set(&self, change: impl FnOnce(&mut State)) -> Result<(), Error> {
        let change = |state: &mut State| {
            change(state);
            Ok(())
        };
        self.change(change).await
    }

    fn lock(&self) -> MutexGuard<'_, Arc<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the file keeps accounts, which then count instead of those of the configuration.
///
/// # Errors
/// A file that cannot be read, is not of this form or is of a newer version.
pub fn keeps_accounts(path: &Path) -> Result<bool, StartError> {
    Ok(read(path)?.accounts.is_some())
}

fn read(path: &Path) -> Result<State, StartError> {
    let fault = |e: String| StartError::Config(format!("state {}: {e}", path.display()));
    match std::fs::metadata(path) {
        Ok(found) if found.len() > LARGEST => return Err(fault(format!("larger than {LARGEST} bytes"))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(State::default()),
        Err(e) => return Err(fault(e.to_string())),
        Ok(_) => {}
    }
    let text = Zeroizing::new(std::fs::read(path).map_err(|e| fault(e.to_string()))?);
    let state: State = serde_json::from_slice(&text)
        .map_err(|e| fault(format!("{e}; mend it, or move it away to begin with nothing")))?;
    if state.version > VERSION {
        let version = state.version;
        return Err(fault(format!("form {version} is of a newer version; this one reads up to {VERSION}")));
    }
    Ok(state)
}

fn write(path: &Path, state: &State) -> std::io::Result<()> {
    let mut state = state.clone();
    state.version = VERSION;
    let text = Zeroizing::new(serde_json::to_vec_pretty(&state).map_err(std::io::Error::other)?);
    file::replace(path, &text)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn what_was_changed_is_there_after_a_restart_and_readable_by_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("redfish.json");
        let store = Store::open(Some(&path)).unwrap();
        store.set(|s| s.last_subscription = 7).await.unwrap();
        let refused = store.change(|s| {
            s.last_subscription = 8;
            Err::<(), _>(Error::NotFound)
        });
        assert_eq!(refused.await, Err(Error::NotFound));
        assert_eq!(store.now().last_subscription, 7, "a refused change changes nothing");
        assert_eq!(Store::open(Some(&path)).unwrap().now().last_subscription, 7);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_change_that_cannot_be_kept_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/redfish.json");
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        let store = Store::open(Some(&path)).unwrap();
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
        let changed = store.set(|s| s.last_subscription = 1).await;
        assert!(matches!(changed, Err(Error::Internal(_))));
        assert_eq!(store.now().last_subscription, 0);
    }

    #[test]
    fn a_file_that_is_none_of_ours_stops_the_start_and_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("redfish.json");
        for (text, word) in [("{", "mend it"), ("{\"other\": 1}", "other"), ("{\"version\": 9}", "newer")] {
            std::fs::write(&path, text).unwrap();
            let refused = Store::open(Some(&path)).unwrap_err().to_string();
            assert!(refused.contains(word) && refused.contains("redfish.json"), "{refused}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        assert!(Store::open(Some(&folder.path().join("none/redfish.json"))).is_err());
    }
}
