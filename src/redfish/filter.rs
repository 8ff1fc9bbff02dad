//! The expressions of `$filter` (DSP0266, "The $filter query parameter"): comparisons of properties with literals,
//! joined by `and`, `or`, `not` and parentheses.
//!
//! What comes from the network is bounded: by length, by depth and by the number of comparisons. Evaluation costs
//! one look-up a comparison.

use serde_json::Value;

/// Longest expression, in bytes.
const MAX_LENGTH: usize = 2048;
/// Deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 16;
/// Most comparisons.
const MAX_COMPARISONS: usize = 64;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// One or both.
    Or(Box<Filter>, Box<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A property against a literal.
    Compare(Comparison),
}

/// A property against a literal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    /// Names from the outside in: `Status/Health`.
    pub(crate) path: Vec<String>,
    operator: Operator,
    pub(crate) literal: Literal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// What a property is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    /// `'text'`, with `''` for a quote.
    Text(String),
    /// A decimal number.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

/// Why an expression cannot be read, and where: the byte from which on it is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {what}")]
pub(crate) struct FilterError {
    at: usize,
    what: &'static str,
}

impl Filter {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(crate) fn parse(text: &str) -> Result<Self, FilterError> {
        if text.len() > MAX_LENGTH {
            return Err(FilterError { at: MAX_LENGTH, what: "the expression is too long" });
        }
        let mut parser = Parser { text, at: 0, comparisons: 0 };
        let filter = parser.any(0)?;
        parser.space();
        if parser.at < text.len() {
            return Err(parser.error("expected `and`, `or` or the end"));
        }
        Ok(filter)
    }

    /// Whether the expression holds, where `look` tells the value of a property; what is not there is null. A
    /// property with several values is equal to a literal if one of them is.
    pub(crate) fn holds<'v>(&self, look: &dyn Fn(&[String]) -> Vec<&'v Value>) -> bool {
        match self {
            Self::And(a, b) => a.holds(look) && b.holds(look),
            Self::Or(a, b) => a.holds(look) || b.holds(look),
            Self::Not(a) => !a.holds(look),
            Self::Compare(comparison) => comparison.holds(&look(&comparison.path)),
        }
    }

    /// Whether the expression holds for the properties of a JSON object.
    pub(crate) fn matches(&self, body: &Value) -> bool {
        self.holds(&|path| {
            let found = path.iter().try_fold(body, |value, name| value.get(name));
            match found {
                Some(Value::Array(items)) => items.iter().collect(),
                Some(value) => vec![value],
                None => Vec::new(),
            }
        })
    }

    /// Every comparison in it.
    pub(crate) fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::And(a, b) | Self::Or(a, b) => [a.comparisons(), b.comparisons()].concat(),
            Self::Not(a) => a.comparisons(),
            Self::Compare(comparison) => vec![comparison],
        }
    }
}

impl Comparison {
    fn holds(&self, values: &[&Value]) -> bool {
        if self.operator == Operator::Ne {
            return !self.equals(values);
        }
        if self.operator == Operator::Eq {
            return self.equals(values);
        }
        values.iter().any(|value| match (&self.literal, value) {
            (Literal::Number(number), value) => value.as_f64().is_some_and(|v| self.ordered(&v, number)),
            // Times are texts that sort by time.
            (Literal::Text(text), Value::String(value)) => self.ordered(value.as_str(), text.as_str()),
            _ => false,
        })
    }

    fn equals(&self, values: &[&Value]) -> bool {
        match &self.literal {
            Literal::Null => values.iter().all(|value| value.is_null()),
            Literal::Text(text) => values.iter().any(|value| value.as_str() == Some(text)),
            Literal::Bool(wanted) => values.iter().any(|value| value.as_bool() == Some(*wanted)),
            // A literal in decimal digits is the number that JSON has in the same digits.
            Literal::Number(number) => values.iter().any(|value| value.as_f64() == Some(*number)),
        }
    }

