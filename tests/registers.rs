//! `dpo registers` from end to end: the shipped maps pass, broken ones fail and name the place.
#![cfg(feature = "cli")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command, FromArgMatches};
use dpo_gateway::cli::registers::{RegistersArgs, run};
use dpo_gateway::maps::{self, FileState, GenerateError, LoadError, Mode, Outputs, Rule};

fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn files<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<PathBuf> {
    ids.into_iter().map(|id| root(&format!("registers/maps/{id}.json")).into()).collect()
}

fn shipped() -> Vec<PathBuf> {
    files(maps::BUILTIN.map(|(id, _)| id))
}

/// The command with these words; what it said, and whether it ended with this code.
fn dpo(words: &[&str], code: u8) -> String {
    let command = RegistersArgs::augment_args(Command::new("registers"));
    let matches =
        command.try_get_matches_from([&["registers"], words].concat()).expect("the words are a command");
    let mut out = Vec::new();
    let got = run(RegistersArgs::from_arg_matches(&matches).unwrap(), &mut out);
    let said = String::from_utf8(out).unwrap();
    assert_eq!(got, ExitCode::from(code), "{words:?} said {said}");
    said
}

/// A copy of a shipped map with one text replaced.
fn broken(folder: &Path, id: &str, from: &str, to: &str) -> PathBuf {
    let text = std::fs::read_to_string(root(&format!("registers/maps/{id}.json"))).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from} stands once in {id}");
    let path = folder.join(format!("{id}.json"));
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    path
}

/// The line of a file, from 1, that holds a text.
fn line_of(path: &Path, text: &str) -> usize {
    std::fs::read_to_string(path).unwrap().lines().position(|l| l.contains(text)).unwrap() + 1
}

#[test]
fn the_shipped_maps_and_bindings_are_in_order() {
    let files: Vec<String> = shipped().iter().map(|p| p.display().to_string()).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let said = dpo(&[&["lint"], files.as_slice()].concat(), 0);
    let registers: usize = maps::builtin().unwrap().iter().map(|m| m.registers.len()).sum();
    assert_eq!(said.trim(), format!("{} maps, {registers} registers, no findings", maps::BUILTIN.len()));
    let (out, schema) = (root("registers/src/generated"), root("registers/schema/register-map.schema.json"));
    let tables = root("spec/registers");
    let places = ["generate", "--check", "--out", &out, "--schema", &schema, "--tables", &tables];
    let said = dpo(&[&places, files.as_slice()].concat(), 0);
    assert_eq!(said.lines().count(), 2 * maps::BUILTIN.len() + 1, "{said}");
    assert!(said.lines().all(|l| l.ends_with(": up to date")), "{said}");
}

/// PMBus maps go through the same commands; their schema stands beside the other.
#[test]
fn the_shipped_pmbus_maps_and_their_bindings_are_in_order() {
    let ids = maps::pmbus::BUILTIN.map(|(id, _)| id);
    let files: Vec<String> = files(ids).iter().map(|p| p.display().to_string()).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let said = dpo(&[&["lint"], files.as_slice()].concat(), 0);
    let commands: usize = maps::pmbus::builtin().unwrap().iter().map(|m| m.commands.len()).sum();
    let count = ids.len();
    let plural = if count == 1 { "" } else { "s" };
    assert_eq!(said.trim(), format!("{count} map{plural}, 0 registers, {commands} commands, no findings"));
    let (out, schema) = (root("registers/src/generated"), root("registers/schema/register-map.schema.json"));
    let tables = root("spec/registers");
    let places = ["generate", "--check", "--out", &out, "--schema", &schema, "--tables", &tables];
    let said = dpo(&[&places, files.as_slice()].concat(), 0);
    assert_eq!(said.lines().count(), 2 * count + 1, "{said}");
    assert!(said.lines().all(|l| l.ends_with(": up to date")), "{said}");
    assert!(said.contains("pmbus-map.schema.json"), "{said}");
}

