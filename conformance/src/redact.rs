//! Secrets of this run, and texts without them.
//!
//! A device may show a secret anywhere: in a body, a header, an error, escaped or encoded, and a step may take it from there
//! into a message. So there is one list for the whole program: who learns a secret [hides](hide) it, and every text on
//! its way into a report or onto the screen is [cleaned](clean), before it is cut. A secret never becomes none.

use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What stands in place of a secret.
const MARK: &str = "***";
/// Tokens of sessions that are remembered: the newest. A `watch` of days makes many.
const TOKENS: usize = 1000;

struct Secrets {
    /// Forms of passwords.
    passwords: Vec<String>,
    /// Forms of each token, oldest first.
    tokens: VecDeque<Vec<String>>,
}

static SECRETS: RwLock<Secrets> = RwLock::new(Secrets { passwords: Vec::new(), tokens: VecDeque::new() });

/// Hides a password from now on, alone and with its user as HTTP Basic has it.
pub fn hide(user: Option<&str>, password: &str) {
    let mut forms = forms(password);
    if let (Some(user), false) = (user, password.is_empty()) {
        forms.extend(encoded(&format!("{user}:{password}")));
    }
    let mut secrets = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    for form in forms {
        if !secrets.passwords.contains(&form) {
            secrets.passwords.push(form);
        }
    }
    // The longest first: one form may be a part of another.
    secrets.passwords.sort_by_key(|form| std::cmp::Reverse(form.len()));
}

/// Hides the token of a session from now on.
pub(crate) fn hide_token(token: &str) {
    let mut forms = forms(token);
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    let mut secrets = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    if forms.is_empty() || secrets.tokens.contains(&forms) {
        return;
    }
    if secrets.tokens.len() >= TOKENS {
        secrets.tokens.pop_front();
    }
    secrets.tokens.push_back(forms);
}

/// A text without any secret that was hidden so far.
pub fn clean(text: &str) -> String {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    let mut clean = text.to_owned();
    for form in secrets.passwords.iter().chain(secrets.tokens.iter().flatten()) {
        if clean.contains(form.as_str()) {
            clean = clean.replace(form.as_str(), MARK);
        }
    }
    clean
}

/// The forms in which a secret may stand in a text.
fn forms(secret: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let mut forms = vec![secret.to_owned(), html(secret)];
    let debug = format!("{secret:?}");
    forms.push(debug.trim_matches('"').to_owned());
    // What encoders of JSON escape beside what they must: nothing; the slash; what is not ASCII; what HTML would take amiss.
    let must = |_: char| false;
    let ascii = |c: char| !c.is_ascii();
    let markup = |c: char| "<>&'".contains(c);
    let wide = |c: char| !c.is_ascii() || "<>&'+\"`".contains(c);
    for upper in [false, true] {
        for escapes in [&must as &dyn Fn(char) -> bool, &ascii, &markup, &wide] {
            let text = json(secret, escapes, upper);
            forms.push(text.replace('/', "\\/"));
            forms.push(text);
        }
        let percent = percent(secret, upper);
        forms.push(percent.replace("%20", "+"));
        forms.push(percent);
    }
    forms.extend(encoded(secret));
    forms.sort();
    forms.dedup();
    forms
}

/// A string of JSON without its quotation marks.
fn json(secret: &str, escapes: &dyn Fn(char) -> bool, upper: bool) -> String {
    let mut text = String::new();
    for c in secret.chars() {
        if escapes(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text += &if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
            }
        } else {
            let quoted = serde_json::Value::from(c.to_string()).to_string();
            // The quotation marks around it; the character itself may be one.
            text += quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
        }
    }
    text
}

/// As in a URI: everything but what RFC 3986 calls unreserved.
fn percent(secret: &str, upper: bool) -> String {
    let mut text = String::new();
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text += &if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
        }
    }
    text
}

fn html(secret: &str) -> String {
    secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// In base64 of both alphabets; padding may follow.
fn encoded(secret: &str) -> [String; 2] {
    [STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_every_form_that_a_service_may_give_it() {
        let secret = "pa\"ss\\wo/rd é<1>& +";
        hide(Some("opérator"), secret);
        let json = serde_json::to_string(secret).unwrap();
        for form in [
            secret.to_owned(),
            json.clone(),
            json.replace('/', "\\/"),
            json.replace('é', "\\u00e9"),
            json.replace('é', "\\u00E9"),
            json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"),
            "pa%22ss%5Cwo%2Frd%20%C3%A9%3C1%3E%26%20%2B".to_owned(),
            "pa%22ss%5cwo%2frd+%c3%a9%3c1%3e%26+%2b".to_owned(),
            "pa&quot;ss\\wo/rd é&lt;1&gt;&amp; +".to_owned(),
            base64::engine::general_purpose::STANDARD.encode(secret),
            base64::engine::general_purpose::STANDARD.encode(format!("opérator:{secret}")),
            format!("{secret:?}"),
        ] {
            let shown = clean(&format!("before {form} after"));
            assert!(
                shown.contains(MARK) && shown.starts_with("before ") && shown.ends_with(" after"),
                "{shown}"
            );
            for part in ["pa\"", "pa\\", "pa%", "pa&", "ss", "rd", "cGE"] {
                assert!(!shown.contains(part), "{form}: {shown}");
            }
        }
        assert_eq!(clean("nothing of it"), "nothing of it");
    }

    #[test]
    fn tokens_are_forgotten_oldest_first_and_passwords_never() {
        hide(None, "kept-for-ever-1");
        for nth in 0..=TOKENS {
            hide_token(&format!("session-token-<{nth}>"));
        }
        assert_eq!(clean(&format!("kept-for-ever-1 session-token-<{TOKENS}>")), "*** ***");
        assert_eq!(SECRETS.read().unwrap().tokens.len(), TOKENS);
        hide(None, "");
        hide_token("");
        assert_eq!(clean("a b"), "a b");
    }
}