    fn ordered<T: PartialOrd + ?Sized>(&self, value: &T, literal: &T) -> bool {
        match self.operator {
            Operator::Gt => value > literal,
            Operator::Ge => value >= literal,
            Operator::Lt => value < literal,
            Operator::Le => value <= literal,
            Operator::Eq | Operator::Ne => false,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    comparisons: usize,
}

impl Parser<'_> {
    fn error(&self, what: &'static str) -> FilterError {
        FilterError { at: self.at, what }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '+', '\t']).len();
    }

    /// Takes a symbol, if it is next.
    fn symbol(&mut self, symbol: char) -> bool {
        self.space();
        let there = self.rest().starts_with(symbol);
        if there {
            self.at += symbol.len_utf8();
        }
        there
    }

    /// The next word, which is not taken.
    fn peek(&mut self) -> String {
        self.space();
        let end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '.' | '/' | '#' | '-'));
        let rest = self.rest();
        rest.get(..rest.find(end).unwrap_or(rest.len())).unwrap_or_default().to_owned()
    }

    /// Takes a word, if it is next.
    fn word(&mut self, word: &str) -> bool {
        let there = self.peek() == word;
        if there {
            self.at += word.len();
        }
        there
    }

    fn any(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut left = self.all(depth)?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.all(depth)?));
        }
        Ok(left)
    }

    fn all(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut left = self.one(depth)?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one(depth)?));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Filter, FilterError> {
        if depth >= MAX_DEPTH {
            return Err(self.error("too many parentheses within each other"));
        }
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.symbol('(') {
            let inner = self.any(depth + 1)?;
            return if self.symbol(')') { Ok(inner) } else { Err(self.error("expected )")) };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Filter, FilterError> {
        self.comparisons += 1;
        if self.comparisons > MAX_COMPARISONS {
            return Err(self.error("too many comparisons"));
        }
        let name = self.peek();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '@') {
            return Err(self.error("expected the name of a property"));
        }
        self.at += name.len();
        let operator = match self.peek().as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            _ => return Err(self.error("expected eq, ne, gt, ge, lt or le")),
        };
        self.at += 2;
        let literal = self.literal()?;
        let path = name.split('/').map(str::to_owned).collect();
        Ok(Filter::Compare(Comparison { path, operator, literal }))
    }

    fn literal(&mut self) -> Result<Literal, FilterError> {
        if self.symbol('\'') {
            return self.quoted();
        }
        let word = self.peek();
        let literal = match word.as_str() {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "null" => Literal::Null,
            digits => match digits.parse::<f64>() {
                Ok(number) if number.is_finite() => Literal::Number(number),
                _ => return Err(self.error("expected 'text', a number, true, false or null")),
            },
        };
        self.at += word.len();
        Ok(literal)
    }

    /// The text after an opening quote.
    fn quoted(&mut self) -> Result<Literal, FilterError> {
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let Some(end) = rest.find('\'') else { return Err(self.error("expected a closing '")) };
            text.push_str(rest.get(..end).unwrap_or_default());
            self.at += end + 1;
            if !self.rest().starts_with('\'') {
                return Ok(Literal::Text(text));
            }
            text.push('\'');
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn holds(text: &str) -> bool {
        let body = json!({
            "Id": "PSU1", "Reading": 48.5, "Enabled": true, "Model": null, "Name": "it's",
            "Status": {"Health": "OK"}, "Created": "2026-11-29T10:00:00Z", "Tags": ["a", "b"],
        });
        Filter::parse(text).unwrap_or_else(|e| panic!("{text}: {e}")).matches(&body)
    }

    #[test]
    fn comparisons_hold_as_their_values_do() {
        for yes in [
            "Id eq 'PSU1'",
            "Id ne 'PSU2'",
            "Reading eq 48.5",
            "Reading gt 48",
            "Reading ge 48.5 and Reading le 48.5",
            "Reading lt 1e2",
            "Enabled eq true",
            "Model eq null",
            "Missing eq null",
            "Name eq 'it''s'",
            "Status/Health eq 'OK'",
            "Created gt '2026-11-29T09:59:59Z'",
            "Tags eq 'b'",
            "Tags ne 'c'",
            "not (Id eq 'PSU2')",
            "(Id eq 'x') or (Id eq 'PSU1')",
            // `and` binds closer than `or`.
            "Id eq 'PSU1' or Id eq 'x' and Id eq 'y'",
            "not Id eq 'x' and Enabled eq true",
            "Id+eq+'PSU1'",
        ] {
            assert!(holds(yes), "{yes}");
        }
        for no in [
            "Id eq 'psu1'",
            "Reading gt 48.5",
            "Enabled eq false",
            "Enabled gt 0",
            "Id eq null",
            "Id gt 3",
            "Missing gt 1",
            "(Id eq 'PSU1' or Id eq 'x') and Id eq 'y'",
        ] {
            assert!(!holds(no), "{no}");
        }
    }

    #[test]
    fn what_is_no_expression_is_told_with_its_place() {
        for (text, place, what) in [
            ("", 0, "expected the name of a property"),
            ("Id", 2, "expected eq, ne, gt, ge, lt or le"),
            ("Id eq", 5, "expected 'text', a number, true, false or null"),
            ("Id eq 'x", 7, "expected a closing '"),
            ("(Id eq 1", 8, "expected )"),
            ("Id eq 1 Id eq 2", 8, "expected `and`, `or` or the end"),
            ("Id eq NaN", 6, "expected 'text', a number, true, false or null"),
            ("Id like 'x'", 3, "expected eq, ne, gt, ge, lt or le"),
        ] {
            assert_eq!(Filter::parse(text), Err(FilterError { at: place, what }), "{text}");
        }
    }

    #[test]
    fn size_is_bounded() {
        let deep = format!("{}a eq 1{}", "(".repeat(500), ")".repeat(500));
        assert!(Filter::parse(&deep).unwrap_err().to_string().contains("parentheses"));
        assert!(Filter::parse(&"not ".repeat(500)).is_err());
        let long = vec!["a eq 1"; 65].join(" or ");
        assert!(Filter::parse(&long).unwrap_err().to_string().contains("comparisons"));
        assert!(Filter::parse(&format!("a eq '{}'", "x".repeat(3000))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = Filter::parse(&text);
        }

        #[test]
        fn texts_that_nearly_are_expressions_are_read_or_refused(
            words in prop::collection::vec(
                prop::sample::select(vec!["Id", "eq", "'", "''", "and", "or", "not", "(", ")", "1", "é", "/", " "]),
                0..40,
            ),
        ) {
            if let Ok(filter) = Filter::parse(&words.join(" ")) {
                let _ = filter.matches(&json!({"Id": 1}));
            }
        }
    }
}
