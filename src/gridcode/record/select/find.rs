//! Finding channels by name, unit and phase.

use super::{Channel, Mapping, Record, SelectError, VoltageKind};

/// Most names that an error lists.
const LISTED: usize = 40;

/// The channel of this name in any case, or the n-th for `#n`.
pub(super) fn channel<'a>(record: &'a Record, name: &str) -> Result<&'a Channel, SelectError> {
    let numbered =
        name.strip_prefix('#').and_then(|n| n.parse::<usize>().ok()).and_then(|n| n.checked_sub(1));
    let found = match numbered {
        Some(index) => record.channels.get(index),
        None => record.channels.iter().find(|c| c.name.eq_ignore_ascii_case(name)),
    };
    found.ok_or_else(|| SelectError::Unknown { name: name.to_owned(), known: known(record) })
}

fn known(record: &Record) -> String {
    let names: Vec<String> = record
        .channels
        .iter()
        .enumerate()
        .take(LISTED)
        .map(|(i, c)| format!("#{} {}", i + 1, c.name))
        .collect();
    let more = record.channels.len().saturating_sub(LISTED);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

/// The channels of the voltages, and what they hold.
///
/// # Errors
/// [`SelectError`] with what to name.
pub fn voltages<'a>(
    record: &'a Record,
    mapping: &Mapping,
) -> Result<(Vec<&'a Channel>, VoltageKind), SelectError> {
    if mapping.voltage.is_empty() {
        let wanted = |kind: VoltageKind| mapping.kind.is_none_or(|k| k == kind);
        for kind in [VoltageKind::Wave, VoltageKind::Rms] {
            let found =
                [0, 1, 2].map(|phase| record.channels.iter().find(|c| role(c) == Some((kind, phase))));
            let phases: Vec<&Channel> = found.into_iter().flatten().collect();
            if !phases.is_empty() && wanted(kind) {
                return Ok((phases, kind));
            }
        }
        return Err(SelectError::NoVoltage { known: known(record) });
    }
    if mapping.voltage.len() > 3 {
        return Err(SelectError::Unfit("name one to three voltages".to_owned()));
    }
    let phases: Vec<&Channel> =
        mapping.voltage.iter().map(|name| channel(record, name)).collect::<Result<_, _>>()?;
    if phases.iter().any(|c| !c.unit.eq_ignore_ascii_case(&phases[0].unit)) {
        return Err(SelectError::Unfit("the voltages are in different units".to_owned()));
    }
    let told = phases.first().and_then(|c| role(c)).map(|(kind, _)| kind);
    Ok((phases, mapping.kind.or(told).unwrap_or(VoltageKind::Wave)))
}

/// What a channel is, by its name (CSV) or by unit and phase (COMTRADE): kind and phase, from 0.
fn role(channel: &Channel) -> Option<(VoltageKind, usize)> {
    let name = channel.name.to_ascii_lowercase();
    let unit = channel.unit.to_ascii_lowercase();
    let stem = name.strip_suffix(&format!("_{unit}")).unwrap_or(&name);
    let phase = |text: &str| match text {
        "a" | "1" | "l1" | "an" => Some(0),
        "b" | "2" | "l2" | "bn" => Some(1),
        "c" | "3" | "l3" | "cn" => Some(2),
        _ => None,
    };
    if let Some(rest) = stem.strip_prefix("v_rms").or_else(|| stem.strip_prefix("vrms")) {
        let rest = rest.trim_start_matches('_');
        return if rest.is_empty() { Some(0) } else { phase(rest) }.map(|p| (VoltageKind::Rms, p));
    }
    if stem == "v" && unit.starts_with("pu") && unit != "pu_peak" {
        return Some((VoltageKind::Rms, 0));
    }
    if let Some(found) = stem.strip_prefix(['v', 'u']).and_then(|rest| phase(rest.trim_start_matches('_'))) {
        return Some((VoltageKind::Wave, found));
    }
    factor(&unit, "V")?;
    phase(&channel.phase.to_ascii_lowercase()).map(|p| (VoltageKind::Wave, p))
}

/// The channel of the power; none is named and none is found: `None`.
pub(super) fn power<'a>(record: &'a Record, mapping: &Mapping) -> Result<Option<&'a Channel>, SelectError> {
    named_or(record, mapping.power.as_deref(), &["p_w", "p_kw", "p_mw", "p"])
}

/// The channel of the frequency.
pub(super) fn frequency<'a>(
    record: &'a Record,
    mapping: &Mapping,
) -> Result<Option<&'a Channel>, SelectError> {
    named_or(record, mapping.frequency.as_deref(), &["f_hz", "freq_hz", "frequency_hz", "f"])
}

fn named_or<'a>(
    record: &'a Record,
    name: Option<&str>,
    usual: &[&str],
) -> Result<Option<&'a Channel>, SelectError> {
    match name {
        Some(name) => channel(record, name).map(Some),
        None => Ok(usual.iter().find_map(|name| channel(record, name).ok())),
    }
}

/// The factor from a unit to volts, amperes or watts; `None` if the unit is not one of them. Letters count
/// in any case but for the m of milli and the M of mega.
pub fn factor(unit: &str, base: &str) -> Option<f64> {
    let unit = unit.trim();
    let end = unit.len().checked_sub(base.len())?;
    let (prefix, rest) = (unit.get(..end)?, unit.get(end..)?);
    if !rest.eq_ignore_ascii_case(base) {
        return None;
    }
    match prefix {
        "" => Some(1.0),
        "k" | "K" => Some(1e3),
        "M" => Some(1e6),
        "m" => Some(1e-3),
        _ => None,
    }
}
