//! The accounts as the service keeps them. Every change is checked here: there is always an administrator who can log in.

use serde::{Deserialize, Serialize};

use super::config::Role;
use super::error::{Error, Fault};

/// Longest user name and password looked at, and the shortest password that a client may give, in bytes.
pub(crate) const LONGEST: usize = 256;
pub(crate) const SHORTEST_PASSWORD: usize = 8;
/// Accounts at one time.
const MOST: usize = 64;

/// An account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// argon2id in PHC form.
    pub(crate) hash: String,
    pub(crate) enabled: bool,
    /// Nothing but a new password is taken from it.
    pub(crate) change_required: bool,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

/// Why a name cannot be one of a user.
pub(crate) fn wrong_name(name: &str) -> Option<String> {
    let usable = !name.is_empty()
        && name.len() <= LONGEST
        && !name.contains([':', '/', '?', '#', '%', '\\', '"'])
        && !matches!(name, "." | "..")
        && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    let rule = || format!("a user name has 1 to {LONGEST} bytes and none of : / ? # % \\ \" or white space");
    (!usable).then(rule)
}

/// Adds an account.
///
/// # Errors
/// A name that is there, or too many accounts.
pub(crate) fn add(list: &mut Vec<Stored>, new: Stored) -> Result<(), Error> {
    if list.iter().any(|a| a.name == new.name) {
        return Err(Error::Exists(new.name));
    }
    if list.len() >= MOST {
        let why = format!("there are {MOST} accounts already");
        return Err(Error::property("UserName", Fault::Refused(new.name.into(), why)));
    }
    list.push(new);
    Ok(())
}

/// Puts a changed account in the place of the one of its name.
///
/// # Errors
/// No such account, or nobody would be left to administrate.
pub(crate) fn replace(list: &mut [Stored], changed: Stored) -> Result<(), Error> {
    let place = list.iter_mut().find(|a| a.name == changed.name).ok_or(Error::NotFound)?;
    *place = changed;
    governed(list)
}

/// Takes an account away.
///
/// # Errors
/// No such account, or nobody would be left to administrate.
pub(crate) fn remove(list: &mut Vec<Stored>, name: &str) -> Result<(), Error> {
    let before = list.len();
    list.retain(|a| a.name != name);
    if list.len() == before { Err(Error::NotFound) } else { governed(list) }
}

fn governed(list: &[Stored]) -> Result<(), Error> {
    let left = list.iter().any(|a| a.enabled && a.role == Role::Administrator);
    if left { Ok(()) } else { Err(Error::LastAdministrator) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, role: Role) -> Stored {
        let hash = "secret-hash".to_owned();
        Stored { name: name.to_owned(), role, hash, enabled: true, change_required: false }
    }

    #[test]
    fn an_administrator_is_always_left() {
        let mut list = vec![account("admin", Role::Administrator), account("op", Role::Operator)];
        assert_eq!(remove(&mut list.clone(), "admin"), Err(Error::LastAdministrator));
        let demoted = account("admin", Role::Operator);
        assert_eq!(replace(&mut list.clone(), demoted), Err(Error::LastAdministrator));
        let shut = Stored { enabled: false, ..account("admin", Role::Administrator) };
        assert_eq!(replace(&mut list.clone(), shut), Err(Error::LastAdministrator));
        assert_eq!(remove(&mut list.clone(), "nobody"), Err(Error::NotFound));
        assert_eq!(add(&mut list, account("op", Role::Operator)), Err(Error::Exists("op".to_owned())));
        add(&mut list, account("other", Role::Administrator)).unwrap();
        assert_eq!(remove(&mut list, "admin"), Ok(()));
        assert_eq!(remove(&mut list, "other"), Err(Error::LastAdministrator));
        assert!(!format!("{list:?}").contains("secret"));
    }

    #[test]
    fn names_that_would_be_part_of_a_path_or_a_header_are_refused() {
        for wrong in [
            "",
            ".",
            "..",
            "a b",
            "a/b",
            "a:b",
            "a%2f",
            "a#",
            "a?",
            "a\\b",
            "a\"",
            "a\u{7}",
            &"x".repeat(300),
        ] {
            assert!(wrong_name(wrong).is_some(), "{wrong:?}");
        }
        assert_eq!(wrong_name("jörg.müller-2"), None);
    }
}
