//! `dpo registers diff` and `gate` from end to end, and the documents that belong to them.
#![cfg(feature = "cli")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::{Args, FromArgMatches};
use dpo_gateway::cli::registers::{RegistersArgs, run};
use dpo_gateway::maps::diff::{Kind, table};

fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// The command with these words; what it said, and whether it ended with this code.
fn dpo(words: &[&str], code: u8) -> String {
    let command = RegistersArgs::augment_args(clap::Command::new("registers"));
    let matches =
        command.try_get_matches_from([&["registers"], words].concat()).expect("the words are a command");
    let mut out = Vec::new();
    let got = run(RegistersArgs::from_arg_matches(&matches).unwrap(), &mut out);
    let said = String::from_utf8(out).unwrap();
    assert_eq!(got, ExitCode::from(code), "{words:?} said {said}");
    said
}

/// A folder with a released map at 1.0.0 and a copy of it to work on.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        let text = std::fs::read_to_string(root("registers/released/orv3-psu.json")).unwrap();
        let text = text.replacen("\"version\": \"0.1.0\",\n", "\"version\": \"1.0.0\",\n", 1).replacen(
            "{ \"version\": \"0.1.0\"",
            "{ \"version\": \"1.0.0\"",
            1,
        );
        std::fs::create_dir(place.folder.path().join("released")).unwrap();
        std::fs::write(place.released(), &text).unwrap();
        std::fs::write(place.map(), &text).unwrap();
        place
    }

    fn released(&self) -> PathBuf {
        self.folder.path().join("released/orv3-psu.json")
    }

    fn map(&self) -> PathBuf {
        self.folder.path().join("orv3-psu.json")
    }

    /// Replaces a text that stands once; gives its line.
    fn edit(&self, from: &str, to: &str) -> usize {
        let text = std::fs::read_to_string(self.map()).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from}");
        std::fs::write(self.map(), text.replacen(from, to, 1)).unwrap();
        text.split(from).next().unwrap().lines().count()
    }

    fn release(&self, version: &str) {
        self.edit("\"version\": \"1.0.0\",\n", &format!("\"version\": \"{version}\",\n"));
        self.edit(
            "{ \"version\": \"1.0.0\"",
            &format!("{{ \"version\": \"{version}\", \"date\": \"2026-12-01\", \"text\": \"x\" }},\n    {{ \"version\": \"1.0.0\""),
        );
    }

    fn gate(&self, code: u8) -> String {
        let released = self.folder.path().join("released");
        dpo(&["gate", "--released", released.to_str().unwrap(), self.map().to_str().unwrap()], code)
    }
}

#[test]
fn the_shipped_maps_fit_their_last_release() {
    let maps: Vec<String> = std::fs::read_dir(root("registers/maps"))
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .filter(|path| path.ends_with(".json"))
        .collect();
    let released = root("registers/released");
    let words: Vec<&str> = ["gate", "--released", released.as_str()]
        .into_iter()
        .chain(maps.iter().map(String::as_str))
        .collect();
    let said = dpo(&words, 0);
    assert_eq!(said.lines().count(), maps.len(), "{said}");
    for entry in std::fs::read_dir(&released).unwrap() {
        let name = entry.unwrap().file_name();
        let there = maps.iter().any(|m| Path::new(m).file_name() == Some(&name));
        assert!(there, "{name:?} was released and is gone");
    }
}

