//! What the author of a change is asked.

/// When an answer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Always,
    /// If somebody breaks.
    Breaking,
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Texts.
    List,
    /// Identifiers of conformance cases.
    Cases,
    /// Identifiers of requirements.
    Requirements,
    /// Filled in by the program; tells which change the form belongs to.
    Fixed,
}

/// One question.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Table of the form.
    pub table: &'static str,
    /// Key in the table.
    pub key: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// What an answer looks like.
    pub form: Form,
    /// When an answer is needed.
    pub need: Need,
}

impl Field {
    /// `table.key`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// The place in the list; none for a name that is not asked for.
    pub fn find(table: &str, key: &str) -> Option<&'static Field> {
        FIELDS.iter().find(|f| f.table == table && f.key == key)
    }
}

const fn field(table: &'static str, key: &'static str, form: Form, question: &'static str) -> Field {
    Field { table, key, question, form, need: Need::Always }
}

/// Every question, in the order in which they are asked.
pub const FIELDS: &[Field] = &[
    field("change", "map", Form::Fixed, "The map."),
    field("change", "from", Form::Fixed, "Version before."),
    field("change", "to", Form::Fixed, "Version after."),
    field("cover", "title", Form::Text, "Title of the proposal."),
    field("cover", "authors", Form::List, "Authors: name and affiliation, or \"individual\". No marketing."),
    field("cover", "contact", Form::Text, "Where questions go."),
    field(
        "cover",
        "clause",
        Form::Text,
        "Clause of the base document that the change belongs to, or \"new clause after …\".",
    ),
    field(
        "cover",
        "relation",
        Form::Choice(&["revision", "extension", "profile"]),
        "What the change is to the base document: a revision of it, an extension, or a profile.",
    ),
    field("reason", "rationale", Form::Text, "Why the map must change, and what was considered instead."),
    field("reason", "use_case", Form::Text, "Who uses what changes, for what, how often."),
    field(
        "reason",
        "grid",
        Form::Text,
        "The grid or safety reason: the event, the rule or the measurement behind it.",
    ),
    field(
        "reason",
        "modality",
        Form::Choice(&["Mandatory", "Recommended", "Optional"]),
        "Modality of the change as a whole in the requirement summary.",
    ),
    Field {
        need: Need::Breaking,
        ..field(
            "reason",
            "migration",
            Form::Text,
            "How users of the old map move to the new one, and by when.",
        )
    },
    field(
        "reason",
        "hazards",
        Form::Text,
        "What can go wrong on real devices, and what prevents it. \"None, because …\" if nothing can.",
    ),
    field(
        "evidence",
        "tests",
        Form::Cases,
        "Conformance cases that show the change (conformance/cases.golden).",
    ),
    field(
        "evidence",
        "requirements",
        Form::Requirements,
        "Requirements of the specification that the change serves.",
    ),
    field("implementation_1", "name", Form::Text, "First implementation that was tried."),
    field("implementation_1", "version", Form::Text, "Its version, and the commit or firmware."),
    field(
        "implementation_1",
        "report",
        Form::Text,
        "Its unmodified conformance report: file beside this form, or address.",
    ),
    field("implementation_1", "outcome", Form::Text, "What the report says, in a sentence."),
    field("implementation_2", "name", Form::Text, "Second implementation, independent of the first."),
    field("implementation_2", "version", Form::Text, "Its version, and the commit or firmware."),
    field(
        "implementation_2",
        "report",
        Form::Text,
        "Its unmodified conformance report: file beside this form, or address.",
    ),
    field("implementation_2", "outcome", Form::Text, "What the report says, in a sentence."),
    field(
        "intellectual_property",
        "agreement",
        Form::Text,
        "Contribution agreement that covers the change. OCP's template of 2026 names the Modified OWFa 0.9 with its \
         Final Specification Agreement (2024-10-16); the agreements page names OCP CLA, OWF CLA and OWFa 1.0. \
         Ask the staff which one applies.",
    ),
    field(
        "intellectual_property",
        "signatories",
        Form::List,
        "Contributors that have signed it; they must be members of OCP.",
    ),
    field(
        "intellectual_property",
        "patents",
        Form::Text,
        "Patents or applications that the authors know to read on the change, or \"none known to the authors\".",
    ),
    field(
        "intellectual_property",
        "third_party",
        Form::Text,
        "Material of others in the change and the right to use it, or \"none\".",
    ),
    field("intellectual_property", "trademarks", Form::Text, "Trademarks that the text names, or \"none\"."),
    field(
        "tenets",
        "openness",
        Form::Text,
        "Openness: who else can build and extend it, and with which open tools.",
    ),
    field(
        "tenets",
        "efficiency",
        Form::Text,
        "Efficiency: what gets better than before, as a figure where there is one.",
    ),
    field("tenets", "impact", Form::Text, "Impact: who gains, and what becomes possible."),
    field("tenets", "scale", Form::Text, "Scale: how it is deployed and kept in large numbers."),
    field(
        "tenets",
        "sustainability",
        Form::Text,
        "Sustainability: what it does for energy, life time and reuse.",
    ),
    field(
        "review",
        "reviewers",
        Form::List,
        "Who has reviewed it: name, affiliation, date; at least one who did not write it.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_tables_are_not_torn() {
        let names: Vec<String> = FIELDS.iter().map(Field::name).collect();
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len());
        let mut tables: Vec<&str> = FIELDS.iter().map(|f| f.table).collect();
        tables.dedup();
        let mut sorted = tables.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), tables.len(), "a TOML table stands once");
    }
}
