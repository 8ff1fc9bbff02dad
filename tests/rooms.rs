//! The rooms depend on each other only in the direction of design section 2. A new edge is a decision:
//! it is made here, in the open.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Room (a path prefix) and the rooms of this crate that it may name.
const ALLOWED: &[(&str, &[&str])] = &[
    ("src/maps", &[]),
    ("src/bus", &[]),
    ("src/shelf", &["bus"]),
    ("src/control", &[]),
    ("src/plot", &[]),
    ("src/spec", &["maps", "control", "gridcode"]),
    ("src/gridcode", &["plot"]),
    ("src/engine", &["control", "gridcode", "plot"]),
    ("src/sim", &["bus", "control", "gridcode", "plot"]),
    ("src/realtime", &["control"]),
    ("src/gateway", &["bus", "shelf", "control"]),
    ("src/pmi", &["bus", "shelf", "gateway"]),
    ("src/redfish", &["shelf", "gateway"]),
    ("src/embedded", &["bus", "shelf", "control", "gridcode", "sim", "realtime", "gateway", "pmi"]),
    (
        "src/cli",
        &[
            "bus", "shelf", "maps", "gateway", "pmi", "redfish", "sim", "embedded", "gridcode", "plot",
            "realtime", "engine", "spec", "cli",
        ],
    ),
    // The judging code may use the map model alone; only the simulated targets start a reference.
    ("conformance/src", &["maps"]),
    ("conformance/src/targets/sim.rs", &["bus", "maps", "sim", "embedded", "gateway", "pmi", "redfish"]),
    ("conformance/src/targets/ride", &["sim", "embedded", "gateway", "gridcode"]),
];

const ROOMS: &[&str] = &[
    "maps", "bus", "shelf", "control", "sim", "gateway", "pmi", "redfish", "embedded", "gridcode", "plot",
    "realtime", "engine", "spec", "cli",
];

fn rust_files(path: &Path, out: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            rust_files(&entry.unwrap().path(), out);
        }
    } else if path.extension().is_some_and(|e| e == "rs") && !is_test(path) {
        out.push(path.to_path_buf());
    }
}

/// Files of tests may use what they like, as modules of tests in a file may.
fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
        || path.components().any(|c| c.as_os_str() == "tests")
}

/// Rooms that a source line names through `crate::room` or `dpo_gateway::room`, tests apart.
fn named_rooms(source: &str) -> Vec<(usize, &'static str)> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("//") {
            continue;
        }
        for room in ROOMS {
            let names = |prefix: &str| {
                line.match_indices(prefix).any(|(at, _)| {
                    let rest = &line[at + prefix.len()..];
                    rest.strip_prefix(room)
                        .is_some_and(|r| !r.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
                        || rest
                            .strip_prefix('{')
                            .is_some_and(|list| list.split([',', '}', ' ', ':']).any(|item| item == *room))
                })
            };
            if names("crate::") || names("dpo_gateway::") {
                found.push((number + 1, *room));
            }
        }
    }
    found
}

#[test]
fn rooms_depend_in_one_direction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    let mut checked = 0;
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    rust_files(&root.join("conformance/src"), &mut files);
    for file in files {
        let relative = file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let Some((room, allowed)) =
            ALLOWED.iter().filter(|(room, _)| relative.starts_with(room)).max_by_key(|(room, _)| room.len())
        else {
            continue;
        };
        checked += 1;
        let own = room.trim_start_matches("src/").trim_end_matches(".rs");
        for (line, named) in named_rooms(&fs::read_to_string(&file).unwrap()) {
            if named != own && !allowed.contains(&named) {
                wrong.push(format!("{relative}:{line} names `{named}`, which `{room}` may not depend on"));
            }
        }
    }
    assert!(checked > 20, "only {checked} files checked: the paths of the rooms are stale");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_sees_an_edge() {
    assert_eq!(named_rooms("use crate::gateway::Gateway;"), [(1, "gateway")]);
    assert_eq!(named_rooms("use dpo_gateway::{bus, sim::SimShelf};"), [(1, "bus"), (1, "sim")]);
    assert_eq!(named_rooms("use crate::gateway_tools::X;\n// crate::sim"), []);
}
