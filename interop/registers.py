#!/usr/bin/env python3
"""Every register of a PSU and a BBU through the pass-through, read with mbpoll and with pymodbus, over TCP
and over the pseudo-terminal; the decoded values equal the Redfish values within one least significant bit.

The values of the simulated shelf move, so Redfish is read before and after: the register must lie between
the two readings, give or take one least significant bit. "After" lasts until the gateway has polled the
register again.
"""

import json
import re
import subprocess
import time
from fractions import Fraction

from pymodbus.client import ModbusSerialClient, ModbusTcpClient

from lib import ROOT, Gateway, checks

SHELF = "/redfish/v1/Chassis/PowerShelf"
SUPPLY, BATTERY = f"{SHELF}/PowerSubsystem/PowerSupplies/PSU1", f"{SHELF}/PowerSubsystem/Batteries/BBU1"



def sensor(name):
    return f"{SHELF}/Sensors/{name}", "Reading"


# Register and where Redfish shows it: resource, JSON path.
LINKS = {
    ("orv3-psu", 200): {
        "input_voltage_ac": (f"{SUPPLY}/Metrics", "InputVoltage.Reading"),
        "input_current_ac": (f"{SUPPLY}/Metrics", "InputCurrentAmps.Reading"),
        "input_power": (f"{SUPPLY}/Metrics", "InputPowerWatts.Reading"),
        "input_frequency_ac": (f"{SUPPLY}/Metrics", "FrequencyHz.Reading"),
        "output_power": (f"{SUPPLY}/Metrics", "OutputPowerWatts.Reading"),
        "output_voltage": (f"{SUPPLY}/Metrics", "RailVoltage.0.Reading"),
        "output_current": (f"{SUPPLY}/Metrics", "RailCurrentAmps.0.Reading"),
        "temp0_inlet": (f"{SUPPLY}/Metrics", "TemperatureCelsius.Reading"),
        "temp1_outlet": sensor("PSU1OutletTemperature"),
        "bulk_cap_voltage": sensor("PSU1BulkVoltage"),
        "vout_setpoint_h": sensor("PSU1OutputVoltageSetpoint"),
        "rpm_fan0": sensor("PSU1Fan1"),
        "rpm_fan1": sensor("PSU1Fan2"),
        "mfr_model": (SUPPLY, "Model"),
        "mfr_serial": (SUPPLY, "SerialNumber"),
        "fw_revision": (SUPPLY, "FirmwareVersion"),
    },
    ("orv3-bbu", 64): {
        "relative_state_of_charge": (f"{BATTERY}/Metrics", "ChargePercent.Reading"),
        "battery_voltage": (f"{BATTERY}/Metrics", "OutputVoltages.0.Reading"),
        "battery_current": sensor("BBU1PackCurrent"),
        "remaining_capacity": (f"{BATTERY}/Metrics", "StoredChargeAmpHours.Reading"),
        "full_charge_capacity": (BATTERY, "CapacityActualAmpHours"),
        "design_capacity": (BATTERY, "CapacityRatedAmpHours"),
        "soh": sensor("BBU1StateOfHealth"),
        "shelf_busbar_voltage": sensor("BBU1BusbarVoltage"),
        **{f"cell_voltage{n}": (f"{BATTERY}/Metrics", f"CellVoltages.{n - 1}.Reading") for n in range(1, 12)},
        **{f"temp{n}": sensor(f"BBU1Temperature{n}") for n in range(1, 5)},
        "manufacture_model": (BATTERY, "Model"),
        "mfr_serial": (BATTERY, "SerialNumber"),
        "fw_revision": (BATTERY, "FirmwareVersion"),
    },
}


def fraction(value, default):
    return Fraction(value["num"], value["den"]) if value else default


def decode(register, words):
    """The value by the map's own words, exactly."""
    kind = register["type"]
    if kind == "text":
        raw = b"".join(w.to_bytes(2, "big") for w in words)
        return raw.split(b"\0")[0].decode("ascii").strip()
    number = 0
    for word in words:
        number = number << 16 | word
    if kind == "signed" and words[0] & 0x8000:
        number -= 1 << (16 * len(words))
    return number * fraction(register.get("scale"), Fraction(1)) + fraction(register.get("offset"), Fraction(0))


