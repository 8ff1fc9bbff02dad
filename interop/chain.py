#!/usr/bin/env python3
"""Two gateways in a row: the second one knows the shelf only through the first one's Modbus TCP port, then
only through its serial line. So the south-bound clients, the configuration of real buses and the steering
are exercised over real sockets and a real tty.
"""

import time

from lib import STEADY, Gateway, checks

SHELF = "/redfish/v1/Chassis/PowerShelf"
# What the second gateway writes: the setpoint, and the flag that unlocks it.
FIRST = STEADY + """[pmi]
pass_through_writes = "allow_list"
[[pmi.allow]]
map = "orv3-psu"
registers = ["vout_setpoint_h", "setting_register"]
"""
LIMIT_W = 9000
# At 19200 baud the second gateway moves the setpoints in steps, more of them than the first one lets a rack manager write at
# once: it answers busy to those beyond, and the second one waits.
BAUD = 19200


def second(bus: str) -> str:
    return f'[gateway]\npoll_ms = 500\n[shelf]\nkind = "buses"\n[[shelf.bus]]\n{bus}\n'


def wait(seconds, ready):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if ready():
            return True
        time.sleep(0.2)
    return False


def present(gateway):
    states = [gateway.get(member["@odata.id"])["Status"]["State"]
              for kind in ("PowerSupplies", "Batteries")
              for member in gateway.get(f"{SHELF}/PowerSubsystem/{kind}")["Members"]]
    return states.count("Enabled")


def power(gateway):
    return gateway.get(f"{SHELF}/Sensors/ShelfInputPower")["Reading"] or 0


def main():
    with checks("chain") as failures:
        for line in ("tcp", "rtu"):
            with Gateway(config=FIRST) as shelf:
                bus = (f'type = "tcp"\naddress = "127.0.0.1:{shelf.modbus_port}"' if line == "tcp"
                       else f'type = "rtu"\ndevice = "{shelf.pty}"\nparity = "none"\nbaud = {BAUD}')
                with Gateway(config=second(bus)) as gateway:
                    if not wait(60, lambda: present(gateway) == 12):
                        failures.append(f"{line}: {present(gateway)} of 12 devices found\n{gateway.errors()}")
                        continue
                    before = power(gateway)
                    status, _, body = gateway.request("PATCH", f"{SHELF}/Controls/ShelfPowerLimit", {"SetPoint": LIMIT_W})
                    if status != 200 or body["SetPoint"] != LIMIT_W:
                        failures.append(f"{line}: PATCH gave {status} {body}")
                        continue
                    # Judged by the first gateway's readings, which the second one had no hand in.
                    held = wait(40, lambda: abs(power(shelf) - LIMIT_W) < 0.03 * LIMIT_W)
                    print(f"  {line}: 12 devices, {before:.0f} W, limit {LIMIT_W} W, then {power(shelf):.0f} W")
                    if not held:
                        failures.append(f"{line}: {power(shelf)} W under a limit of {LIMIT_W} W")
                # The second gateway has ended and must have left the shelf as it was.
                if not wait(15, lambda: abs(power(shelf) - before) < 0.03 * before):
                    failures.append(f"{line}: {power(shelf)} W after the gateway ended, {before} W before")


if __name__ == "__main__":
    main()
