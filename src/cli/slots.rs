//! Which addresses on which bus belong to the shelf, from the configuration.

use super::config::{BusConfig, I2cBus, Units};
use crate::gateway::{GatewayConfig, SlotKind, SlotRange};

/// The slots on these buses, numbered on from bus to bus in the order of the file.
///
/// A single bus that names no devices has those of the default: PSUs from 200, BBUs from 64, six each.
///
/// # Errors
/// What is wrong, with the key, and what would be right.
pub(super) fn slots(buses: &[BusConfig]) -> Result<Vec<SlotRange>, String> {
    if let [bus @ (BusConfig::Rtu(_) | BusConfig::Tcp { .. })] = buses
        && bus.units() == (None, None)
    {
        return Ok(GatewayConfig::default().slots);
    }
    let mut found = Vec::new();
    let (mut psus, mut bbus) = (0u8, 0u8);
    for (number, bus) in buses.iter().enumerate() {
        let too_many = || format!("shelf.bus number {}: more than 255 devices of a kind", number + 1);
        if let BusConfig::I2c(I2cBus { addresses, .. }) = bus {
            for address in addresses {
                psus = psus.checked_add(1).ok_or_else(too_many)?;
                let (kind, first_unit, first_slot) = (SlotKind::Psu, *address, psus);
                found.push(SlotRange { kind, bus: number, first_unit, first_slot, count: 1 });
            }
            continue;
        }
        let (psu, bbu) = bus.units();
        if (psu, bbu) == (None, None) {
            return Err(format!(
                "shelf.bus number {}: with more than one bus each names its devices: psus or bbus, for \
                 example psus = {{ first_unit = 200, count = 6 }}",
                number + 1
            ));
        }
        for (kind, units, used) in [(SlotKind::Psu, psu, &mut psus), (SlotKind::Bbu, bbu, &mut bbus)] {
            let Some(Units { first_unit, count }) = units else { continue };
            // 247 is the last address of a device (Serial Line V1.02, 2.2), but for those that use the reserved ones.
            let last: u8 = match bus {
                BusConfig::Rtu(line) if line.reserved_addresses => 255,
                BusConfig::Rtu(_) | BusConfig::Tcp { .. } | BusConfig::I2c(_) => 247,
            };
            if count == 0 || u16::from(first_unit) + u16::from(count) > u16::from(last) + 1 {
                return Err(format!(
                    "shelf.bus number {}: {count} devices from address {first_unit}: count is 1 or more, and \
                     the last address {last} or less",
                    number + 1
                ));
            }
            let first_slot = used.checked_add(1).ok_or_else(too_many)?;
            *used = used.checked_add(count).ok_or_else(too_many)?;
            found.push(SlotRange { kind, bus: number, first_unit, first_slot, count });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::{Config, Shelf};

    fn parse(text: &str) -> Result<Vec<SlotRange>, String> {
        #[derive(serde::Deserialize)]
        struct File {
            bus: Vec<BusConfig>,
        }
        slots(&toml::from_str::<File>(text).map_err(|e| e.to_string())?.bus)
    }

    const TCP: &str = "[[bus]]\ntype = \"tcp\"\naddress = \"192.0.2.1:502\"\n";

    #[test]
    fn one_bus_without_devices_has_the_default_ones() {
        assert_eq!(parse(TCP), Ok(GatewayConfig::default().slots));
    }

    #[test]
    fn slots_count_on_from_bus_to_bus() {
        let text = format!(
            "{TCP}psus = {{ first_unit = 192, count = 3 }}\n\
             {TCP}psus = {{ first_unit = 200, count = 2 }}\nbbus = {{ first_unit = 72, count = 6 }}\n"
        );
        let range =
            |kind, bus, first_unit, first_slot, count| SlotRange { kind, bus, first_unit, first_slot, count };
        let expected = vec![
            range(SlotKind::Psu, 0, 192, 1, 3),
            range(SlotKind::Psu, 1, 200, 4, 2),
            range(SlotKind::Bbu, 1, 72, 1, 6),
        ];
        assert_eq!(parse(&text), Ok(expected.clone()));
        let config = GatewayConfig { slots: expected, ..GatewayConfig::default() };
        assert_eq!(config.check(2), Ok(()));
    }

    #[test]
    fn supplies_on_i2c_have_a_slot_each_and_the_others_count_on() {
        let i2c = "[[bus]]\ntype = \"i2c\"\npath = \"/dev/i2c-1\"\naddresses = [0x5D, 0x58]\n";
        let text = format!("{i2c}{TCP}psus = {{ first_unit = 200, count = 2 }}\n");
        let range = |bus, first_unit, first_slot, count| SlotRange {
            kind: SlotKind::Psu,
            bus,
            first_unit,
            first_slot,
            count,
        };
        let expected = vec![range(0, 0x5D, 1, 1), range(0, 0x58, 2, 1), range(1, 200, 3, 2)];
        assert_eq!(parse(&text), Ok(expected));
        // Alone it has no default devices of Modbus.
        assert_eq!(parse(i2c).unwrap().len(), 2);
    }

    #[test]
    fn the_documented_example_names_its_devices() {
        let file: Config = toml::from_str(include_str!("../../examples/dpo.toml")).unwrap();
        let Shelf::Buses { bus } = file.shelf else { unreachable!() };
        let config = GatewayConfig { slots: slots(&bus).unwrap(), ..GatewayConfig::default() };
        assert_eq!(config.check(bus.len()), Ok(()));
        assert_eq!(config.slots.len(), 2);
    }

    #[test]
    fn a_bus_nobody_would_poll_is_an_error() {
        let silent = format!("{TCP}psus = {{ first_unit = 200, count = 6 }}\n{TCP}");
        let error = parse(&silent).unwrap_err();
        assert!(error.contains("shelf.bus number 2") && error.contains("first_unit = 200"), "{error}");
        for bad in ["first_unit = 200, count = 0", "first_unit = 246, count = 3"] {
            let error = parse(&format!("{TCP}psus = {{ {bad} }}\n")).unwrap_err();
            assert!(error.contains("247 or less"), "{error}");
        }
        assert!(parse(&format!("{TCP}psus = {{ first_unit = 200 }}\n")).unwrap_err().contains("count"));
    }
}
