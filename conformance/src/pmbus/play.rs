//! Playing the cases of a PMBus device.

use std::collections::BTreeSet;
use std::sync::Arc;

use dpo_gateway::maps::model::{Access, Modality, SafetyClass};
use dpo_gateway::maps::pmbus::model::{Command, Format, Read, Write};

use super::before::guard;
use super::talk::QUERY;
use super::{PmbusContext, PmbusPlan, PmbusWorld, asks};
use crate::catalogue::{Case, Scope};
use crate::declared::PmbusClaims;
use crate::needs::left_out;
use crate::outcome::Record;
use crate::run::Plan;
use crate::transport::NoLog;
use crate::transport::guard::Allowed;
use crate::transport::smbus::{Came, Part, SmbusLink};

/// Warning limits that can be moved past the live value: the limit, the reading, the status command, its bit, and
/// whether the warning comes below the limit.
pub(crate) const WARNINGS: [(&str, &str, &str, &str, bool); 4] = [
    ("ot_warn_limit", "read_temperature_1", "status_temperature", "ot_warning", false),
    ("vin_uv_warn_limit", "read_vin", "status_input", "vin_uv_warning", true),
    ("iout_oc_warn_limit", "read_iout", "status_iout", "oc_warning", false),
    ("pout_op_warn_limit", "read_pout", "status_iout", "pout_op_warning", false),
];

/// Why a need of a case is not met; `None` if it is. `known` are the codes that the device has, of those in its map.
pub(crate) fn missing(need: &str, device: &PmbusPlan, claims: &PmbusClaims, known: &[u8]) -> Option<String> {
    let unless = |met: bool, reason: &str| (!met).then(|| reason.to_owned());
    let own = |id: &str| device.map.commands.iter().find(|c| c.id == id && known.contains(&c.code));
    let has = |id: &str| own(id).is_some();
    let hazard = |id: &str| {
        let command = device.map.commands.iter().find(|c| c.id == id);
        command.is_some_and(|c| device.map.hazards.iter().any(|h| (h.first..=h.last).contains(&c.code)))
    };
    let stores = |id: &str| {
        if hazard(id) {
            return Some(format!("the map names {id} a hazard: it is never sent"));
        }
        unless(has(id), &format!("the device has no {id}"))
    };
    match need {
        "second" => unless(device.second.is_some(), "no second device on the bus was named"),
        "call-alone" => {
            unless(device.port.calls_alone(), "the port cannot call an address without a byte (Linux)")
        }
        "query" => unless(has("query"), "the device has no QUERY"),
        "protect" => unless(has("write_protect"), "the device has no WRITE_PROTECT"),
        "mask" => unless(has("smbalert_mask"), "the device has no SMBALERT_MASK"),
        "page" => unless(has("page"), "the device has no PAGE"),
        "pages" => unless(has("page") && device.map.bus.pages > 1, "the device has one page only"),
        "page-plus" => unless(
            has("page") && has("page_plus_read") && has("page_plus_write"),
            "the device has no PAGE_PLUS_READ and PAGE_PLUS_WRITE",
        ),
        "vout-command" => unless(has("vout_command"), "the device has no VOUT_COMMAND"),
        "vout-max" => unless(has("vout_command") && has("vout_max"), "the device has no VOUT_MAX"),
        "block-write" => {
            unless(block_setting(device, known).is_some(), "the device has no block that is written")
        }
        "direct" => unless(
            has("coefficients") && direct(device, known).next().is_some(),
            "the device has no command in DIRECT, or no COEFFICIENTS",
        ),
        "negative" => unless(
            claims.negative_reading.as_deref().is_some_and(has),
            "no reading is declared to be below zero (--pics)",
        ),
        "rated" => unless(
            RATED.iter().any(|(reading, rating)| has(reading) && has(rating)),
            "the device has no reading with a rating",
        ),
        "ein" => unless(has("read_ein"), "the device has no READ_EIN"),
        "eout" => unless(has("read_eout"), "the device has no READ_EOUT"),
        "kwh" => unless(has("read_kwh_in") && has("read_kwh_out"), "the device has no READ_KWH_IN and _OUT"),
        "limits" => unless(
            device.map.commands.iter().any(|c| limited(c) && known.contains(&c.code)),
            "the device has no limit whose range the map states",
        ),
        "warn-limit" => unless(
            WARNINGS.iter().any(|(limit, ..)| has(limit)),
            "the device has no warning limit that can be moved past a reading",
        ),
        "ot-fault" => unless(
            has("ot_fault_limit") && has("ot_fault_response"),
            "the device has no OT_FAULT_LIMIT and OT_FAULT_RESPONSE",
        ),
        "on-off-config" => unless(has("on_off_config"), "the device has no ON_OFF_CONFIG"),
        "store" => stores("store_user_all"),
        "restore-defaults" => stores("restore_default_all"),
        "defaults" => unless(
            claims.defaults.keys().any(|id| has(id)),
            "the settings of the factory are not declared (--pics)",
        ),
        "fan" => unless(has("fan_command_1") && has("read_fan_speed_1"), "the device has no fan to command"),
        "stretch" => unless(claims.stretch_us.is_some(), "no stretching of the clock is declared (--pics)"),
        // Decided by what was selected.
        "instrument" => None,
        other => Some(format!("unknown need {other}")),
    }
}

/// Readings and their ratings.
pub(crate) const RATED: [(&str, &str); 5] = [
    ("read_vin", "mfr_vin_max"),
    ("read_iin", "mfr_iin_max"),
    ("read_pin", "mfr_pin_max"),
    ("read_iout", "mfr_iout_max"),
    ("read_pout", "mfr_pout_max"),
];

