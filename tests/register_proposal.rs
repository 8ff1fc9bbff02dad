//! The way of a change to OCP as CONTRIBUTING.md describes it, walked in a copy of the repository.
#![cfg(feature = "cli")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::{Command, Output, Stdio};

use dpo_gateway::maps::diff::{Class, Version};
use serde_json::{Value, json};

const MAP: &str = "registers/maps/orv3-psu.json";

fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// The text between two fences of CONTRIBUTING.md, without the indent of the list around it.
fn blocks(language: &str) -> Vec<String> {
    let text = fs::read_to_string(root("CONTRIBUTING.md")).unwrap();
    let text = text.split("## Propose a change of a register map to OCP").nth(1).expect("the walk is there");
    let text = text.split("\n## ").next().unwrap();
    text.split(&format!("```{language}\n"))
        .skip(1)
        .map(|b| b.split("```").next().unwrap().to_owned())
        .collect()
}

/// The commands of the walk, as words behind `cargo run --`.
fn commands() -> Vec<Vec<String>> {
    let all = blocks("sh").concat();
    let lines = all.lines().filter_map(|line| line.trim().strip_prefix("cargo run -- "));
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

struct Copy {
    folder: tempfile::TempDir,
}

impl Copy {
    /// The part of the repository that the walk touches, in git if git is there.
    fn new() -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        let files =
            [MAP, "registers/released/orv3-psu.json", "conformance/cases.golden", "spec/modifications.json"];
        for file in files {
            copy.write(file, &fs::read_to_string(root(file)).unwrap());
        }
        copy.git(&["init", "--quiet"]);
        copy.git(&["add", "-A"]);
        copy.git(&["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "Base"]);
        copy
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
    }

    fn git(&self, words: &[&str]) {
        let output = Command::new("git")
            .args(words)
            .current_dir(self.folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("the walk needs git, as a contributor does");
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn dpo(&self, words: &[String], code: i32) -> String {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_dpo"))
            .args(words)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(stdout).unwrap();
        assert_eq!(status.code(), Some(code), "{words:?} said {said}{}", String::from_utf8_lossy(&stderr));
        said
    }

    fn map(&self) -> Value {
        serde_json::from_str(&self.read(MAP)).unwrap()
    }
}

/// The version of the map before, and the one due after an additive change.
fn versions(map: &Value) -> (String, String) {
    let from = Version::parse(map["version"].as_str().unwrap()).unwrap();
    (from.to_string(), from.after(from.step(Class::Additive)).to_string())
}

fn propose(copy: &Copy, code: i32) -> String {
    copy.dpo(commands().last().unwrap(), code)
}

/// Steps 1 and 2: the row, the version and the changelog.
fn change(copy: &Copy) -> (String, String) {
    let mut map = copy.map();
    let (from, to) = versions(&map);
    let mut row: Value = serde_json::from_str(&blocks("json").concat()).expect("the row is JSON");
    row["since"] = json!(to);
    map["registers"].as_array_mut().unwrap().push(row);
    map["version"] = json!(to);
    let entry = json!({ "version": to, "date": "2026-12-01", "text": "Energy left for hold-up." });
    map["changelog"].as_array_mut().unwrap().insert(0, entry);
    copy.write(MAP, &format!("{map:#}\n"));
    (from, to)
}

#[test]
fn the_walk_through_a_proposal_works_as_written() {
    let copy = Copy::new();
    let (from, to) = change(&copy);
    let commands = commands();
    let names: Vec<&str> = commands.iter().map(|words| words[1].as_str()).collect();
    assert_eq!(names, ["diff", "lint", "gate", "propose"]);
    let said = copy.dpo(&commands[0], 0);
    assert!(said.contains("0 breaking, 1 additive"), "{said}");
    assert!(said.contains("`hold_up_energy` added"), "{said}");
    copy.dpo(&commands[1], 0);
    copy.dpo(&commands[2], 0);

    // The first run writes the form, and no bundle.
    let said = propose(&copy, 1);
    assert!(said.contains("answers are missing or wrong"), "{said}");
    for field in [
        "reason.rationale",
        "reason.grid",
        "evidence.tests",
        "intellectual_property.agreement",
        "tenets.scale",
    ] {
        assert!(said.contains(&format!("{field}: is empty")), "{field} in {said}");
    }
    assert!(!said.contains("reason.migration"), "nobody breaks: {said}");
    assert!(copy.read("proposal/proposal.toml").contains("# The grid or safety reason"));
    assert!(!copy.path("proposal/README.md").exists());

    let answers = fs::read_to_string(root("tests/proposal/answers.toml")).unwrap();
    let answers = answers.replace("\"FROM\"", &format!("{from:?}")).replace("\"TO\"", &format!("{to:?}"));
    copy.write("proposal/proposal.toml", &answers);
    propose(&copy, 0);

    let cover = copy.read("proposal/README.md");
    for part in [
        "# Show the energy left for hold-up",
        "### Sustainability",
        "Voltage sags of up to one cycle",
        "| `orv3-psu.hold_up_energy` | The device may implement `hold_up_energy` at address 110",
        "| MOD-01 | MAP-001, MAP-003 | Optional |",
        "| rackmon | unaffected |",
        "None is needed: nobody breaks.",
        "Never to be written on such a device:",
    ] {
        assert!(cover.contains(part), "{part:?} is missing in\n{cover}");
    }
    let diff: Value = serde_json::from_str(&copy.read("proposal/diff.json")).unwrap();
    assert_eq!(diff["fit"]["verdict"], "fits");
    assert_eq!(serde_json::from_str::<Value>(&copy.read("proposal/map.new.json")).unwrap(), copy.map());
    let old: Value = serde_json::from_str(&copy.read("proposal/map.old.json")).unwrap();
    assert_eq!(old["version"], json!(from));
    for file in ["redline.md", "redline.html", "compatibility.md"] {
        assert!(
            copy.read(&format!("proposal/{file}")).contains("hold_up_energy") || file == "compatibility.md"
        );
    }
    // Every file that the cover page links to is there.
    for link in cover.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert!(copy.path(&format!("proposal/{link}")).exists(), "{link}");
    }
}

#[test]
fn an_empty_answer_is_refused_by_name_and_so_is_a_wrong_one() {
    let copy = Copy::new();
    let (from, to) = change(&copy);
    let good = fs::read_to_string(root("tests/proposal/answers.toml")).unwrap();
    let good = good.replace("\"FROM\"", &format!("{from:?}")).replace("\"TO\"", &format!("{to:?}"));
    let one = |from: &str, to: &str| {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        copy.write("proposal/proposal.toml", &good.replacen(from, to, 1));
        let said = propose(&copy, 1);
        assert!(!copy.path("proposal/README.md").exists());
        said
    };
    let grid = good.lines().find(|line| line.starts_with("grid = ")).unwrap();
    for empty in ["grid = \"\"", "grid = \"  \"", "grid = \"TBD\"", "grid = \"...\"", ""] {
        let said = one(grid, empty);
        assert!(
            said.contains("1 answers are missing") && said.contains("reason.grid: is empty"),
            "{empty}: {said}"
        );
    }
    for (from, to, expected) in [
        ("\"MAP-003\"", "\"MAP-999\"", "evidence.tests: `MAP-999` is no conformance case"),
        ("\"MOD-01\"", "\"MOD-99\"", "evidence.requirements: `MOD-99` is no requirement"),
        ("\"extension\"", "\"thing\"", "cover.relation: `thing` is not one of revision, extension, profile"),
        (
            "Firmware of a second party",
            "Simulated shelf of this repository",
            "implementation_2.name: is the first one again",
        ),
        ("read only", "read by the master only", "reason.hazards: says `master`; OCP's terminology asks for"),
        ("hazards =", "hazard =", "`reason.hazard` is no field of the form"),
        ("[\"MAP-001\", \"MAP-003\"]", "\"MAP-001\"", "`evidence.tests` takes a list of texts"),
        (
            "map = \"orv3-psu\"",
            "map = \"orv3-bbu\"",
            "`change.map` is `orv3-bbu`, but the change is `orv3-psu`",
        ),
    ] {
        let said = one(from, to);
        assert!(said.contains(expected), "{expected} in {said}");
    }
}

#[test]
fn a_breaking_change_asks_for_a_migration_and_says_who_breaks() {
    let copy = Copy::new();
    let mut map = copy.map();
    let (from, to) = versions(&map);
    let rows = map["registers"].as_array_mut().unwrap();
    let row = rows.iter_mut().find(|r| r["id"] == "vout_setpoint_h").unwrap();
    row["limits"]["max"] = json!(row["limits"]["max"].as_i64().unwrap() - 1);
    let row = rows.iter_mut().find(|r| r["id"] == "input_voltage_ac").unwrap();
    row["scale"] = json!({ "num": 1, "den": 32 });
    map["version"] = json!(to);
    let entry = json!({ "version": to, "date": "2026-12-01", "text": "Narrower limits and another scale." });
    map["changelog"].as_array_mut().unwrap().insert(0, entry);
    copy.write(MAP, &format!("{map:#}\n"));

    let answers = fs::read_to_string(root("tests/proposal/answers.toml")).unwrap();
    let answers = answers.replace("\"FROM\"", &format!("{from:?}")).replace("\"TO\"", &format!("{to:?}"));
    copy.write("proposal/proposal.toml", &answers);
    let said = propose(&copy, 1);
    assert!(said.contains("reason.migration: is empty. How users of the old map move"), "{said}");
    copy.write("proposal/proposal.toml", &answers.replace("migration = \"\"", "migration = \"By 2027-06.\""));
    propose(&copy, 0);
    let table = copy.read("proposal/compatibility.md");
    for part in [
        "| rackmon | **breaks** | `registers[].scale` | make its table anew from the new map |",
        "| phosphor-modbus | **breaks** | `registers[].scale` |",
        "| clients that write | **breaks** | `registers[].limits`, `registers[].scale` |",
        "| firmware of devices | **breaks** | `registers[].scale` |",
    ] {
        assert!(table.contains(part), "{part:?} is missing in\n{table}");
    }
}

#[test]
fn a_map_whose_version_does_not_fit_or_that_did_not_change_is_not_proposed() {
    let copy = Copy::new();
    let said = propose(&copy, 1);
    assert!(said.contains("nothing changed since HEAD:registers/maps/orv3-psu.json"), "{said}");
    let (from, to) = change(&copy);
    let mut map = copy.map();
    map["version"] = json!(from);
    map["changelog"].as_array_mut().unwrap().remove(0);
    map["registers"].as_array_mut().unwrap().last_mut().unwrap()["since"] = json!(from);
    copy.write(MAP, &format!("{map:#}\n"));
    let said = propose(&copy, 1);
    let due = format!("version {from} does not fit: a minor step from {from} is due, to {to} or more");
    assert!(said.contains(&due), "{said}");
    assert!(!copy.path("proposal").exists());
    let words: Vec<String> =
        ["registers", "propose", "--base", "no-such-revision", MAP].map(str::to_owned).to_vec();
    assert!(copy.dpo(&words, 2).contains("git has no such file"));
}
