//! Text that stays where it is put.

use std::fmt::Display;

/// Text on one line. Markup that the maps use on purpose (backticks) stays; HTML does not.
pub(super) fn prose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;").replace('|', "\\|")
}

/// As [`prose`], inside a table.
pub(super) fn cell(text: &str) -> String {
    prose(text)
}

/// A code span. A backtick inside would end it, HTML has no meaning in it.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c == '`' || c.is_control() { '\'' } else { c }).collect();
    format!("`{}`", text.replace('|', "\\|").replace('<', "‹"))
}

/// An address range in decimal and hexadecimal.
pub(super) fn address(first: u16, last: u16) -> String {
    if first == last {
        format!("{first} (0x{first:04X})")
    } else {
        format!("{first} to {last} (0x{first:04X} to 0x{last:04X})")
    }
}

/// A number with a minus sign in place of a hyphen.
pub(super) fn minus(number: impl Display) -> String {
    number.to_string().replace('-', "−")
}
