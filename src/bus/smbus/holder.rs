//! The kernel driver that holds an address of a Linux I2C bus.
//!
//! A driver (hwmon's `pmbus`, say) may change PAGE or clear faults between two transfers of ours. The kernel says so
//! in sysfs, and refuses the address to programs that ask for it politely; transfers by I2C_RDWR do not ask.

use std::path::{Path, PathBuf};

/// Where Linux lists the clients of its I2C buses.
pub const DEVICES: &str = "/sys/bus/i2c/devices";

/// The number N of `/dev/i2c-N` (links are followed); `None` for another path.
pub fn bus_number(device: &Path) -> Option<u32> {
    let real = std::fs::canonicalize(device).unwrap_or_else(|_| device.to_owned());
    real.file_name()?.to_str()?.strip_prefix("i2c-")?.parse().ok()
}

/// The driver bound to `address` on bus `number`; `devices` is [`DEVICES`], or a copy of it in a test.
///
/// A client without a driver holds nothing.
pub fn driver(devices: &Path, number: u32, address: u8) -> Option<String> {
    let link: PathBuf = devices.join(format!("{number}-{address:04x}")).join("driver");
    let target = std::fs::read_link(link).ok()?;
    target.file_name().map(|name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_driver_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let client = dir.path().join("3-0058");
        std::fs::create_dir(&client).unwrap();
        assert_eq!(driver(dir.path(), 3, 0x58), None);
        std::os::unix::fs::symlink("../../../../bus/i2c/drivers/pmbus", client.join("driver")).unwrap();
        assert_eq!(driver(dir.path(), 3, 0x58).as_deref(), Some("pmbus"));
        assert_eq!((driver(dir.path(), 3, 0x59), driver(dir.path(), 4, 0x58)), (None, None));
    }

    #[test]
    fn a_bus_has_its_number_from_its_path() {
        assert_eq!(bus_number(Path::new("/dev/i2c-12")), Some(12));
        assert_eq!(bus_number(Path::new("/dev/ttyS0")), None);
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("i2c-7"), "").unwrap();
        std::os::unix::fs::symlink("i2c-7", dir.path().join("shelf")).unwrap();
        assert_eq!(bus_number(&dir.path().join("shelf")), Some(7));
    }
}
