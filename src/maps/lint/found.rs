//! Where the rules put their findings.

use std::panic::Location;
use std::path::Path;

use super::rule::Rule;
use crate::maps::locate::{Place, Places};
use crate::maps::report::Finding;

/// The place in the source of the lint that made a finding. The self-test takes them away one by one
/// and sees that an example notices.
pub(in crate::maps) type Site = &'static Location<'static>;

/// Findings of one file before their lines are known.
#[derive(Default)]
pub(in crate::maps) struct Found {
    drafts: Vec<Draft>,
}

struct Draft {
    pointer: String,
    /// Where the pointer alone does not say it.
    place: Option<Place>,
    rule: Rule,
    message: String,
    mend: String,
    site: Site,
}

impl Found {
    /// Adds a finding at a JSON pointer. Not to be called from a closure: each call is a place of its own
    /// to the self-test.
    #[track_caller]
    pub(in crate::maps) fn add(
        &mut self,
        pointer: impl Into<String>,
        rule: Rule,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.push(pointer.into(), None, rule, message.into(), mend.into(), Location::caller());
    }

    /// As [`Found::add`], where the line and column are known.
    #[track_caller]
    pub(in crate::maps) fn add_at(
        &mut self,
        place: Place,
        pointer: impl Into<String>,
        rule: Rule,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.push(pointer.into(), Some(place), rule, message.into(), mend.into(), Location::caller());
    }

    fn push(
        &mut self,
        pointer: String,
        place: Option<Place>,
        rule: Rule,
        message: String,
        mend: String,
        site: Site,
    ) {
        self.drafts.push(Draft { pointer, place, rule, message, mend, site });
    }

    /// Takes over what was found under other pointers.
    pub(in crate::maps) fn absorb(&mut self, other: Self, pointer: impl Fn(String) -> String) {
        self.drafts
            .extend(other.drafts.into_iter().map(|draft| Draft { pointer: pointer(draft.pointer), ..draft }));
    }

    /// Whether nothing was found yet.
    pub(in crate::maps) fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// The findings with their lines, and what made each.
    pub(super) fn place(self, path: &Path, places: &Places) -> impl Iterator<Item = (Site, Finding)> {
        self.drafts.into_iter().map(move |draft| {
            let Draft { pointer, place, rule, message, mend, site } = draft;
            let (line, column) = place.unwrap_or_else(|| places.place(&pointer));
            (site, Finding { path: path.to_owned(), pointer, line, column, rule, message, mend })
        })
    }
}
