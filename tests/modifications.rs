//! The list of modifications, the registers behind them and the curves that registers name hold together.
#![cfg(feature = "maps")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use dpo_gateway::maps::{self, RegisterMap};
use serde_json::Value;

fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn list() -> Value {
    serde_json::from_str(&std::fs::read_to_string(root("spec/modifications.json")).unwrap()).unwrap()
}

fn blocks() -> Vec<RegisterMap> {
    let mut maps = maps::builtin().unwrap();
    maps.retain(|m| ["dpo-pmi", "dpo-psu", "dpo-bbu"].contains(&m.id.as_str()));
    maps
}

#[test]
fn each_modification_has_registers_and_each_register_a_modification() {
    let list = list();
    let ids: BTreeSet<&str> =
        list["modifications"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    let wanted: BTreeSet<String> = (1..=12).map(|n| format!("MOD-{n:02}")).collect();
    assert!(ids.iter().copied().eq(wanted.iter().map(String::as_str)), "{ids:?}");
    let mut registers: BTreeMap<String, usize> = BTreeMap::new();
    for map in blocks() {
        for register in &map.registers {
            assert!(!register.links.requirements.is_empty(), "{}: {} serves nothing", map.id, register.id);
            for id in &register.links.requirements {
                assert!(
                    ids.contains(id.as_str()),
                    "{}: {} names {id}, which is no modification",
                    map.id,
                    register.id
                );
                *registers.entry(id.clone()).or_default() += 1;
            }
        }
    }
    for id in ids {
        assert!(registers.contains_key(id), "{id} has no register");
    }
}

#[test]
fn seven_documents_are_modified_for_a_reason_each() {
    let list = list();
    let mut documents = BTreeSet::new();
    for one in list["modifications"].as_array().unwrap() {
        documents.insert(format!(
            "{} {}",
            one["document"].as_str().unwrap(),
            one["version"].as_str().unwrap()
        ));
        let reasons = one["requirements"].as_array().unwrap();
        assert!(!reasons.is_empty(), "{one}");
        for reason in reasons {
            assert!(
                list["requirements"].get(reason.as_str().unwrap()).is_some(),
                "{reason} is not explained"
            );
        }
    }
    assert_eq!(documents.len(), 7, "{documents:?}");
    assert!(list["status"].as_str().unwrap().starts_with("Draft of this project."));
}

#[test]
fn the_curves_that_registers_name_are_grid_codes() {
    let maps = blocks();
    let pmi = maps.iter().find(|m| m.id == "dpo-pmi").unwrap();
    let curve = pmi.registers.iter().find(|r| r.id == "shadow_vrt_curve").unwrap();
    let named: Vec<_> = curve.symbols.iter().filter(|s| s.value >= 2).collect();
    assert!(!named.is_empty());
    for symbol in named {
        let file = root(&format!("spec/grid-codes/{}.json", symbol.id.replace('_', "-")));
        assert!(std::path::Path::new(&file).is_file(), "{} is no grid code: {file}", symbol.id);
    }
}

/// A device that carries a block falls back by itself: the gateway may be gone.
#[test]
fn every_setting_of_a_device_block_has_a_fail_safe_value_and_a_timer() {
    for map in blocks().iter().filter(|m| !m.hosts.is_empty()) {
        let mut settings = 0;
        for register in &map.registers {
            let Some(safety) = register.safety else { continue };
            if register.id == "heartbeat" {
                continue;
            }
            settings += 1;
            assert!(
                safety.fail_safe.is_some() && safety.timeout_ms == Some(30_000),
                "{}: {}",
                map.id,
                register.id
            );
        }
        assert!(settings >= 9, "{}: {settings}", map.id);
    }
}
