//! The same words, read as each source says.

use dpo_registers::units::Amperes;

use super::*;

/// Two BBUs hold the same count: one that counts 10 mA, and one of which the owner knows better.
#[tokio::test(start_paused = true)]
async fn a_chosen_reading_makes_the_same_count_a_hundred_times_more() {
    let mut rig = Rig::new();
    for bbu in &rig.bbus {
        bbu.set(129, (-15i16) as u16);
    }
    rig.readings = vec![ReadingChoice {
        map: "orv3-bbu".to_owned(),
        register: "battery_current".to_owned(),
        reading: "whole_amperes".to_owned(),
        units: vec![65],
    }];
    rig.start();
    let snapshot = rig.cycles(1).await;
    let currents: Vec<_> = snapshot.bbus.iter().map(|v| v.reading.pack_current).collect();
    let (kept, whole) = (Some(Amperes(-0.15)), Some(Amperes(-15.0)));
    assert_eq!(currents, [kept, whole, kept, kept, kept, kept]);
    // What is computed from it follows: 5 packs of 0.15 A and one of 15 A, at 40 V, 97 % of it at the bus.
    let power = snapshot.totals.battery_power.unwrap().0;
    assert!((power - (5.0 * 0.15 + 15.0) * 40.0 * 0.97).abs() < 1e-9, "{power}");
    assert_eq!(snapshot.bbus[1].readings.name("battery_current"), "whole_amperes");
    let told = rig.events(EventKind::ScaleInDoubt);
    assert_eq!(
        told.iter().map(|e| e.message.as_str()).collect::<Vec<_>>(),
        ["sources of orv3-bbu disagree on the scale of battery_current: read as kept (0.01 A a count) in \
         slots 1, 3, 4, 5, 6; as whole_amperes (1 A a count) in slot 2"]
    );
    rig.stop().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_choice_the_doubt_is_told_all_the_same() {
    let mut rig = Rig::started().await;
    let told = rig.events(EventKind::ScaleInDoubt);
    assert_eq!(told.len(), 1);
    assert!(told[0].message.ends_with("read as kept (0.01 A a count) in slots 1, 2, 3, 4, 5, 6"));
    assert_eq!((told[0].sequence, told[0].severity), (1, Severity::Ok));
    rig.stop().await;
}
