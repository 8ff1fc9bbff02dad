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
    if has(root, Path::new(file), function) {
        return None;
    }
    // A file of tests that grew becomes a folder of the same name; the module stays what it was.
    let folder = PathBuf::from(file.trim_end_matches(".rs"));
    if search(root, vec![folder], function).is_some() {
        return None;
    }
    let moved = search(root, FOLDERS.iter().map(PathBuf::from).collect(), function);
    let moved = moved.map(|path| format!("; {} has it", path.display())).unwrap_or_default();
    Some(format!("is not there, or does not run: neither {file} nor its folder has it{moved}"))
}

/// Whether a file has the test.
fn has(root: &Path, file: &Path, function: &str) -> bool {
    std::fs::read_to_string(root.join(file)).is_ok_and(|source| is_test(&source, function))
}

/// The file in these folders, or in those below, that has the test. A folder that is not there has none.
fn search(root: &Path, mut folders: Vec<PathBuf>, function: &str) -> Option<PathBuf> {
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            if root.join(&path).is_dir() {
                if entry.file_name() != "target" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs") && has(root, &path, function) {
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
