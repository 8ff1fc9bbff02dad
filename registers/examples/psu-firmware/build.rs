//! The memory layout of the board, for a target without an operating system.

fn main() {
    println!("cargo::rerun-if-changed=mps2.x");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("none") {
        let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bins=-T{folder}/mps2.x");
    }
}
