//! Which cases are played: what they need of a device, and what the user selected.

use dpo_gateway::maps::model::{Access, Kind, Register, Relation, Volatility};

use crate::catalogue::Case;
use crate::collector::blank;
use crate::declared::Declared;
use crate::device::Device;
use crate::outcome::{LeftOut, Outcome, Record};
use crate::run::{Selection, Unreached};

/// The record of a case that is not played: it does not apply (`missing` says why), or was not selected.
pub(crate) fn left_out(
    case: &Case,
    subject: &str,
    missing: Option<String>,
    selection: &Selection,
) -> Option<Record> {
    let (outcome, left_out, why) = if let Some(reason) = missing {
        (Outcome::NotApplicable, None, reason)
    } else if !selection.ids.is_empty() && !selection.ids.contains(&case.id) {
        (Outcome::NotRun, Some(LeftOut::Filter), "not among the ids asked for".to_owned())
    } else if let Some(reason) = selection.leaves(case.class) {
        (Outcome::NotRun, Some(LeftOut::Class), reason)
    } else if !selection.instrument && case.needs.iter().any(|need| need == "instrument") {
        (
            Outcome::NotRun,
            Some(LeftOut::Instrument),
            "needs an instrument on the line (--instrument)".to_owned(),
        )
    } else if selection.dry {
        (Outcome::NotRun, Some(LeftOut::DryRun), "it would be run".to_owned())
    } else {
        return None;
    };
    let mut record = blank(case, subject, outcome);
    record.left_out = left_out;
    record.seen.push(why);
    Some(record)
}

/// The record of a case on an interface that is claimed and has no target. Whether it would apply is not known.
pub(crate) fn unreached(case: &Case, claim: &Unreached, selection: &Selection) -> Record {
    let selected = selection.ids.is_empty() || selection.ids.contains(&case.id);
    let mut record = blank(case, &claim.subject, Outcome::NotRun);
    (record.left_out, record.seen) = if selected {
        (Some(LeftOut::Target), vec![claim.why.clone()])
    } else {
        (Some(LeftOut::Filter), vec!["not among the ids asked for".to_owned()])
    };
    record
}

/// Why a need of a case is not met; `None` if it is.
pub(crate) fn missing(need: &str, device: &Device, declared: &Declared) -> Option<String> {
    let map = &device.map.id;
    let unless = |met: bool, reason: &str| (!met).then(|| reason.to_owned());
    if let Some(code) = need.strip_prefix("fc").and_then(|c| u8::from_str_radix(c, 16).ok()) {
        return unless(device.has_function(code), &format!("{map} does not declare function {code:02X}"));
    }
    if let Some(code) = need.strip_prefix("no-fc").and_then(|c| u8::from_str_radix(c, 16).ok()) {
        return unless(!device.has_function(code), &format!("{map} declares function {code:02X}"));
    }
    match need {
        "span125" => unless(device.span(125).is_some(), "the map has no 125 readable words in a row"),
        "hole" => unless(device.hole().is_some(), "the map has no hole between two registers"),
        "wide" => unless(device.wide_constant().is_some(), "the map has no constant of several words"),
        "known-value" => unless(device.known_value().is_some(), "the map has no constant with a known value"),
        "read-only" => unless(device.read_only_word().is_some(), "the map has no steady read-only register"),
        "writable" => unless(
            device.writable_word().is_some(),
            "the map has no register that may be written without unlocking, lease or consequence",
        ),
        "safe-unmapped" => unless(
            device.safe_unmapped().is_some(),
            "the map declares no unmapped address that is safe to write",
        ),
        "wide-writable" => unless(
            device.wide_writable().is_some(),
            "the map has no register of two words that may be written without unlocking or consequence",
        ),
        "mixed" => unless(
            device.mixed_pair().is_some(),
            "the map has no harmless writable register before a read-only one",
        ),
        "enums" => unless(device.any(|r| r.kind == Kind::Enum), "the map has no enumeration"),
        "flags" => unless(device.any(|r| r.kind == Kind::Flags), "the map has no flags"),
        "write-only" => {
            unless(device.any(|r| !crate::device::readable_access(r)), "the map has no write-only register")
        }
        "counters" => unless(device.any(counter), "the map has no counter"),
        "long-counters" => {
            unless(device.any(|r| counter(r) && r.words > 1), "the map has no counter of several words")
        }
        "limited" => unless(
            device.any(|r| r.access == Access::Rw && r.limits.is_some() && r.group.is_none()),
            "the map has no writable register with limits",
        ),
        "pmi" => unless(device.is_dpo_block(), "the device is no DPO block"),
        "number" => unless(device.number().is_some(), "the map has no free number of one word"),
        "limited-word" => unless(device.limited_word().is_some(), "the map has no free word with limits"),
        "limited-pair" => {
            unless(device.limited_pair().is_some(), "the map has no two free neighbours with limits")
        }
        "longest" => unless(device.longest().is_some(), "the map has no free setting"),
        "settings" => unless(device.limited().next().is_some(), "the map has no free setting with limits"),
        "enum-setting" => unless(
            device.settings().any(|r| r.kind == Kind::Enum && r.words == 1),
            "the map has no enumeration that may be written",
        ),
        "flags-setting" => unless(
            device.settings().any(|r| r.kind == Kind::Flags && r.words == 1),
            "the map has no flags that may be written",
        ),
        "w1c" => unless(
            device.any(|r| r.access == Access::W1c),
            "the map has no bits that are cleared by writing 1",
        ),
        "unlock" => unless(device.guarded().is_some(), "the map has no register behind a lock"),
        "resets" => unless(
            device.limited().any(|r| r.reset.is_some() && r.volatility == Volatility::Setting),
            "the map has no free setting with a reset value",
        ),
        "stored" => unless(
            device.limited().any(|r| r.volatility == Volatility::Stored),
            "the map has no free stored value",
        ),
        "updates" => {
            unless(device.any(crate::device::clock), "the map has no counter of time with an update time")
        }
        "optional-group" => unless(
            device.any(|r| r.condition.as_deref().is_some_and(|c| c.starts_with("capabilities."))),
            "the map has no optional group",
        ),
        "restates" => {
            unless(device.map.base.relation == Relation::Restates, "the map restates no base document")
        }
        "commit" => unless(device.named("setpoint_commit").is_some(), "the map has no commit"),
        "connections" => {
            unless(declared.server.connections.is_some(), "no number of connections is declared (--pics)")
        }
        "idle" => unless(declared.server.idle_s.is_some(), "no idle time is declared (--pics)"),
        "p99" => unless(declared.server.p99_ms.is_some(), "no answer time under load is declared (--pics)"),
        "ports" => unless(!declared.server.ports.is_empty(), "the open ports are not declared (--pics)"),
        "other-address" => {
            unless(declared.server.other_address.is_some(), "no other address is declared (--pics)")
        }
        "two-words" => unless(device.two_words().is_some(), "the map has no two free numbers with limits"),
        "broadcast" => unless(declared.line.broadcast, "broadcasts of writes are not declared (--pics)"),
        "line-settings" => unless(
            declared.line.settings,
            "the line is not declared to have a baud rate and a parity (--pics)",
        ),
        "baud-codes" => {
            unless(declared.line.baud_register.is_some(), "no register of the baud rate is declared (--pics)")
        }
        "address-register" => unless(
            declared.line.address_register.is_some(),
            "no register of the address is declared (--pics)",
        ),
        "no-parity" => {
            unless(declared.line.no_parity_stop_bits.is_some(), "no mode without parity is declared (--pics)")
        }
        // Decided by the plan, and by what was selected.
        "other-device" | "instrument" | "tcp" | "supply" => None,
        "coil" => unless(declared.bench.coil.is_some(), "no coil is declared (--pics)"),
        "restart" => unless(declared.bench.restart.is_some(), "no restart is declared (--pics)"),
        "absent-unit" => unless(declared.absent_unit.is_some(), "no absent address declared (--absent-unit)"),
        "unrouted-unit" => {
            unless(declared.unrouted_unit.is_some(), "no unrouted address declared (--unrouted-unit)")
        }
        other => Some(format!("unknown need {other}")),
    }
}

