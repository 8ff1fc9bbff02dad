//! One module a map, written by `dpo registers generate`.