/// Each command has its row and its paragraph, and each field of a block what its register says of itself.
#[test]
fn the_pages_of_pmbus_maps_say_all_of_commands_and_registers() {
    for map in maps::pmbus::builtin().unwrap() {
        let page = std::fs::read_to_string(root(&format!("spec/registers/{}.md", map.id))).unwrap();
        let mirrored = maps::builtin().unwrap().into_iter().find(|m| map.mirrors.as_ref() == Some(&m.id));
        assert_eq!(map.mirrors.is_some(), mirrored.is_some());
        for command in &map.commands {
            let row = format!("| {:02X}h | [{}](#command-{}) |", command.code, command.name, command.id);
            assert_eq!(page.matches(&row).count(), 1, "{row}");
            let (_, rest) = page.split_once(&format!("### Command `{}`\n", command.id)).unwrap();
            let own = rest.split("\n### ").next().unwrap();
            for note in command.notes.iter().filter(|n| !n.contains(['<', '|'])) {
                assert!(own.contains(note.as_str()), "{}: {note}", command.id);
            }
            let confirmed = command.clause.as_ref().map(|c| c.confirmed);
            assert_eq!(own.contains(", **unconfirmed**;"), confirmed == Some(false), "{own}");
            assert_eq!(own.contains(", confirmed;"), confirmed == Some(true), "{own}");
            let parts = command.bits.iter().map(|b| &b.id).chain(command.symbols.iter().map(|s| &s.id));
            for id in parts.chain(command.request.iter().map(|f| &f.id)) {
                assert!(own.contains(&format!("| `{id}` |")), "{}: {id}", command.id);
            }
            for field in &command.fields {
                let line = own.lines().find(|l| l.contains(&format!("| `{}` |", field.id))).expect(&field.id);
                let cells: Vec<_> = line.split('|').map(str::trim).collect();
                assert_eq!(cells[2], field.bytes.to_string(), "{line}");
                let register = mirrored.iter().flat_map(|m| &m.registers).find(|r| r.id == field.id);
                if let Some(register) = register.filter(|_| field.description.is_none()) {
                    assert!(cells[4].ends_with(&format!("(dpo-pmi.md#register-{})", field.id)), "{line}");
                    assert_eq!(cells[7], register.unit.as_deref().unwrap_or_default(), "{line}");
                    assert!(
                        line.contains(&register.description) || register.description.contains(['<', '|'])
                    );
                }
            }
        }
        assert!(map.hazards.iter().all(|hazard| page.contains(&hazard.reason)));
    }
    let page = std::fs::read_to_string(root("spec/registers/dpo-pmbus.md")).unwrap();
    let row = "| 0 to 3 | 4 | `input_power_limit` |";
    let line = page.lines().find(|l| l.starts_with(row)).unwrap();
    assert!(line.contains("| unsigned |  | W | rw |"), "{line}");
}

#[test]
fn pmbus_maps_are_exported_as_csv_and_markdown_and_told_apart_elsewhere() {
    for map in maps::pmbus::builtin().unwrap() {
        let csv = dpo(&["export", "--strict", "--format", "csv", &map.id], 0);
        let count = |row: &str| csv.lines().filter(|l| l.starts_with(&format!("{row},"))).count();
        assert_eq!(count("command"), map.commands.len());
        assert_eq!(count("field"), map.commands.iter().map(|c| c.fields.len()).sum::<usize>());
        assert_eq!(count("bit"), map.commands.iter().map(|c| c.bits.len()).sum::<usize>());
        // No other document stands beside an exported one, so there are no links to others.
        let page = dpo(&["export", "--format", "markdown", &map.id], 0);
        assert!(page.contains("## Command details") && !page.contains(".md#"), "{}", map.id);
        for format in ["rackmon", "c-header", "telegraf"] {
            dpo(&["export", "--format", format, &map.id], 2);
        }
        dpo(&["export", "--format", "csv", "--set", "unit=1", &map.id], 2);
        dpo(&["decode", &map.id], 2);
        dpo(&["watch", &map.id, "--target", "tcp://127.0.0.1:1", "--unit", "1"], 2);
        dpo(&["diff", &map.id, &root(&format!("registers/maps/{}.json", map.id))], 0);
    }
    let csv = dpo(&["export", "--format", "csv", "dpo-pmbus"], 0);
    let row = csv.lines().find(|l| l.starts_with("field,") && l.contains(",input_power_limit,")).unwrap();
    assert!(row.contains(",0,4,dpo-pmi.input_power_limit,unsigned,1/1,0/1,"), "{row}");
}