fn counter(register: &Register) -> bool {
    register.volatility == Volatility::Counter
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalogue::{self, Scope};
    use crate::pmbus::{self, PmbusPlan};
    use crate::restore::Restore;
    use crate::ride;
    use crate::run::{Effort, Plan};
    use crate::secure::{self, SecurePlan};
    use crate::service::{self, ServicePlan};
    use crate::transport::smbus::{Came, Part, Port};

    struct Nobody;

    impl Port for Nobody {
        fn transfer(&mut self, _: &[Part]) -> Result<Came, String> {
            Ok(Came::Refused)
        }
    }

    #[test]
    fn every_need_in_the_features_is_known() {
        let map = crate::targets::test_map();
        let device = Device { map: Arc::new(map), unit: 1 };
        let timing = crate::cli::local_timing();
        let plan = Plan {
            endpoints: Vec::new(),
            devices: Vec::new(),
            companions: Vec::new(),
            selection: Selection::default(),
            effort: Effort::default(),
            tcp: timing,
            rtu: timing,
            declared: Declared::default(),
            pmbus: Vec::new(),
            secure: None,
            service: None,
            restore: Restore::in_memory(),
            instrument: None,
            unreached: Vec::new(),
        };
        let map = dpo_gateway::maps::pmbus::builtin().unwrap().remove(0);
        let port = crate::transport::smbus::SharedPort::new("none", Nobody);
        let supply = PmbusPlan { port, map: Arc::new(map), address: 0x58, second: None, claimed: false };
        let account = service::Account { user: "u".into(), password: "p".into() };
        let service = ServicePlan {
            base: "https://localhost".parse().unwrap(),
            trust: crate::transport::http::Trust::Anyone,
            account,
            reader: None,
            wait: timing.answer,
        };
        let server = SecurePlan {
            address: "localhost:802".into(),
            pki: Arc::new(secure::pki::Pki::make("Operator", "Viewer", "shelf").unwrap()),
            name: "shelf".into(),
            roots: None,
            device: device.clone(),
            plain: None,
            wait: timing.answer,
        };
        for case in catalogue::cases().unwrap() {
            for need in &case.needs {
                let reason = match case.scope {
                    Scope::Pmbus => pmbus::play::missing(need, &supply, &Default::default(), &[]),
                    Scope::Secure => secure::play::missing(need, &server, &Declared::default()),
                    Scope::Service | Scope::Shelf => service::play::missing(need, &service, &plan),
                    Scope::Ride => ride::play::missing(need, &crate::ride::some_claims(), &plan),
                    _ => missing(need, &device, &Declared::default()),
                };
                let reason = reason.unwrap_or_default();
                assert!(!reason.starts_with("unknown need"), "{}: {reason}", case.id);
            }
        }
    }
}
