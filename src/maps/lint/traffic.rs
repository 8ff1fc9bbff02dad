//! Rules on how a register is read and written over the bus.

use super::{Found, Rule, registers};
use crate::maps::model::{Access, Kind, PollClass, Register, RegisterMap, Volatility};

/// Function code: write one register.
const WRITE_ONE: u8 = 6;
/// Function code: write registers.
const WRITE: u8 = 16;

pub(super) fn check(map: &RegisterMap, found: &mut Found) {
    functions(map, found);
    for (at, register) in registers(map) {
        spans(map, &at, register, found);
        polling(&at, register, found);
        answers(&at, register, found);
    }
}

fn functions(map: &RegisterMap, found: &mut Found) {
    let writable = || map.registers.iter().filter(|r| r.access != Access::Ro);
    let has = |code| map.bus.functions.contains(&code);
    if let Some(register) = writable().find(|_| !has(WRITE_ONE) && !has(WRITE)) {
        let message = format!("`{}` may be written, but the device has no function for it", register.id);
        let mend = "add 6 or 16 to the functions, or make all registers read-only";
        found.add("/bus/functions", Rule::WriteFunction, message, mend);
    } else if let Some(register) = writable().find(|r| !has(WRITE) && (r.words > 1 || r.group.is_some())) {
        let message = format!("`{}` needs a write of several words, and the device has no 16", register.id);
        found.add("/bus/functions", Rule::WriteFunction, message, "add 16, or correct length and group");
    }
}

/// One request holds the whole register.
fn spans(map: &RegisterMap, at: &str, register: &Register, found: &mut Found) {
    let bus = &map.bus;
    if register.access != Access::Wo && register.words > bus.max_read_words {
        let message =
            format!("`{}` has {} words, one read takes {}", register.id, register.words, bus.max_read_words);
        let mend = "a value read in two halves may be of two moments: split the register, or mend the limit";
        found.add(format!("{at}/words"), Rule::RequestSpan, message, mend);
    } else if register.access != Access::Ro && register.words > bus.max_write_words {
        let message = format!(
            "`{}` has {} words, one write takes {}",
            register.id, register.words, bus.max_write_words
        );
        found.add(format!("{at}/words"), Rule::RequestSpan, message, "split the register, or mend the limit");
    }
}

fn polling(at: &str, register: &Register, found: &mut Found) {
    let id = &register.id;
    let pointer = format!("{at}/poll");
    let repeated = matches!(register.poll, PollClass::Fast | PollClass::Slow);
    let changes = matches!(register.volatility, Volatility::Volatile | Volatility::Counter);
    if matches!(register.access, Access::Wo | Access::Command) && register.poll != PollClass::OnDemand {
        let message = format!("`{id}` shows nothing when read");
        found.add(pointer, Rule::PollClass, message, "use `on_demand`");
    } else if changes && register.poll == PollClass::Static {
        let message = format!("`{id}` changes by itself but is read once only");
        found.add(pointer, Rule::PollClass, message, "use `fast`, `slow` or `on_demand`");
    } else if register.volatility == Volatility::Constant && repeated {
        let message = format!("`{id}` never changes but is read again and again");
        found.add(pointer, Rule::PollClass, message, "use `static`");
    }
    if let Some(update) = register.update_ms
        && (update == 0 || !changes)
    {
        let message = format!("`{id}` is not updated every {update} ms by the device");
        let mend = "give a time above 0, on a register that changes by itself";
        found.add(format!("{at}/update_ms"), Rule::UpdateTime, message, mend);
    }
}

/// What the device answers to a partial read and a bad write.
fn answers(at: &str, register: &Register, found: &mut Found) {
    let id = &register.id;
    if register.partial_read.is_some() && register.words < 2 {
        let message = format!("`{id}` has one word, so there is no part of it");
        found.add(
            format!("{at}/partial_read"),
            Rule::PartialRead,
            message,
            "remove it, or correct the length",
        );
    }
    // Without limits, symbols or bits each value is allowed.
    let choosy = register.limits.is_some()
        || matches!(register.kind, Kind::Enum | Kind::Flags | Kind::Text | Kind::Raw);
    if register.bad_write.is_some() && (register.access == Access::Ro || !choosy) {
        let message = format!("there is no bad value for `{id}`: it cannot be written, or takes any value");
        found.add(format!("{at}/bad_write"), Rule::BadWrite, message, "remove it, or add what is refused");
    }
}