#[test]
fn a_pmbus_map_that_is_wrong_is_named_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = broken(folder.path(), "pmbus-psu", "\"code\": 33,", "\"code\": 34,");
    let report = maps::lint(std::slice::from_ref(&path)).unwrap();
    let found: Vec<_> =
        report.findings.iter().map(|f| (f.rule, f.pointer.ends_with("/code"), f.line)).collect();
    let line = line_of(&path, "\"code\": 34,");
    // VOUT_COMMAND has the code of VOUT_TRIM: one name is wrong, and one code stands twice.
    assert!(found.contains(&(Rule::PmbusStandard, false, line - 2)), "{report}");
    assert!(found.iter().any(|(rule, at_code, _)| *rule == Rule::PmbusOrder && *at_code), "{report}");
    // An unknown key is refused by the schema of PMBus maps.
    let path = broken(folder.path(), "pmbus-psu", "\"clock_hz_max\"", "\"clock_hz\"");
    let report = maps::lint(std::slice::from_ref(&path)).unwrap();
    assert!(
        report.findings.iter().any(|f| f.rule == Rule::Schema && f.pointer == "/bus/clock_hz"),
        "{report}"
    );
}

/// The map of `registers/tests/kinds` holds what no shipped map does; its bindings are compiled there.
#[test]
fn the_bindings_of_the_test_map_are_in_order() {
    let (map, out) = (root("registers/tests/maps/kinds.json"), root("registers/tests/kinds/generated"));
    let schema = root("registers/schema/register-map.schema.json");
    dpo(&["generate", "--check", "--no-tables", "--out", &out, "--schema", &schema, &map], 0);
}

#[test]
fn a_wrong_key_an_overlap_and_an_impossible_limit_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (
            "orv3-psu",
            "\"unlock\": \"setting_register.psu_write_enable\",\n      \"safety\": { \"class\": \"setpoint\", \"fail_safe\": 52224 }",
            "\"unlocks\": \"setting_register.psu_write_enable\",\n      \"safety\": { \"class\": \"setpoint\", \"fail_safe\": 52224 }",
            Rule::Schema,
            "/unlocks",
            ("\"unlocks\"", 0),
        ),
        (
            "orv3-bbu",
            "\"address\": 130,",
            "\"address\": 129,",
            Rule::Overlap,
            "/address",
            ("\"id\": \"average_current\"", 3),
        ),
        (
            "dpo-pmi",
            "\"limits\": { \"min\": 0, \"max\": 3600 }",
            "\"limits\": { \"min\": 0, \"max\": 70000 }",
            Rule::LimitsType,
            "/limits",
            ("\"max\": 70000", 0),
        ),
    ];
    for (id, from, to, rule, key, (mark, below)) in cases {
        let path = broken(folder.path(), id, from, to);
        let report = maps::lint(std::slice::from_ref(&path)).unwrap();
        assert_eq!(report.findings.len(), 1, "{report}");
        let finding = &report.findings[0];
        assert_eq!((finding.rule, &finding.path), (rule, &path));
        assert!(finding.pointer.starts_with("/registers/") && finding.pointer.ends_with(key), "{finding}");
        assert_eq!(finding.line, line_of(&path, mark) + below, "{finding}");

        let said = dpo(&["lint", path.to_str().unwrap()], 1);
        for part in [path.to_str().unwrap(), finding.pointer.as_str(), rule.code(), rule.name(), "mend:"] {
            assert!(said.contains(part), "{part} is missing in {said}");
        }
        let out = folder.path().join("out");
        let generate = ["generate", "--out", out.to_str().unwrap(), path.to_str().unwrap()];
        let said = dpo(&generate, 1);
        assert!(said.contains(rule.code()) && said.contains("nothing was generated"), "{said}");
        assert!(!out.exists(), "a map with findings generates nothing");
    }
}

