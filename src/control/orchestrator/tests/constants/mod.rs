//! Each constant of the policy that matters: a property that holds with it and fails when it is changed.

mod devices;
mod event;
mod helpers;
mod normal;
mod numbers;

use crate::control::policy::Policy;

/// A constant, the policy that the property is tried on, the change, and the property.
struct Row {
    constant: &'static str,
    setting: fn(&mut Policy),
    change: fn(&mut Policy),
    holds: fn(&Policy) -> bool,
}

/// All properties.
fn rows() -> impl Iterator<Item = &'static Row> {
    [event::ROWS, normal::ROWS, devices::ROWS].into_iter().flatten()
}

#[test]
fn a_change_of_each_constant_breaks_its_property() {
    let mut wrong = vec![];
    for row in rows() {
        let mut policy = Policy::default();
        (row.setting)(&mut policy);
        if !(row.holds)(&policy) {
            wrong.push(format!("{}: does not hold", row.constant));
        }
        (row.change)(&mut policy);
        // A policy that the shelf refuses is broken, too.
        if policy.check().is_ok() && (row.holds)(&policy) {
            wrong.push(format!("{}: holds although changed", row.constant));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
