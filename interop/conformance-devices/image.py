"""What an invented ORv3 PSU holds: its registers by address, made from the register map. Run alone it prints them."""

import json
import pathlib
import sys

MAP = pathlib.Path(__file__).resolve().parents[2] / "registers/maps/orv3-psu.json"
# Engineering values; all other numbers and flags are 0.
VALUES = {
    "output_voltage": 50.2, "output_current": 40.0, "i_share_current_value": 40.0, "output_power": 2008.0,
    "bulk_cap_voltage": 420.0, "input_frequency_ac": 60, "ithd": 3.0, "power_factor": 0.99, "input_power": 2060.0,
    "input_voltage_ac": 277.0, "input_current_ac": 7.5, "vin_min": 180.0, "vin_max": 300.0, "vout_setpoint_h": 51.0,
    "vout_setpoint_l": 48.0, "configurable_pls_timing": 45, "communication_baud_rate": 1, "unix_time": 1_790_000_000,
    "power_cycle_unix_time": 1_780_000_000, "position_number": 1,
}


def image(without=()):
    """Address to word of every register, but for those whose ids are given."""
    words = {}
    for register in json.loads(MAP.read_text())["registers"]:
        if register["id"] in without:
            continue
        count, at = register["words"], register["address"]
        if register["type"] == "text":
            raw = b"EXAMPLE-1".ljust(2 * count, b"\0")[: 2 * count]
        else:
            scale = register.get("scale", {"num": 1, "den": 1})
            default = 30.0 if register.get("unit") == "Cel" else 0
            number = round(VALUES.get(register["id"], default) * scale["den"] / scale["num"])
            raw = number.to_bytes(2 * count, "big", signed=number < 0)
        words |= {at + i: int.from_bytes(raw[2 * i: 2 * i + 2], "big") for i in range(count)}
    return words


if __name__ == "__main__":
    sys.stdout.writelines(f"{address} {word}\n" for address, word in sorted(image().items()))
