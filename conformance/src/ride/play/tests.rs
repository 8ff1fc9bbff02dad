//! What a statement, and what else is there, makes of the needs of the cases.

use super::*;
use crate::outcome::Outcome;
use crate::restore::Restore;
use crate::ride::some_claims;
use crate::run::{Declared, Effort, Selection};

const ERCOT: &str = "ercot-nogrr282@2026-02";
const CAISO: &str = "caiso-large-load@2026-06-15";
const IESO: &str = "ieso-lcl@3.0";

/// Of a block at a link if there is one, and of a service.
fn plan(link: bool, device: &str, service: bool) -> Plan {
    let account = service::Account { user: "u".into(), password: "not-a-password".into() };
    let service = service.then(|| service::ServicePlan {
        base: "http://127.0.0.1:9".parse().unwrap(),
        trust: crate::transport::http::Trust::Anyone,
        account,
        reader: None,
        wait: std::time::Duration::from_millis(200),
    });
    Plan {
        endpoints: if link { vec![crate::targets::Endpoint::Tcp("127.0.0.1:9".into())] } else { Vec::new() },
        devices: crate::targets::named(&[device.parse().unwrap()]).unwrap(),
        companions: Vec::new(),
        selection: Selection::default(),
        effort: Effort::default(),
        tcp: crate::cli::local_timing(),
        rtu: crate::cli::local_timing(),
        declared: Declared::default(),
        pmbus: Vec::new(),
        secure: None,
        service,
        restore: Restore::in_memory(),
        instrument: None,
        unreached: Vec::new(),
    }
}

fn claims(names: &[&str]) -> RideClaims {
    RideClaims { grid_codes: names.iter().map(|name| (*name).to_owned()).collect(), ..some_claims() }
}

#[test]
fn needs_are_met_by_the_codes_and_claims_that_they_are_about() {
    let all = plan(true, "dpo-pmi@7", true);
    for (need, names, wanted) in [
        ("instrument", [IESO], true),
        ("sags", [ERCOT], true),
        ("sags", [IESO], false),
        ("swells", [ERCOT], true),
        ("swells", [IESO], false),
        ("low-frequency", [CAISO], true),
        ("low-frequency", [IESO], false),
        ("high-frequency", [CAISO], true),
        ("high-frequency", [IESO], false),
        ("rocof", [IESO], true),
        ("rocof", [ERCOT], false),
        ("recovery", [CAISO], true),
        ("recovery", [IESO], false),
        ("successive", [ERCOT], true),
        ("successive", [CAISO], false),
        ("recovery-slope", [IESO], true),
        ("low-line", [ERCOT], true),
        ("low-line", [IESO], false),
        ("recharge", [IESO], true),
        ("block", [IESO], true),
        ("redfish", [IESO], true),
        ("wings", [ERCOT], false),
    ] {
        let missing = missing(need, &claims(&names), &all);
        assert_eq!(missing.is_none(), wanted, "{need} {names:?}: {missing:?}");
    }
    // The second code that is named has it.
    assert_eq!(missing("rocof", &claims(&[ERCOT, IESO]), &all), None);
    let without = |need: &str, change: fn(&mut RideClaims)| {
        let mut own = some_claims();
        change(&mut own);
        missing(need, &own, &all)
    };
    assert!(without("recovery-slope", |c| c.recovery_slope_w_per_s = None).is_some());
    assert!(without("recharge", |c| c.recharge = None).is_some());
    assert!(without("low-line", |c| c.draws_from_pu = None).is_some());
    // The longest deep sag is 0.52 p.u.
    assert!(without("low-line", |c| c.draws_from_pu = Some(0.53)).is_some());
    assert!(without("low-line", |c| c.draws_from_pu = Some(0.52)).is_none());
    for (link, device, wanted) in
        [(true, "dpo-pmi@7", true), (false, "dpo-pmi@7", false), (true, "orv3-psu@200", false)]
    {
        let told = missing("block", &some_claims(), &plan(link, device, true));
        assert_eq!(told.is_none(), wanted, "{link} {device}");
    }
    assert!(missing("redfish", &some_claims(), &plan(true, "dpo-pmi@7", false)).is_some());
}

#[tokio::test]
async fn cases_are_left_out_played_or_end_in_an_error() {
    let cases = crate::catalogue::cases().unwrap();
    let of = async |plan: &Plan, claims: &RideClaims| {
        let mut records = Vec::new();
        play(plan, claims, &cases, &mut |record| records.push((record.id.clone(), record.outcome))).await;
        records
    };
    let ride = cases.iter().filter(|case| case.scope == Scope::Ride).count();
    let mut own = plan(false, "dpo-pmi@7", false);
    // Nothing is selected: an instrument is not there.
    let records = of(&own, &claims(&[IESO])).await;
    assert_eq!(records.len(), ride, "all of them, and no other");
    let outcome = |records: &[(String, Outcome)], id: &str| {
        records.iter().find(|(own, _)| own == id).map(|(_, outcome)| *outcome)
    };
    assert_eq!(outcome(&records, "RIDE-001"), Some(Outcome::NotApplicable));
    assert_eq!(outcome(&records, "RIDE-012"), Some(Outcome::NotRun));
    // One is selected, and nothing can play it.
    own.selection =
        Selection { instrument: true, ids: ["RIDE-012".to_owned()].into(), ..Selection::default() };
    let records = of(&own, &claims(&[IESO])).await;
    assert_eq!(outcome(&records, "RIDE-012"), Some(Outcome::Error));
    assert_eq!(outcome(&records, "RIDE-001"), Some(Outcome::NotApplicable));
    assert_eq!(records.len(), ride);
}