#[test]
fn a_breaking_change_with_a_patch_step_is_refused_with_file_pointer_and_the_version_due() {
    let place = Place::new();
    assert!(place.gate(0).contains("nothing changed"), "an untouched map passes");
    place.release("1.0.1");
    let line = place.edit("\"limits\": { \"min\": 47104, \"max\": 53248 },\n      \"volatility\": \"setting\",\n      \"poll\": \"slow\",\n      \"settle_ms\": 500,\n      \"unlock\": \"setting_register.psu_write_enable\",\n      \"safety\": { \"class\": \"setpoint\", \"fail_safe\": 52224 }", "\"limits\": { \"min\": 47104, \"max\": 53247 },\n      \"volatility\": \"setting\",\n      \"poll\": \"slow\",\n      \"settle_ms\": 500,\n      \"unlock\": \"setting_register.psu_write_enable\",\n      \"safety\": { \"class\": \"setpoint\", \"fail_safe\": 52224 }");
    let said = place.gate(1);
    let file = place.map().display().to_string();
    for part in [
        format!("{file}:5:3: #/version: version 1.0.1 does not fit: a major step from 1.0.0 is due, to 2.0.0 or more"),
        format!("{file}:{line}:"),
        "/limits: breaking (writers): registers[].limits of `vout_setpoint_h` changed: values that were allowed are refused".to_owned(),
        "mend: raise `version` to 2.0.0".to_owned(),
    ] {
        assert!(said.contains(&part), "{part:?} is missing in\n{said}");
    }
    let released = place.released().display().to_string();
    let said = dpo(&["diff", &released, &file], 1);
    assert!(said.contains("breaks writers") && said.contains("does not fit"), "{said}");

    place.edit("\"version\": \"1.0.1\",\n", "\"version\": \"2.0.0\",\n");
    assert!(place.gate(1).contains("#/changelog: no entry for version 2.0.0"));
    place.edit("{ \"version\": \"1.0.1\"", "{ \"version\": \"2.0.0\"");
    assert!(place.gate(0).contains("version 2.0.0 fits"));
}

#[test]
fn a_new_register_names_the_new_version_and_a_new_map_needs_no_release() {
    let place = Place::new();
    place.release("1.1.0");
    let register = "{ \"id\": \"fresh\", \"name\": \"Fresh\", \"description\": \"x\", \"address\": 5000, \"words\": 1, \"type\": \"unsigned\", \"access\": \"ro\", \"volatility\": \"volatile\", \"poll\": \"slow\", \"modality\": \"optional\", \"since\": \"1.0.0\", \"source\": [\"FB\"], \"confidence\": \"stated\" }";
    place.edit("\"registers\": [\n", &format!("\"registers\": [\n    {register},\n"));
    let said = place.gate(1);
    assert!(
        said.contains("#/registers/0/since: `fresh` is new since release 1.0.0, but says since 1.0.0"),
        "{said}"
    );
    assert!(said.contains("mend: write 1.1.0"), "{said}");
    place.edit("\"optional\", \"since\": \"1.0.0\"", "\"optional\", \"since\": \"1.1.0\"");
    assert!(place.gate(0).contains("version 1.1.0 fits: a minor step from 1.0.0 is due"));

    std::fs::remove_file(place.released()).unwrap();
    assert!(place.gate(0).contains("never released"));
    // The release records what passed.
    let released = place.folder.path().join("released");
    dpo(&["gate", "--record", "--released", released.to_str().unwrap(), place.map().to_str().unwrap()], 0);
    assert_eq!(std::fs::read(place.released()).unwrap(), std::fs::read(place.map()).unwrap());
    assert!(place.gate(0).contains("nothing changed"));
}

