//! A report as SARIF 2.1.0 (OASIS), for code hosts and editors that show findings beside the lines.
//!
//! SARIF has a place for fixes, but only as exact replacements of text. What to do is a sentence here, so it
//! stands in the message and under `properties.mend`.

use std::path::{Component, Path};

use serde_json::{Value, json};

use super::{Finding, Report};
use crate::maps::lint::{Help, Rule};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl Report {
    /// The report as a SARIF log with one run. Paths that are not absolute are relative to `%SRCROOT%`, the
    /// folder the lint was started in.
    pub fn to_sarif(&self) -> Value {
        let page = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/registers/RULES.md");
        let rules: Vec<Value> = Rule::ALL.iter().map(|rule| described(*rule, page)).collect();
        let results: Vec<Value> = self.findings.iter().map(result).collect();
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "dpo registers lint",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "informationUri": page,
                    "rules": rules,
                }},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        })
    }
}

fn described(rule: Rule, page: &str) -> Value {
    let help = Help::of(rule);
    json!({
        "id": rule.code(),
        "name": rule.name(),
        "shortDescription": { "text": rule.summary() },
        "fullDescription": { "text": help.demand },
        "help": {
            "text": format!("{} Why: {} Mend: {}", help.demand, help.why, help.mend),
            "markdown": format!("{}\n\n**Why.** {}\n\n**Mend.** {}", help.demand, help.why, help.mend),
        },
        "helpUri": format!("{page}#{}-{}", rule.code().to_lowercase(), rule.name()),
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding) -> Value {
    let Finding { path, pointer, line, column, rule, message, mend } = finding;
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": artifact(path),
            "region": { "startLine": line, "startColumn": column },
        },
    });
    // The pointer of a whole document is empty, which SARIF does not take as a name.
    if let (false, Some(location)) = (pointer.is_empty(), location.as_object_mut()) {
        location.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": pointer }]));
    }
    json!({
        "ruleId": rule.code(),
        "ruleIndex": Rule::ALL.iter().position(|r| r == rule),
        "level": "error",
        "message": { "text": format!("{message}\nMend: {mend}") },
        "locations": [location],
        "properties": { "mend": mend },
    })
}

/// Where a file is, as a URI.
fn artifact(path: &Path) -> Value {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(encoded(&name.to_string_lossy())),
        Component::ParentDir => Some("..".to_owned()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    });
    let joined = parts.collect::<Vec<_>>().join("/");
    if path.is_absolute() {
        json!({ "uri": format!("file:///{joined}") })
    } else {
        json!({ "uri": joined, "uriBaseId": "%SRCROOT%" })
    }
}

/// A name as one segment of a URI (RFC 3986).
fn encoded(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(path: &str, pointer: &str) -> Finding {
        Finding {
            path: path.into(),
            pointer: pointer.to_owned(),
            line: 12,
            column: 7,
            rule: Rule::Overlap,
            message: "`b` begins inside `a`".to_owned(),
            mend: "correct an address".to_owned(),
        }
    }

    #[test]
    fn a_finding_is_a_result_with_place_pointer_rule_and_mend() {
        let findings = vec![finding("maps/a b.json", "/registers/3/address"), finding("/tmp/x.json", "")];
        let log = Report { files: 2, findings, ..Report::default() }.to_sarif();
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), Rule::ALL.len());
        let [first, second] = run["results"].as_array().unwrap().as_slice() else { panic!("two results") };
        let rule = &rules[usize::try_from(first["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!((first["ruleId"].as_str(), rule["id"].as_str()), (Some("M033"), Some("M033")));
        assert_eq!(rule["shortDescription"]["text"], "Two registers share an address.");
        assert!(rule["helpUri"].as_str().unwrap().ends_with("/registers/RULES.md#m033-overlap"));
        let place = &first["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], json!({ "uri": "maps/a%20b.json", "uriBaseId": "%SRCROOT%" }));
        assert_eq!(place["region"], json!({ "startLine": 12, "startColumn": 7 }));
        let name = &first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"];
        assert_eq!(name, "/registers/3/address");
        assert_eq!(first["message"]["text"], "`b` begins inside `a`\nMend: correct an address");
        assert_eq!(first["properties"]["mend"], "correct an address");
        assert_eq!(
            second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "file:///tmp/x.json"
        );
        assert!(second["locations"][0].get("logicalLocations").is_none());
    }

    #[test]
    fn a_clean_report_has_results_that_are_none() {
        let log = Report { files: 1, ..Report::default() }.to_sarif();
        assert_eq!(
            log["runs"][0]["results"],
            json!([]),
            "an absent list would mean that nothing was checked"
        );
    }
}