def mbpoll(arguments, unit, register):
    command = ["mbpoll", *arguments[:-1], "-a", str(unit), "-0", "-r", str(register["address"]), "-c",
               str(register["words"]), "-t", "4:hex", "-1", "-q", "-o", "1", arguments[-1]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    words = [int(word, 16) for word in re.findall(r"^\[\d+\]:\s+0x([0-9A-Fa-f]{4})", done.stdout, re.M)]
    if done.returncode or len(words) != register["words"]:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return words


def pymodbus(client, unit, register):
    answer = client.read_holding_registers(register["address"], count=register["words"], device_id=unit)
    if answer.isError() or len(answer.registers) != register["words"]:
        raise RuntimeError(f"pymodbus: unit {unit} register {register['id']}: {answer}")
    return answer.registers


def redfish_values(gateway, links):
    bodies, values = {}, {}
    for register, (resource, path) in links.items():
        if resource not in bodies:
            bodies[resource] = gateway.get(resource)
        body = bodies[resource]
        for key in path.split("."):
            body = body[int(key)] if key.isdigit() else body.get(key, {})
        values[register] = body
    return values


def compare(gateway, name, register, links, value, before):
    """What is wrong, or None. Slow registers reach Redfish up to five polls (1.25 s) later."""
    lsb = fraction(register.get("scale"), Fraction(1))
    until = time.monotonic() + 3
    while True:
        after = redfish_values(gateway, links)[register["id"]]
        if isinstance(value, str):
            return None if value == before == after else f"{name}: register {value!r}, Redfish {before!r}"
        if not isinstance(before, (int, float)) or not isinstance(after, (int, float)):
            return f"{name}: Redfish shows {before!r}"
        low, high = sorted((Fraction(str(before)), Fraction(str(after))))
        if low - lsb <= value <= high + lsb:
            return None
        if time.monotonic() > until:
            return f"{name}: register {float(value)}, Redfish {before} then {after}, one LSB is {float(lsb)}"
        time.sleep(0.2)


def main():
    with checks("registers") as failures, Gateway() as gateway:
        tcp = ModbusTcpClient("127.0.0.1", port=gateway.modbus_port, timeout=3)
        # A pseudo-terminal has no parity bit, and pyserial refuses to ask it for one.
        rtu = ModbusSerialClient(str(gateway.pty), baudrate=19200, parity="N", timeout=3)
        assert tcp.connect()
        tcp_line = ["-m", "tcp", "-p", str(gateway.modbus_port), "127.0.0.1"]
        rtu_line = ["-m", "rtu", "-b", "19200", "-P", "even", str(gateway.pty)]
        for (map_id, unit), links in LINKS.items():
            registers = json.loads((ROOT / f"registers/maps/{map_id}.json").read_text())["registers"]
            by_id = {register["id"]: register for register in registers}
            for reader in ["pymodbus tcp", "pymodbus rtu", "mbpoll tcp", "mbpoll rtu"]:
                # Only one client can have the serial line open.
                if reader == "pymodbus rtu":
                    assert rtu.connect()
                read = {
                    "pymodbus tcp": lambda r: pymodbus(tcp, unit, r),
                    "pymodbus rtu": lambda r: pymodbus(rtu, unit, r),
                    "mbpoll tcp": lambda r: mbpoll(tcp_line, unit, r),
                    "mbpoll rtu": lambda r: mbpoll(rtu_line, unit, r),
                }[reader]
                compared = 0
                for register in registers:
                    linked = register["id"] in links
                    one = {register["id"]: links[register["id"]]} if linked else {}
                    before = redfish_values(gateway, one)
                    try:
                        value = decode(register, read(register)) if register["type"] != "raw" else read(register)
                    except (RuntimeError, UnicodeDecodeError) as error:
                        failures.append(f"{map_id} {register['id']} by {reader}: {error}")
                        continue
                    if linked:
                        name = f"{map_id} {register['id']} by {reader}"
                        if wrong := compare(gateway, name, register, one, value, before[register["id"]]):
                            failures.append(wrong)
                        compared += 1
                if reader == "pymodbus rtu":
                    rtu.close()
                print(f"  {map_id}: {len(registers)} registers read by {reader}, {compared} compared with Redfish")
            missing = set(links) - set(by_id)
            if missing:
                failures.append(f"{map_id}: no such registers {missing}")
        tcp.close()


if __name__ == "__main__":
    main()
