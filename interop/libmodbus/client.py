#!/usr/bin/env python3
"""libmodbus against the gateway, over TCP and over the pseudo-terminal: every register of a PSU and a BBU, the same values
as in Redfish; each exception; then the lease and a setpoint in the DPO block, written by function
06 and 16 and read back, refused to whoever has no lease."""

import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from lib import ROOT, Gateway, checks  # noqa: E402
from registers import LINKS, compare, decode, redfish_values  # noqa: E402

CLIENT = ROOT / "target/libmodbus-client"
BLOCK, PSU, NOBODY = 7, 200, 99
# Two registers and a byte count of three.
MALFORMED = "raw 10 40 40 00 02 03 00 00 00"
# In the DPO block: token and duration of the lease, limit of input power, the limit in force, owner of the lease.
LEASE, LIMIT, LIMIT_IN_FORCE, LEASE_OWNER = 16448, 16464, 16466, 16451
# Of some 160 reads of a map.
MOST_SILENCES = 4


def build():
    CLIENT.parent.mkdir(exist_ok=True)
    subprocess.run(["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-I/usr/include/modbus", "-o", CLIENT, HERE / "client.c",
                    "-lmodbus"], check=True)


class Client:
    """The C program at the other end of two pipes."""

    def __init__(self, *line):
        self.process = subprocess.Popen([CLIENT, *map(str, line)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)

    def do(self, *command):
        self.process.stdin.write(" ".join(map(str, command)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise SystemExit(f"the libmodbus client ended at {command}")
        return answer

    def words(self, address, count, function="read"):
        kind, *words = self.do(function, address, count).split()
        if kind != "words" or len(words) != count:
            raise RuntimeError(f"{function} {address} {count}: {kind} {' '.join(words)}")
        return [int(word) for word in words]


def number(words):
    return int.from_bytes(b"".join(w.to_bytes(2, "big") for w in words), "big", signed=True)


def read_all(gateway, client, name, failures):
    for (map_id, unit), links in LINKS.items():
        assert client.do("unit", unit) == "ok"
        registers = json.loads((ROOT / f"registers/maps/{map_id}.json").read_text())["registers"]
        compared, silences = 0, []
        for register in registers:
            one = {register["id"]: links[register["id"]]} if register["id"] in links else {}
            # Values that move: on a busy machine the gateway may poll late, and miss what the register held.
            for _ in range(3):
                before, wrong = redfish_values(gateway, one), None
                try:
                    words = client.words(register["address"], register["words"])
                    value = decode(register, words) if register["type"] != "raw" else words
                except (RuntimeError, UnicodeDecodeError) as error:
                    wrong = f"{map_id} {register['id']} by {name}: {error}"
                    # A simulated device that had no turn on a busy machine is silent, and asked again by the gateway
                    # only after a while: so is any device that missed its time.
                    if "timed out" in wrong or "exception 11" in wrong:
                        silences.append(wrong)
                        time.sleep(2)
                        continue
                    break
                if one:
                    wrong = compare(gateway, f"{map_id} {register['id']} by {name}", register, one, value,
                                    before[register["id"]])
                if not wrong:
                    break
            failures.extend([wrong] if wrong else [])
            compared += len(one)
        print(f"  {map_id}: {len(registers)} registers read by {name}, {compared} compared with Redfish, "
              f"{len(silences)} silences")
        if len(silences) > MOST_SILENCES:
            failures.append(f"{name}: {len(silences)} silences: {silences}")


def exceptions(client, tcp):
    """Each command, and the answer it must get. libmodbus knows no function 43: pymodbus asks that."""
    unreachable = "exception 10" if tcp else "error Connection timed out"
    return [
        (PSU, "read 9000 1", "exception 2"),
        (PSU, "writes 88 1 2", "exception"),
        (PSU, "raw 03 00 58 00 7e", "bytes 83 03"),
        (PSU, "raw 03 00 58 00 00", "bytes 83 03"),
        (PSU, "raw 07", "bytes 87 01"),
        (BLOCK, "read 0 1", "exception 2"),
        (BLOCK, MALFORMED, "bytes 90 03"),
        (NOBODY, "read 0 1", unreachable),
    ]


def steer(client, name, failures):
    def expect(what, got, wanted):
        # Exception 5: the write takes longer than a client waits for an answer, and goes on.
        if wanted == "ok" and got == "exception 5":
            time.sleep(5)
        elif got != wanted:
            failures.append(f"{name}: {what}: {got}, not {wanted}")

    assert client.do("unit", BLOCK) == "ok"
    expect("a limit without the lease", client.do("writes", LIMIT, 0, 10_000), "exception 4")
    expect("the lease", client.do("writes", LEASE, 0, 77, 30), "ok")
    expect("the owner of the lease", client.words(LEASE_OWNER, 1), [1])
    expect("the limit", client.do("writes", LIMIT, 0, 10_000), "ok")
    expect("the limit in force", number(client.words(LIMIT_IN_FORCE, 2)), 10_000)
    expect("the limit read back", number(client.words(LIMIT, 2)), 10_000)
    # Half of a value of two words is none.
    expect("half a limit", client.do("write", LIMIT, 0).split()[0], "exception")
    expect("the limit in force", number(client.words(LIMIT_IN_FORCE, 2)), 10_000)
    expect("the end of the lease", client.do("writes", LEASE, 0, 77, 0), "ok")
    expect("the limit afterwards", number(client.words(LIMIT_IN_FORCE, 2)), -1)
    print(f"  {name}: lease, limit of 10 kW, read back, given back")


def main():
    build()
    with checks("libmodbus") as failures, Gateway() as gateway:
        for line in [("tcp", gateway.modbus_port), ("rtu", gateway.pty)]:
            name = f"libmodbus {line[0]}"
            with Client(*line) as client:
                read_all(gateway, client, name, failures)
                answered = 0
                for unit, command, wanted in exceptions(client, line[0] == "tcp"):
                    assert client.do("unit", unit) == "ok"
                    got = client.do(command)
                    answered += 1
                    if not got.startswith(wanted):
                        failures.append(f"{name}: {command} at {unit}: {got}, not {wanted}")
                print(f"  {name}: {answered} requests that must be refused, or not be answered")
                steer(client, name, failures)


if __name__ == "__main__":
    main()
