//! Profiles of the specification ([compliance](../../../spec/specification/16-compliance.md)): what a product may be called
//! conformant to, and the verdict on each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalogue::Scope;
use crate::outcome::{Record, Verdict};
use crate::run::Plan;
use crate::targets::Endpoint;

/// A profile that cases judge (REQ-CNF-01). What `psu-block`, `bbu-block`, `engine` and `suite` ask for is shown otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// What carries the block of the PMI.
    Gateway,
    /// A server of Modbus on a serial line.
    ModbusRtu,
    /// A server of Modbus on TCP.
    ModbusTcp,
    /// A server of Modbus/TCP Security.
    ModbusTls,
    /// A supply or gateway on PMBus.
    Pmbus,
    /// A gateway with a Redfish service.
    Redfish,
    /// A gateway that measures its AC input and drives lines.
    FastPath,
}

impl Profile {
    /// All profiles, in the order of reports.
    pub const ALL: [Self; 7] = [
        Self::Gateway,
        Self::ModbusRtu,
        Self::ModbusTcp,
        Self::ModbusTls,
        Self::Pmbus,
        Self::Redfish,
        Self::FastPath,
    ];

    /// The name in the specification.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::ModbusRtu => "modbus-rtu",
            Self::ModbusTcp => "modbus-tcp",
            Self::ModbusTls => "modbus-tls",
            Self::Pmbus => "pmbus",
            Self::Redfish => "redfish",
            Self::FastPath => "fast-path",
        }
    }

    /// That of a link.
    const fn of(endpoint: &Endpoint) -> Self {
        match endpoint {
            Endpoint::Tcp(_) => Self::ModbusTcp,
            Endpoint::Rtu(_) => Self::ModbusRtu,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The profiles to which a record of a case counts. `endpoint` is the link on which it was played, if it was one of Modbus.
///
/// Registers are read over one link and are the same behind each: they count to each link of the run. The block counts to the
/// gateway, whatever link it is read over. A comparison of Redfish with Modbus counts to Redfish, which not every gateway has.
pub(crate) fn profiles(plan: &Plan, scope: Scope, endpoint: Option<&Endpoint>) -> BTreeSet<Profile> {
    match scope {
        Scope::SerialDevice => [Profile::ModbusRtu].into(),
        Scope::TcpLink => [Profile::ModbusTcp].into(),
        Scope::Device => endpoint.map(Profile::of).into_iter().collect(),
        Scope::Map => plan.endpoints.iter().map(Profile::of).collect(),
        Scope::Block => [Profile::Gateway].into(),
        Scope::Secure => [Profile::ModbusTls].into(),
        Scope::Pmbus => [Profile::Pmbus].into(),
        Scope::Service | Scope::Shelf => [Profile::Redfish].into(),
        Scope::Ride => [Profile::FastPath].into(),
    }
}

/// The verdict on each profile that a record counts to, over all its records; `strict` as in [`Verdict::judge`].
pub fn verdicts(records: &[Record], strict: bool) -> BTreeMap<Profile, Verdict> {
    let of = |profile: Profile| {
        let own = records.iter().filter(|record| record.profiles.contains(&profile));
        own.clone().next().map(|_| (profile, Verdict::judge(own, strict)))
    };
    Profile::ALL.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::collector::blank;
    use crate::outcome::Outcome;

    /// A record of a case that counts to some profiles.
    fn record(id: &str, profiles: &[Profile], outcome: Outcome) -> Record {
        let cases = catalogue::cases().unwrap();
        let case = cases.iter().find(|case| case.id == id).unwrap();
        Record { profiles: profiles.iter().copied().collect(), ..blank(case, "", outcome) }
    }

    #[test]
    fn a_case_that_fails_on_one_interface_leaves_the_other_profiles_as_they_are() {
        use Profile::{ModbusRtu, ModbusTcp, Pmbus, Redfish};
        let records = [
            record("MB-PDU-001", &[ModbusTcp], Outcome::Pass),
            record("MB-PDU-001", &[ModbusRtu], Outcome::Fail),
            record("MAP-001", &[ModbusRtu, ModbusTcp], Outcome::Pass),
            record("RF-001", &[Redfish], Outcome::Error),
            record("PM-CMD-001", &[Pmbus], Outcome::NotApplicable),
            record("MB-SEC-001", &[], Outcome::NotApplicable),
        ];
        let found = verdicts(&records, false);
        let wanted = [
            (ModbusRtu, Verdict::NotConformant { failed: vec!["MB-PDU-001".into()] }),
            (ModbusTcp, Verdict::Conformant),
            (Pmbus, Verdict::NothingJudged),
            (Redfish, Verdict::Partial { not_judged: vec!["RF-001".into()] }),
        ];
        assert_eq!(found, BTreeMap::from(wanted));
        // What fails everywhere fails each profile that it counts to.
        let both = [record("MAP-001", &[ModbusRtu, ModbusTcp], Outcome::Fail)];
        assert_eq!(verdicts(&both, false).values().filter(|v| v.exit_code() == 1).count(), 2);
    }

    #[test]
    fn each_profile_that_cases_judge_stands_in_the_compliance_chapter() {
        let chapter = include_str!("../../spec/specification/16-compliance.md");
        let rows: Vec<&str> = chapter.lines().filter(|line| line.starts_with("| `")).collect();
        for profile in Profile::ALL {
            assert!(rows.iter().any(|row| row.contains(&format!("`{profile}`"))), "{profile}");
            assert_eq!(serde_json::to_value(profile).unwrap(), profile.name());
        }
    }
}
