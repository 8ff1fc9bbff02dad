//! Text that stays where it is put.

use std::fmt::Display;

/// Text on one line. Markup that the maps use on purpose (backticks) stays; HTML does not.
pub(in crate::maps::export) fn prose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;").replace('|', "\\|")
}

/// As [`prose`], inside a table.
pub(in crate::maps::export) fn cell(text: &str) -> String {
    prose(text)
}

/// A code span. A backtick inside would end it, HTML has no meaning in it.
pub(in crate::maps::export) fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c == '`' || c.is_control() { '\'' } else { c }).collect();
    format!("`{}`", text.replace('|', "\\|").replace('<', "‹"))
}

/// An address range in decimal and hexadecimal.
pub(in crate::maps::export) fn address(first: u16, last: u16) -> String {
    if first == last {
        format!("{first} (0x{first:04X})")
    } else {
        format!("{first} to {last} (0x{first:04X} to 0x{last:04X})")
    }
}

/// A number with a minus sign in place of a hyphen.
pub(in crate::maps::export) fn minus(number: impl Display) -> String {
    number.to_string().replace('-', "−")
}