#[test]
fn a_rule_is_explained_by_code_or_name() {
    for asked in ["M033", "m033", "overlap"] {
        let said = dpo(&["explain", asked], 0);
        for part in
            ["M033 overlap: Two registers share an address.", "Why\n", "Mend\n", "Fails, ", "Passes, "]
        {
            assert!(said.contains(part), "{part} is missing in {said}");
        }
    }
    let said = dpo(&["explain"], 0);
    assert!(Rule::ALL.iter().all(|r| said.lines().any(|l| l.starts_with(r.code()))), "{said}");
    let said = dpo(&["explain", "M333"], 2);
    assert!(said.contains("no rule `M333`; near to it: ") && said.contains("M033 overlap"), "{said}");
    let said = dpo(&["lint", "--self-test"], 0);
    assert!(said.trim().ends_with("places that find: all as stated"), "{said}");
}

#[test]
fn a_report_is_text_json_and_sarif_of_the_same_findings() {
    let folder = tempfile::tempdir().unwrap();
    let path = broken(folder.path(), "orv3-psu", "\"base\": {", "\"bose\": {");
    let file = path.to_str().unwrap();
    let read = |form: &str| -> serde_json::Value {
        serde_json::from_str(&dpo(&["lint", "--format", form, file], 1)).unwrap()
    };
    let (json, sarif) = (read("json"), read("sarif"));
    let text = dpo(&["lint", file], 1);
    let findings = json["findings"].as_array().unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!((findings.len(), results.len()), (2, 2), "an unknown key, and one that is missing");
    for (finding, result) in findings.iter().zip(results) {
        let place = format!("{file}:{}:{}: M003 schema", finding["line"], finding["column"]);
        assert!(text.contains(&place), "{place} is missing in {text}");
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!((&region["startLine"], &region["startColumn"]), (&finding["line"], &finding["column"]));
        assert_eq!(result["ruleId"], finding["code"]);
    }
    assert!(text.contains("2 M003 schema: `dpo registers explain M003`"), "{text}");
    let clean = dpo(&["lint", "--format", "sarif", &root("registers/maps/orv3-psu.json")], 0);
    assert!(clean.contains("\"results\": []"), "a clean map has results, none of them: {clean}");
}

#[test]
fn what_cannot_be_read_is_no_finding() {
    let said = dpo(&["lint", "/nonexistent/map.json"], 2);
    assert!(said.contains("/nonexistent/map.json: cannot be read"), "{said}");
    let said = dpo(&["generate", "/nonexistent/map.json"], 2);
    assert!(said.contains("/nonexistent/map.json: cannot be read"), "{said}");
    assert!(maps::lint(&[]).is_err(), "no files is wrong use");
}

