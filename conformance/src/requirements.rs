//! The requirements of the specification that a case decides on, as they stand in `spec/requirements`.

use include_dir::{Dir, include_dir};
use serde::Deserialize;

/// Version of the specification whose requirements these are.
pub const SPECIFICATION: &str = "0.5.0";

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../spec/requirements");

/// A file of requirements, as far as the suite reads it.
#[derive(Debug, Deserialize)]
struct Group {
    requirements: Vec<Requirement>,
}

/// One requirement, in the words of the specification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Requirement {
    /// Permanent identifier.
    pub id: String,
    /// The sentence.
    pub text: String,
    /// What must be claimed for it to apply.
    pub condition: Option<String>,
    #[serde(default)]
    verification: Verification,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct Verification {
    #[serde(default)]
    cases: Vec<String>,
}

/// The requirements that name a case, by their identifiers.
///
/// # Errors
/// The file that is no list of requirements, and why.
pub fn of_case(id: &str) -> Result<Vec<Requirement>, String> {
    let mut found = Vec::new();
    for file in FILES.files().filter(|file| file.path().extension().is_some_and(|e| e == "json")) {
        let group: Group = serde_json::from_slice(file.contents())
            .map_err(|e| format!("spec/requirements/{}: {e}", file.path().display()))?;
        found.extend(group.requirements.into_iter().filter(|r| r.verification.cases.iter().any(|c| c == id)));
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_on_the_front_page() {
        let front = include_str!("../../spec/specification/00-front.md");
        assert!(front.contains(&format!("version {SPECIFICATION},")), "{SPECIFICATION}");
    }

    #[test]
    fn each_case_has_a_requirement_and_cases_of_the_block_name_theirs() {
        for case in crate::catalogue::cases().unwrap() {
            let own: Vec<String> = of_case(&case.id).unwrap().into_iter().map(|r| r.id).collect();
            assert!(!own.is_empty(), "no requirement names {}", case.id);
            if case.scope == crate::catalogue::Scope::Block {
                let mut named: Vec<String> =
                    case.clause.split(", ").map(|c| c.trim_start_matches("DPO ").to_owned()).collect();
                named.sort();
                assert_eq!(named, own, "{}: its tags, and the requirements that name it", case.id);
            }
        }
    }
}
