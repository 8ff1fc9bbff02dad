//! What must not compile does not, and the compiler says why in the words of the maps.
//!
//! Each file under `refusals/` is a program; the texts after `//~` must be in the message of its error. A
//! file without such a line must compile: it shows that the others fail for their own reason. Whole
//! messages are not compared, since they change with the compiler.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A package with the programs, beside the build of this test.
fn package(programs: &[PathBuf]) -> PathBuf {
    let registers = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("refusals");
    let bin = package.join("src/bin");
    let _ = std::fs::remove_dir_all(&bin);
    std::fs::create_dir_all(&bin).unwrap();
    let manifest = format!(
        "[package]\nname = \"refusals\"\nedition = \"2024\"\n[dependencies]\ndpo-registers.path = {registers:?}\n\
         [workspace]\n"
    );
    std::fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The versions that this build has, so that nothing need be fetched.
    std::fs::copy(registers.join("../Cargo.lock"), package.join("Cargo.lock")).unwrap();
    for program in programs {
        std::fs::copy(program, bin.join(program.file_name().unwrap())).unwrap();
    }
    package
}

#[test]
fn what_must_not_compile_does_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refusals");
    let mut programs: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    programs.sort();
    assert!(programs.len() >= 5, "{programs:?}");
    let package = package(&programs);
    for program in &programs {
        let name = program.file_stem().unwrap().to_str().unwrap();
        let source = std::fs::read_to_string(program).unwrap();
        let expected: Vec<&str> = source.lines().filter_map(|l| l.trim().strip_prefix("//~ ")).collect();
        let done = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--offline", "--bin", name])
            .current_dir(&package)
            .env("CARGO_TARGET_DIR", package.join("target"))
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.success(), expected.is_empty(), "{name}: {said}");
        for text in expected {
            assert!(said.contains(text), "{name} lacks `{text}`: {said}");
        }
    }
}