#[test]
fn generated_files_are_written_compared_and_missed() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = Outputs {
        modules: folder.path().join("generated"),
        schema: folder.path().join("s/map.schema.json"),
        tables: Some(folder.path().join("tables")),
        complete: false,
    };
    let states = |mode| {
        let report = maps::generate(&files(["dpo-pmi", "orv3-bbu", "orv3-psu"]), &outputs, mode).unwrap();
        let drift = report.drift();
        (report.files.iter().map(|f| f.state).collect::<Vec<_>>(), drift)
    };
    use FileState::{Differs, Missing, NotDeclared, Same, Written};
    assert_eq!(states(Mode::Check), ([vec![Missing; 7], vec![NotDeclared; 3]].concat(), true));
    assert!(!outputs.modules.exists(), "a check writes nothing");
    // The hand-written mod.rs is asked for, not written.
    assert_eq!(states(Mode::Write), ([vec![Written; 7], vec![NotDeclared; 3]].concat(), true));
    std::fs::write(outputs.modules.join("mod.rs"), "pub mod dpo_pmi; pub mod orv3_bbu; pub mod orv3_psu;")
        .unwrap();
    assert_eq!(states(Mode::Check), (vec![Same; 7], false));
    for file in ["dpo_pmi.rs", "orv3_bbu.rs", "orv3_psu.rs"] {
        let checked_in = std::fs::read(root(&format!("registers/src/generated/{file}"))).unwrap();
        assert!(
            std::fs::read(outputs.modules.join(file)).unwrap() == checked_in,
            "{file}: run `dpo registers generate`"
        );
    }
    let tables = folder.path().join("tables");
    for file in ["dpo-pmi.md", "orv3-bbu.md", "orv3-psu.md"] {
        let checked_in = std::fs::read(root(&format!("spec/registers/{file}"))).unwrap();
        assert!(
            std::fs::read(tables.join(file)).unwrap() == checked_in,
            "{file}: run `dpo registers generate`"
        );
    }

    let bbu = outputs.modules.join("orv3_bbu.rs");
    let text = std::fs::read_to_string(&bbu).unwrap();
    std::fs::write(&bbu, text.replacen("max_read_words: 120", "max_read_words: 121", 1)).unwrap();
    let line = line_of(&bbu, "max_read_words: 121");
    assert_eq!(states(Mode::Check), ([vec![Same, Differs(line)], vec![Same; 5]].concat(), true));
    assert_eq!(states(Mode::Write), ([vec![Same, Written], vec![Same; 5]].concat(), false));
    assert_eq!(std::fs::read_to_string(&bbu).unwrap(), text);
}

#[test]
fn a_map_whose_values_nobody_can_compute_is_not_exported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orv3-psu.json");
    let text = std::fs::read_to_string(root("registers/maps/orv3-psu.json")).unwrap();
    let broken = text.replacen("\"den\": 128", "\"den\": 0", 1);
    assert_ne!(broken, text);
    std::fs::write(&path, broken).unwrap();
    let map = path.to_str().unwrap();
    assert_eq!(dpo(&["export", "--format", "c-header", map], 2), "");
    assert_eq!(dpo(&["decode", map], 2), "");
    for set in [["--set", "protocol=udp"], ["--set", "unit=1"]] {
        assert_eq!(dpo(&["export", "--format", "modbus-exporter", "orv3-psu", set[0], set[1]], 2), "");
    }
    for unit in ["unit=0", "unit=256", "unit=x"] {
        assert_eq!(dpo(&["export", "--format", "wot", "orv3-psu", "--set", unit], 2), "");
    }
    dpo(&["export", "--format", "modbus-exporter", "orv3-psu", "--set", "protocol=serial"], 0);
    dpo(&["export", "--format", "wot", "orv3-psu", "--set", "unit=255"], 0);
    assert_eq!(dpo(&["decode", "orv3-psu", "--group", "nothing"], 2), "");
}

#[test]
fn a_map_that_does_not_load_names_file_line_and_pointer() {
    let folder = tempfile::tempdir().unwrap();
    let path = broken(folder.path(), "dpo-pmi", "\"address\": 16384,", "\"address\": 163840,");
    let Err(LoadError::Invalid { path: file, pointer, line, .. }) = maps::load(&path) else {
        panic!("an address beyond 16 bits loads");
    };
    assert_eq!(
        (file, pointer.as_str(), line),
        (path.clone(), "/registers/0/address", line_of(&path, "163840"))
    );
    let outputs = Outputs {
        modules: folder.path().join("out"),
        schema: folder.path().join("schema.json"),
        tables: Some(folder.path().join("tables")),
        complete: true,
    };
    let Err(GenerateError::Findings(report)) = maps::generate(&[path], &outputs, Mode::Write) else {
        panic!("a map that does not load generates");
    };
    assert_eq!(report.findings[0].pointer, "/registers/0/address");
}

#[test]
fn the_built_in_maps_are_the_files() {
    let maps = maps::builtin().unwrap();
    assert_eq!(maps.len(), maps::BUILTIN.len());
    for (map, (id, _)) in maps.iter().zip(maps::BUILTIN) {
        assert_eq!(map.id, id);
        let file = maps::load(Path::new(&root(&format!("registers/maps/{}.json", map.id)))).unwrap();
        assert_eq!(file, *map);
    }
}
