//! Plots as SVG text, without anything from elsewhere: the same input gives the same bytes.
//!
//! Every colour stands in the drawing as it is on white paper, and as a class: a page that carries [`style`]
//! shows it dark where the reader wants that, and light again in print.

mod panel;

pub use panel::{Axis, Frame, Panel};

/// A colour of a plot: seen apart from the others by most colour-blind people too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// Its class in [`style`].
    pub class: &'static str,
    /// The colour on white.
    pub light: &'static str,
    /// The colour on black.
    pub dark: &'static str,
}

impl Ink {
    /// Voltages, and what must be kept up.
    pub const VOLTAGE: Self = Self { class: "voltage", light: "#0b5394", dark: "#6fb1ee" };
    /// Voltages above the nominal one.
    pub const SWELL: Self = Self { class: "swell", light: "#7f6db5", dark: "#b3a4e3" };
    /// Power from the grid.
    pub const POWER: Self = Self { class: "power", light: "#b45f06", dark: "#f0a04b" };
    /// Frequency, and power of batteries.
    pub const FREQUENCY: Self = Self { class: "frequency", light: "#38761d", dark: "#7cc95b" };
    /// Where something may not be, or need not.
    pub const FORBIDDEN: Self = Self { class: "forbidden", light: "#999999", dark: "#777777" };
    /// Instants and limits.
    pub const BAND: Self = Self { class: "band", light: "#2e8b57", dark: "#5fc78d" };
    /// What failed.
    pub const FAILED: Self = Self { class: "failed", light: "#b3261e", dark: "#ff8a80" };
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::VOLTAGE, Self::SWELL, Self::POWER, Self::FREQUENCY, Self::FORBIDDEN, Self::BAND, Self::FAILED];
}

/// The style that makes a plot dark for a reader who wants dark pages, for a `<style>` in the drawing or page.
pub fn style() -> String {
    let mut dark = String::from(
        ".paper{fill:#121212}.axis{stroke:#aaaaaa}.rule{stroke:#333333}.ink{fill:#dddddd}.soft{fill:#bbbbbb}",
    );
    for Ink { class, dark: colour, .. } in Ink::ALL {
        dark += &format!(
            ".{class}{{stroke:{colour}}}.{class}-text{{fill:{colour}}}.{class}-area{{fill:{colour};stroke:{colour}}}"
        );
    }
    format!("@media screen and (prefers-color-scheme:dark){{{dark}}}")
}

/// Text for XML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Nothing else below a blank may stand in XML.
            c if c < ' ' && !matches!(c, '\n' | '\t') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A number with at most four decimals, and without superfluous zeros.
pub fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a<b> & \"c\"\u{1}"), "a&lt;b&gt; &amp; &quot;c&quot; ");
    }

    #[test]
    fn numbers_lose_their_zeros_only() {
        assert_eq!(
            ["299", "0.15", "0.0167", "10"].map(str::to_owned),
            [299.0, 0.15, 1.0 / 60.0, 10.0].map(number)
        );
    }

    #[test]
    fn every_colour_has_a_dark_form_for_screens_only() {
        let style = style();
        assert!(style.starts_with("@media screen and (prefers-color-scheme:dark){"));
        for ink in Ink::ALL {
            assert!(style.contains(&format!(".{}{{stroke:{}}}", ink.class, ink.dark)), "{ink:?}");
        }
    }
}
