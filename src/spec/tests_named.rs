//! Whether a test that a requirement names is there.

use std::path::{Path, PathBuf};

/// Where tests are.
const FOLDERS: [&str; 4] = ["src", "tests", "registers", "conformance"];

/// What is wrong with the name of a test, `path/of/file.rs::name`.
pub(super) fn wrong(root: &Path, name: &str) -> Option<String> {
    let Some((file, function)) = name.split_once("::") else {
        return Some("is not `path/of/file.rs::name`".to_owned());
    };
    if file.contains("..") || !file.ends_with(".rs") {
        return Some("does not name a Rust file of this repository".to_owned());
    }
    match std::fs::read_to_string(root.join(file)) {
        Ok(source) if is_test(&source, function) => None,
        there => {
            let why =
                there.map_or_else(|error| error.to_string(), |_| "has no such test that runs".to_owned());
            let moved = elsewhere(root, function).map(|path| format!("; {} has", path.display()));
            Some(format!("is not there: {file}: {why}{}", moved.unwrap_or_default()))
        }
    }
}

/// The file that has the test now, if it has moved.
fn elsewhere(root: &Path, function: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).ok()?.flatten() {
            let path = folder.join(entry.file_name());
            if root.join(&path).is_dir() {
                if entry.file_name() != "target" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs")
                && std::fs::read_to_string(root.join(&path)).is_ok_and(|source| is_test(&source, function))
            {
                return Some(path);
            }
        }
    }
    None
}

/// Whether a source has a function of that name with a test attribute, and without `ignore`.
pub(super) fn is_test(source: &str, function: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let begins = |line: &str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(function))
            .is_some_and(|r| r.starts_with('('))
    };
    lines.iter().enumerate().filter(|(_, line)| begins(line)).any(|(at, _)| {
        let attributes =
            lines.iter().take(at).rev().take_while(|l| l.starts_with("#[") || l.starts_with("//"));
        let attributes: Vec<&&str> = attributes.filter(|line| line.starts_with("#[")).collect();
        attributes.iter().any(|line| line.contains("test"))
            && !attributes.iter().any(|l| l.contains("ignore"))
    })
}