/// Commands in DIRECT that are read.
pub(crate) fn direct<'a>(device: &'a PmbusPlan, known: &'a [u8]) -> impl Iterator<Item = &'a Command> {
    let all = device.map.commands.iter();
    all.filter(|c| c.format == Format::Direct && c.read.is_some() && known.contains(&c.code))
}

/// A block that is written and read with the same data.
pub(crate) fn block_setting<'a>(device: &'a PmbusPlan, known: &[u8]) -> Option<&'a Command> {
    device.map.commands.iter().find(|c| {
        let block = c.write == Some(Write::WriteBlock) && c.read == Some(Read::ReadBlock);
        block && c.access == Access::Rw && c.request.is_empty() && known.contains(&c.code)
    })
}

/// A limit that may be written to both ends of its range without turning anything off.
pub(crate) fn limited(command: &Command) -> bool {
    let harmless = command.safety.is_some_and(|s| !matches!(s.class, SafetyClass::Disruptive));
    command.id.ends_with("_limit") && command.range.is_some() && command.write.is_some() && harmless
}

/// The port behind the guard of a plan.
fn link(plan: &Plan, device: &PmbusPlan) -> SmbusLink {
    let allowed = Allowed { writes: plan.selection.writes, disruptive: plan.selection.disruptive };
    SmbusLink::new(device.port.clone(), guard(device, allowed), plan.instrument.clone())
}

/// Codes of the map that are not hazards.
fn all_codes(device: &PmbusPlan) -> Vec<u8> {
    device.map.commands.iter().map(|c| c.code).collect()
}

/// Whether a command is sent as it stands: none of a hazard range, and none with a second byte of code.
fn plain(device: &PmbusPlan, command: &Command) -> bool {
    let hazard = device.map.hazards.iter().any(|h| (h.first..=h.last).contains(&command.code));
    !hazard && command.extended.is_none()
}

/// Codes of the commands that are mandatory in the map.
fn mandatory(device: &PmbusPlan) -> Vec<u8> {
    let own = device.map.commands.iter().filter(|c| plain(device, c) && c.modality == Modality::Mandatory);
    own.map(|c| c.code).collect()
}

/// The optional and conditional commands that a device shows, by their ids: by QUERY, or else by reading each that is
/// read without asking. Nothing is written.
pub(crate) async fn shown(device: &PmbusPlan) -> Vec<String> {
    let link = SmbusLink::new(device.port.clone(), guard(device, Allowed::default()), None);
    let mut known = known(device, &link).await;
    if !known.contains(&QUERY) {
        for command in device.map.commands.iter().filter(|c| plain(device, c) && !asks(c)) {
            let Some(read) = command.read else { continue };
            let len = usize::from(read.bytes().unwrap_or(1));
            let parts = [Part::Write(device.address, vec![command.code]), Part::Read(device.address, len)];
            // A device that does not know a command does not drive the line: ones.
            let came = link.transfer(&parts, &NoLog).await;
            if matches!(came, Ok(Came::Bytes(bytes)) if bytes.iter().any(|byte| *byte != 0xFF)) {
                known.push(command.code);
            }
        }
    }
    let optional =
        device.map.commands.iter().filter(|c| plain(device, c) && c.modality != Modality::Mandatory);
    optional.filter(|c| known.contains(&c.code)).map(|c| c.id.clone()).collect()
}

/// Codes of the commands that the device has, of those in its map: what is mandatory, and what QUERY knows.
async fn known(device: &PmbusPlan, link: &SmbusLink) -> Vec<u8> {
    let mut known = Vec::new();
    for command in &device.map.commands {
        if !plain(device, command) {
            continue;
        }
        let mandatory = command.modality == Modality::Mandatory;
        let parts =
            [Part::Write(device.address, vec![QUERY, 1, command.code]), Part::Read(device.address, 2)];
        // A link that fails shows in the first case.
        let bits = match link.transfer(&parts, &NoLog).await {
            Ok(Came::Bytes(bytes)) => bytes.get(1).copied().unwrap_or_default(),
            _ => 0,
        };
        // FFh is nobody: no QUERY.
        // A QUERY that answers anything is there, and its own cases judge the answer.
        let query = command.code == QUERY && bits != 0 && bits != 0xFF;
        if mandatory || query || bits & 0x80 != 0 && bits != 0xFF {
            known.push(command.code);
        }
    }
    known
}

/// Plays what was selected of the scope [`Scope::Pmbus`].
pub(crate) async fn play(plan: &Plan, device: &PmbusPlan, cases: &[Case], keep: &mut dyn FnMut(Record)) {
    let subject = format!("{} over {}", device.name(), device.port.name());
    let mut selected = BTreeSet::new();
    let cases_here = || cases.iter().filter(|c| c.scope == Scope::Pmbus);
    let any = cases_here().any(|c| left_out(c, &subject, None, &plan.selection).is_none());
    let link = link(plan, device);
    // Nothing is sent if nothing is played.
    let known = match (any, device.claimed) {
        (_, true) => mandatory(device),
        (true, _) => known(device, &link).await,
        (false, _) => all_codes(device),
    };
    for case in cases_here() {
        let missing = case.needs.iter().find_map(|need| missing(need, device, &plan.declared.pmbus, &known));
        match left_out(case, &subject, missing, &plan.selection) {
            Some(record) => keep(record),
            None => drop(selected.insert(case.id.clone())),
        }
    }
    if selected.is_empty() {
        return;
    }
    let context = Arc::new(PmbusContext {
        plan: device.clone(),
        link,
        claims: plan.declared.pmbus.clone(),
        known,
        effort: plan.effort,
        writes: plan.selection.writes,
        restore: plan.restore.clone(),
        logs: Arc::default(),
    });
    let logs = context.logs.clone();
    crate::play::play::<PmbusWorld>(context, logs, cases, subject, selected, keep).await;
}
