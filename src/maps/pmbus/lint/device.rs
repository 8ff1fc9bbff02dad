//! Rules on what stands above the commands.

use super::super::model::PmbusMap;
use super::commands;
use crate::maps::lint::{Found, Rule};

/// Addresses that SMBus keeps for itself: general call to bus masters' addresses, alert response, the
/// 10-bit and device-id ranges.
const RESERVED: [(u8, u8, &str); 3] = [
    (0x00, 0x07, "general call and other buses"),
    (0x0C, 0x0C, "the alert response"),
    (0x78, 0x7F, "10-bit addresses"),
];

/// Clocks of SMBus 3: an inclusive upper bound of each class.
const CLOCKS: [u32; 3] = [100_000, 400_000, 1_000_000];

pub(super) fn check(map: &PmbusMap, found: &mut Found) {
    addresses(map, found);
    if !CLOCKS.contains(&map.bus.clock_hz_max) {
        let message = format!("{} Hz is no clock class of SMBus", map.bus.clock_hz_max);
        found.add("/bus/clock_hz_max", Rule::PmbusBus, message, "use 100000, 400000 or 1000000");
    }
    pages(map, found);
    hazards(map, found);
    order(map, found);
}

fn addresses(map: &PmbusMap, found: &mut Found) {
    let ranges = &map.bus.addresses;
    if ranges.is_empty() {
        found.add("/bus/addresses", Rule::PmbusBus, "no address", "list the addresses of such devices");
    }
    for (i, range) in ranges.iter().enumerate() {
        let wrong = if range.first > range.last || range.last > 0x7F {
            Some("is no range of addresses of 7 bits".to_owned())
        } else if let Some((.., what)) = RESERVED.iter().find(|r| r.0 <= range.last && range.first <= r.1) {
            Some(format!("holds addresses that SMBus keeps for {what}"))
        } else {
            let before = ranges.iter().take(i).find(|r| r.first <= range.last && range.first <= r.last);
            before.map(|_| "overlaps an earlier range".to_owned())
        };
        if let Some(wrong) = wrong {
            let message = format!("{:02X}h to {:02X}h {wrong}", range.first, range.last);
            let mend = "write addresses without the read/write bit, each once, from 08h to 77h";
            found.add(format!("/bus/addresses/{i}"), Rule::PmbusBus, message, mend);
        }
    }
}

fn pages(map: &PmbusMap, found: &mut Found) {
    let page = map.commands.iter().any(|c| c.code == 0x00 && c.writable());
    for (at, command) in commands(map) {
        if command.paged && (!page || map.bus.pages == 1) {
            let message = format!("`{}` has a value a page, but the device cannot choose a page", command.id);
            let mend = "set `bus.pages` and add PAGE, or drop `paged`";
            found.add(format!("{at}/paged"), Rule::PmbusPage, message, mend);
        }
    }
    if map.bus.pages > 1 && !page {
        let message = format!("the device has {} pages, but no PAGE that can be written", map.bus.pages);
        found.add("/bus/pages", Rule::PmbusPage, message, "add PAGE, or correct the number");
    }
}

fn hazards(map: &PmbusMap, found: &mut Found) {
    for (i, hazard) in map.hazards.iter().enumerate() {
        let before = map.hazards.iter().take(i).any(|h| h.first <= hazard.last && hazard.first <= h.last);
        if hazard.first > hazard.last || before {
            let message = format!("{:02X}h to {:02X}h is empty or overlaps", hazard.first, hazard.last);
            let mend = "write the smaller code first, and each code once";
            found.add(format!("/hazards/{i}"), Rule::PmbusHazard, message, mend);
        }
    }
    for (at, command) in commands(map) {
        if map.hazards.iter().any(|h| (h.first..=h.last).contains(&command.code)) {
            let message =
                format!("`{}` has the code {:02X}h, which must never be sent", command.id, command.code);
            let mend = "remove the command, or cut the hazard if it is not there";
            found.add(format!("{at}/code"), Rule::PmbusHazard, message, mend);
        }
    }
}

fn order(map: &PmbusMap, found: &mut Found) {
    let mut before: Option<(u8, Option<u8>)> = None;
    for (at, command) in commands(map) {
        let code = (command.code, command.extended);
        if before.is_some_and(|before| before >= code) {
            let message = format!("`{}` does not stand behind smaller codes, or has one of them", command.id);
            found.add(format!("{at}/code"), Rule::PmbusOrder, message, "order by code, each code once");
        }
        before = Some(code);
        if command.extended.is_some() != (command.code >= 0xFE) {
            let message = format!("{:02X}h and `extended` do not go together", command.code);
            let mend = "an extended command, and no other, begins with FEh or FFh and has a second byte";
            found.add(format!("{at}/code"), Rule::PmbusExtended, message, mend);
        }
    }
}