#[test]
fn a_release_is_found_by_its_id_and_a_missing_folder_is_an_error() {
    let place = Place::new();
    let (folder, map) = (place.folder.path(), place.map());
    place.edit("  \"title\": \"ORv3 power supply unit (3 kW)", "  \"title\": \"Another");
    assert!(place.gate(1).contains("#/version"), "a change without a version step");
    // Under another name the map is the same map.
    let moved = folder.join("moved.json");
    std::fs::rename(&map, &moved).unwrap();
    let released = folder.join("released");
    let words = |files: &[&Path], more: &[&str], folder: &Path, code| {
        let files: Vec<&str> = files.iter().map(|f| f.to_str().unwrap()).collect();
        dpo(&[&["gate", "--released", folder.to_str().unwrap()], more, &files].concat(), code)
    };
    assert!(words(&[&moved], &[], &released, 1).contains("#/version"));
    // Another id in the file of a release is no new map.
    std::fs::rename(&moved, &map).unwrap();
    place.edit("\"id\": \"orv3-psu\"", "\"id\": \"orv3-other\"");
    assert!(place.gate(1).contains("#/id: the map was released as `orv3-psu`"));

    let nowhere = folder.join("nowhere");
    let said = words(&[&map], &[], &nowhere, 2);
    assert!(said.contains("nowhere: cannot be read") && said.contains("--record"), "{said}");
    assert!(!nowhere.exists());
    words(&[&map], &["--record"], &nowhere, 0);
    assert!(nowhere.join("orv3-psu.json").exists());
    // Two releases of one map: nobody knows which counts.
    std::fs::copy(nowhere.join("orv3-psu.json"), nowhere.join("twin.json")).unwrap();
    assert!(words(&[&map], &[], &nowhere, 2).contains("both released as `orv3-other`"));
}

#[test]
fn every_key_of_the_schema_is_told_in_the_readme() {
    fn keys(schema: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
        if let Some(members) = schema.get("properties").and_then(|p| p.as_object()) {
            found.extend(members.keys().cloned());
        }
        match schema {
            serde_json::Value::Object(members) => members.values().for_each(|s| keys(s, found)),
            serde_json::Value::Array(items) => items.iter().for_each(|s| keys(s, found)),
            _ => {}
        }
    }
    let read = |path: &str| std::fs::read_to_string(root(path)).unwrap();
    let readme = read("registers/README.md");
    let schema = serde_json::from_str(&read("registers/schema/register-map.schema.json")).unwrap();
    let mut found = std::collections::BTreeSet::new();
    keys(&schema, &mut found);
    assert!(found.len() > 60, "{found:?}");
    // A key stands in code marks, alone or as a list: `registers[]`.
    let told = |key: &String| ["`", "[]`"].iter().any(|end| readme.contains(&format!("`{key}{end}")));
    let missing: Vec<_> = found.iter().filter(|key| key.as_str() != "$schema" && !told(key)).collect();
    assert!(missing.is_empty(), "registers/README.md says nothing of {missing:?}");
}

#[test]
fn maps_come_from_files_git_and_the_program() {
    let file = root("registers/maps/orv3-psu.json");
    let said = dpo(&["diff", "orv3-psu", &file], 0);
    assert!(said.contains("nothing changed"), "{said}");
    let said = dpo(&["diff", "orv3-psu", "no-such-map"], 2);
    assert!(said.contains("name a file, REV:path of a git repository, or one of orv3-psu"), "{said}");
    let said = dpo(&["diff", "--", "orv3-psu", "-x:y"], 2);
    assert!(said.contains("does not begin with a dash"), "{said}");
    let git = Command::new("git").arg("--version").output();
    if git.is_ok_and(|output| output.status.success()) {
        let said = dpo(&["diff", "orv3-psu", "no-such-revision:registers/maps/orv3-psu.json"], 2);
        assert!(said.contains("git has no such file"), "{said}");
    }
}

/// The table in the documentation is the one in the code.
#[test]
fn the_documented_classification_is_the_one_in_force() {
    let text = std::fs::read_to_string(root("registers/VERSIONING.md")).unwrap();
    for (kind, word) in [(Kind::Modbus, "modbus"), (Kind::Pmbus, "pmbus")] {
        let from = format!("<!-- dpo registers diff --classification {word} -->\n");
        let table =
            text.split(&from).nth(1).expect("the table has its mark").split("<!-- end -->").next().unwrap();
        let expected = table::markdown(kind);
        let differs = table.lines().zip(expected.lines()).find(|(a, b)| a != b);
        assert!(
            table == expected,
            "registers/VERSIONING.md differs from `dpo registers diff --classification {word}`: {differs:?}"
        );
    }
}
