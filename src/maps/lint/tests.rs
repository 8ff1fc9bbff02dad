//! The examples of the rules are their tests: each fails with exactly its rule at its place, and a place
//! in the lint that is taken away is missed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::example::{Run, base};
use super::self_test::{runs, self_test};
use super::{Rule, SelfTest, Site, examine, lint};

fn all_runs() -> Vec<Run> {
    let mut test = SelfTest { rules: 0, failing: 0, passing: 0, places: 0, wrong: Vec::new() };
    let runs = runs(&mut test);
    // An example that is wrong as it is would notice each mutant.
    let sound = |run: &Run| run.judge(|_| true).is_ok();
    assert!(test.wrong.is_empty() && runs.iter().all(sound), "see the test of the examples; {test}");
    runs
}

#[test]
fn the_clean_map_is_clean() {
    let text = format!("{:#}", base().unwrap());
    let (found, _) = examine(&[(PathBuf::from("test-map.json"), text)]).unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn each_example_has_the_findings_it_states_and_no_other() {
    let test = self_test();
    println!("{test}");
    assert!(test.wrong.is_empty(), "{test}");
    assert!(test.failing >= test.rules && test.passing >= test.rules);
}

/// Every call in the sources of the lint that makes a finding, as `file:line:column`.
fn places_in_the_sources() -> BTreeSet<String> {
    fn files(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                files(&path, out);
            } else if name.ends_with(".rs") && !["tests.rs", "hostile.rs", "found.rs"].contains(&name) {
                out.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    files(&root.join("src/maps"), &mut sources);
    let mut places = BTreeSet::new();
    for source in sources {
        let text = std::fs::read_to_string(&source).unwrap();
        // A call takes a `Rule`; the methods of other types named `add` do not.
        for (number, line) in (1..).zip(text.lines()) {
            for call in ["found.add(", "found.add_at("] {
                for (at, _) in line.match_indices(call) {
                    let file = source.strip_prefix(root).unwrap().display();
                    places.insert(format!("{file}:{number}:{}", at + "found.".len() + 1));
                }
            }
        }
    }
    places
}

/// Deletion mutants: the lint without one of its places must fail an example. A place that no example
/// reaches survives, and so does one whose findings no example asks for.
#[test]
fn no_place_can_be_taken_away_unnoticed() {
    let name = |site: Site| site.to_string();
    let runs = all_runs();
    let places = places_in_the_sources();
    let hit: BTreeSet<String> = runs.iter().flat_map(|r| &r.findings).map(|(site, _)| name(site)).collect();
    let unknown: Vec<_> = hit.difference(&places).collect();
    assert!(unknown.is_empty(), "places that the scan of the sources does not see: {unknown:#?}");
    let survivors: Vec<_> = places
        .iter()
        .filter(|place| runs.iter().all(|run| run.judge(|site| name(site) != **place).is_ok()))
        .collect();
    println!("{} rules, {} places, {} survivors", Rule::ALL.len(), places.len(), survivors.len());
    assert!(survivors.is_empty(), "no example notices when these are taken away: {survivors:#?}");
}

/// Whole rules as mutants: without any of its places a rule fails an example of its own.
#[test]
fn no_rule_can_be_taken_away_unnoticed() {
    let runs = all_runs();
    for rule in Rule::ALL {
        let noticed = runs.iter().filter(|run| {
            let of_rule: Vec<Site> =
                run.findings.iter().filter(|(_, f)| f.rule == *rule).map(|(site, _)| *site).collect();
            run.judge(|site| !of_rule.contains(&site)).is_err()
        });
        assert!(noticed.count() > 0, "{rule} can go unnoticed");
    }
}

/// Line and column are checked without the scanner that found them: a change made to the text just there
/// is a change of what the pointer names.
#[test]
fn line_and_column_are_those_of_the_pointer() {
    let mut checked = 0;
    for run in all_runs() {
        for (_, f) in &run.findings {
            if matches!(f.rule, Rule::Syntax | Rule::DuplicateKey) || f.pointer.is_empty() {
                continue;
            }
            let (_, text) = run.texts.iter().find(|(path, _)| *path == f.path).unwrap();
            let before: usize = text.split_inclusive('\n').take(f.line - 1).map(str::len).sum();
            let line = &text[before..];
            let at = before + line.char_indices().nth(f.column - 1).unwrap().0;
            let (head, tail) = text.split_at(at);
            let key = f.pointer.rsplit('/').next().unwrap();
            if key.parse::<usize>().is_err() {
                // The key: misspell it, and the pointer leads nowhere.
                assert!(tail.starts_with(&format!("\"{key}\"")), "{}: {f}", run.name);
                let changed: Value = serde_json::from_str(&format!("{head}\"x{}", &tail[1..])).unwrap();
                assert!(changed.pointer(&f.pointer).is_none(), "{}: {f}", run.name);
            } else {
                // The element: put another before it, and the pointer leads to that.
                let changed: Value = serde_json::from_str(&format!("{head}\"here\", {tail}")).unwrap();
                assert_eq!(changed.pointer(&f.pointer).unwrap(), "here", "{}: {f}", run.name);
            }
            checked += 1;
        }
    }
    assert!(checked > Rule::ALL.len(), "{checked}");
}

#[test]
fn what_is_not_json_is_named_with_its_place() {
    let text = "{\n  \"id\": \"a\",\n  oops\n}".to_owned();
    let (found, _) = examine(&[(PathBuf::from("a.json"), text)]).unwrap();
    let (_, first) = &found[0];
    assert_eq!((first.rule, first.line, first.column), (Rule::Syntax, 3, 3));
    assert_eq!(found.len(), 1);
}

#[test]
fn a_file_that_is_no_text_has_a_finding_at_its_place_and_the_others_are_read() {
    let first = |bytes: &[u8]| {
        let files = [(PathBuf::from("a.json"), bytes), (PathBuf::from("b.json"), b"[]".as_slice())];
        let (found, _) = examine(&files).unwrap();
        assert!(found.iter().any(|(_, f)| f.path == Path::new("b.json")), "the other file is read");
        let (_, first) = &found[0];
        assert_eq!((first.path.to_str(), first.rule), (Some("a.json"), Rule::Syntax), "{first}");
        (first.line, first.column, first.message.clone(), first.mend.clone())
    };
    // Lines and columns count from 1, also where there is nothing.
    assert_eq!((first(b"").0, first(b"").1), (1, 1));
    assert_eq!((first(b"\n\n").0, first(b"\n\n").1), (3, 1));
    // Columns are characters.
    assert_eq!((first("{\"ä\": x}".as_bytes()).0, first("{\"ä\": x}".as_bytes()).1), (1, 7));
    let (line, column, message, mend) = first(b"{\n \"\xc3\xa4\xe9\": 1}");
    assert_eq!((line, column), (2, 4));
    assert_eq!((message.as_str(), mend.as_str()), ("the byte 0xE9 is not UTF-8", "save the file as UTF-8"));
    assert!(first(b"\xef\xbb\xbf{}").2.contains("byte order mark"));
    assert!(first(b"\xff\xfe{\0}\0").2.contains("UTF-16"));
}

#[test]
fn a_key_that_stands_twice_is_named_where_it_stands_again() {
    let text = "{\n  \"title\": \"A\",\n  \"title\": \"B\"\n}".to_owned();
    let (found, _) = examine(&[(PathBuf::from("a.json"), text)]).unwrap();
    let (_, twice) = found.iter().find(|(_, f)| f.rule == Rule::DuplicateKey).unwrap();
    assert_eq!((twice.pointer.as_str(), twice.line, twice.column), ("/title", 3, 3));
}

#[test]
fn the_shipped_maps_are_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("registers/maps");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
    let report = lint(&paths).unwrap();
    assert!(report.is_clean() && report.files >= 3, "{report}");
}
