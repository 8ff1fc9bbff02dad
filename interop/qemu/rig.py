"""The simulated PSUs before an unmodified Linux kernel in QEMU, and before our own binary inside it.

`python3 interop/qemu/rig.py` installs what it needs (Debian packages), builds the drivers, starts QEMU with software
emulation, and checks. It prints what it counted; any miss makes the exit code 1.

Not shown by it: timing on a bus (emulated transfers have none), and SMBALERT# as a line (the adapter has none; the
alert response address is asked instead).
"""

import json
import pathlib
import re
import struct
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import build
import machine

FIRST, PSUS = 0x58, 6
# Command, the label of the kernel's hwmon attribute, what the adapter calls the truth of it, hwmon's unit.
READINGS = [
    (0x88, "vin", "vin", 1e3),
    (0x89, "iin", "iin", 1e3),
    (0x8B, "vout1", "vout", 1e3),
    (0x8C, "iout1", "iout", 1e3),
    (0x96, "pout1", "pout", 1e6),
    (0x97, "pin", "pin", 1e6),
]
VOUT, VOUT_COMMAND, READ_VIN = 0x8B, 0x21, 0x88
CORRUPT = 40
# A setpoint as a gateway leaves it that dies while it steers: 48.2 V.
LEFT = 0x6066
# Registers of the DPO block: what answers, and the lease.
PRESENT, LEASE = 0x4034, 0x4040
SERVE = """[gateway]
journal = "/tmp/serve.redb"
[shelf]
kind = "buses"
[[shelf.bus]]
type = "i2c"
path = "{device}"
addresses = [{addresses}]
"""


class Judge:
    """Counts what holds and what does not."""

    def __init__(self):
        self.held, self.missed = 0, []

    def check(self, what, holds, seen=""):
        if holds:
            self.held += 1
        else:
            self.missed.append(f"{what}: {seen}")
            print(f"   MISS {what}: {seen}", flush=True)


def linear11(word):
    mantissa, exponent = word & 0x7FF, word >> 11
    return (mantissa - 0x800 * (mantissa >> 10)) * 2.0 ** (exponent - 0x20 * (exponent >> 4))


def number(code, word):
    """What a word means; VOUT_MODE of the simulated PSU has the exponent -9."""
    return word / 512 if code == VOUT else linear11(word)


class Rig:
    def __init__(self, guest, adapter, judge):
        self.guest, self.adapter, self.judge = guest, adapter, judge
        _, text = guest.sh("ls /sys/class/i2c-adapter")
        self.bus = int(re.search(r"i2c-(\d+)", text).group(1))
        self.device = f"/dev/i2c-{self.bus}"

    def dpo(self, command, arguments="", address=FIRST):
        return self.guest.sh(f"dpo pmbus {command} --bus {self.device} --address {address:#x} {arguments}")

    def word(self, code, address=FIRST, pec=True):
        """A word by i2cget, `None` if it failed."""
        rc, text = self.guest.sh(f"i2cget -y {self.bus} {address:#x} {code:#x} {'wp' if pec else 'w'}")
        return int(text, 16) if rc == 0 else None

    def tools(self):
        """i2c-tools: the addresses, words with packet error codes of all PSUs, a write."""
        check = self.judge.check
        _, text = self.guest.sh(f"i2cdetect -y {self.bus}")
        rows = [line.split(":")[1].split() for line in text.splitlines() if re.match(r"[0-7]0:", line)]
        found = sorted(int(cell, 16) for row in rows for cell in row if re.fullmatch(r"[0-9a-f]{2}", cell))
        check("i2cdetect", found == list(range(FIRST, FIRST + PSUS)), found)
        for address in range(FIRST, FIRST + PSUS):
            # Looking for devices by reading without a command is a fault to them.
            rc, text = self.guest.sh(f"i2cset -y {self.bus} {address:#x} 3 cp")
            check(f"i2cset CLEAR_FAULTS {address:#x}", rc == 0, text)
            status = self.word(0x79, address)
            check(f"i2cget STATUS_WORD {address:#x}", status == 0, status)
        truth = self.adapter.numbers("truth")
        for code, name, key, _ in READINGS:
            word = self.word(code)
            value = None if word is None else number(code, word)
            # LINEAR11 keeps ten bits.
            check(f"i2cget {name}", value is not None and abs(value / truth[key] - 1) < 1e-3, f"{value}, {truth[key]}")
        rc, text = self.guest.sh(f"i2cset -y {self.bus} {FIRST:#x} {VOUT_COMMAND:#x} 0x6500 wp")
        held = self.word(VOUT_COMMAND)
        check("i2cset VOUT_COMMAND", rc == 0 and held == 0x6500, f"{text} {held}")
        self.guest.sh(f"i2cset -y {self.bus} {FIRST:#x} {VOUT_COMMAND:#x} 0x6600 wp")

    def suite(self):
        """The tests that run in memory too, over /dev/i2c-N."""
        _, text = self.guest.sh(f"DPO_PMBUS_BUS={self.device} pmbus-suite suite:: --test-threads=1 2>&1")
        result = re.search(r"test result: (\w+)\. (\d+) passed; (\d+) failed", text)
        passed = int(result.group(2)) if result else 0
        self.judge.check("suite over /dev/i2c", result and result.group(1) == "ok" and passed > 8, text[-3000:])
        return passed

    def binary(self):
        """Our binary: reads, refuses, writes, reads back, records."""
        check = self.judge.check
        rc, text = self.dpo("read", "read_vin vout_command mfr_id")
        check("dpo read", rc == 0 and text.split("\n") == ["READ_VIN 230 V", "VOUT_COMMAND 51 V", "MFR_ID DPO-SIM"], text)
        rc, text = self.dpo("write", "vout_command 50.5")
        check("dpo write without leave", rc == 2 and "--allow-writes" in text, text)
        leave = "--allow-writes --journal /tmp/journal"
        rc, text = self.dpo("write", f"{leave} vout_command 50.5")
        check("dpo write", rc == 0 and text == "VOUT_COMMAND 50.5 V", text)
        held = self.word(VOUT_COMMAND)
        check("the setpoint by i2cget", held == 0x6500, held)
        rc, text = self.dpo("write", f"{leave} vout_command 60")
        check("dpo write out of range", rc == 1 and "limits" in text, text)
        rc, text = self.dpo("write", f"{leave} operation 0")
        check("dpo write of a command that is not allowed", rc == 1 and "does not write operation" in text, text)
        rc, text = self.dpo("write", f"{leave} vout_command 51")
        check("dpo write back", rc == 0 and text == "VOUT_COMMAND 51 V", text)
        _, text = self.guest.sh("dpo journal export --file /tmp/journal")
        entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        kinds = [(entry["kind"], entry.get("end")) for entry in entries]
        check("the journal", kinds == [("intent", None), ("outcome", "confirmed")] * 2, text)
        rc, text = self.dpo("blackbox")
        parts = text.split()
        check("dpo blackbox", rc == 0 and [len(part) for part in parts] == [302, 302], text[:200])
        rc, text = self.dpo("read", "read_vin", address=0x70)
        check("dpo read where nobody is", rc == 1, text)

    def corrupted(self):
        """Answers with a flipped bit in their packet error code: the kernel and we must notice each."""
        before = self.adapter.numbers("counts")["corrupted"]
        self.adapter.ask(f"corrupt {CORRUPT}")
        caught = sum(self.word(READ_VIN) is None for _ in range(CORRUPT))
        after = self.adapter.numbers("counts")["corrupted"]
        self.judge.check("corrupted answers", after - before == CORRUPT, f"{after - before}")
        self.judge.check("corrupted answers caught by the kernel", caught == CORRUPT, f"{caught} of {CORRUPT}")
        # The first of three attempts goes wrong, then all of them.
        self.adapter.ask("corrupt 1")
        rc, text = self.dpo("read", "--pec always read_vin")
        self.judge.check("dpo reads again", rc == 0 and text == "READ_VIN 230 V", text)
        ours = 0
        for _ in range(CORRUPT):
            self.adapter.ask("corrupt 3")
            rc, text = self.dpo("read", "--pec always read_vin")
            ours += rc == 1 and "packet error code" in text
        self.judge.check("corrupted answers caught by dpo", ours == CORRUPT, f"{ours} of {CORRUPT}")
        self.judge.check("the line is good again", self.word(READ_VIN) is not None)
        return caught, ours

    def modbus(self, pdu, unit=7):
        """The answer of the gateway in the guest over Modbus TCP; each request on a connection of its own."""
        frame = struct.pack(">HHHB", 1, 0, len(pdu) + 1, unit) + pdu
        octal = "".join(f"\\{byte:03o}" for byte in frame)
        _, text = self.guest.sh(f"printf '{octal}' | nc -w 2 127.0.0.1 1502 2>/dev/null | od -An -v -tx1")
        return bytes.fromhex(text.replace("\n", ""))[7:]

    def redfish(self, path):
        header = "Authorization: Basic YWRtaW46cmlnLW9ubHk="
        _, text = self.guest.sh(f"wget -q -O - --header '{header}' http://127.0.0.1:8080{path}; echo")
        return json.loads(text) if text.startswith("{") else {}

    def serving(self):
        """`dpo serve` in the guest: reads the six supplies over /dev/i2c-N, and brings back a setpoint that it found."""
        check = self.judge.check
        config = SERVE.format(device=self.device, addresses=", ".join(str(FIRST + i) for i in range(PSUS)))
        lines = " ".join(f"'{line}'" for line in config.splitlines())
        self.guest.sh(f"ip link set lo up; printf '%s\\n' {lines} > /tmp/dpo.toml")
        self.guest.sh(f"i2cset -y {self.bus} {FIRST:#x} {VOUT_COMMAND:#x} {LEFT:#x} wp")
        self.guest.sh("DPO_ADMIN_PASSWORD=rig-only dpo serve --config /tmp/dpo.toml --redfish 127.0.0.1:8080 --insecure-http "
                      "--modbus 127.0.0.1:1502 > /tmp/serve.log 2>&1 &")
        present = struct.pack(">BHH", 3, PRESENT, 1)
        until = time.monotonic() + 120
        while (seen := self.modbus(present)) != bytes([3, 2, 0, PSUS]) and time.monotonic() < until:
            time.sleep(1)
        check("dpo serve finds the supplies", seen == bytes([3, 2, 0, PSUS]), f"{seen.hex()} {self.guest.sh('cat /tmp/serve.log')[1]}")
        truth = self.adapter.numbers("truth")
        metrics = "/redfish/v1/Chassis/PowerShelf/PowerSubsystem/PowerSupplies/PSU1/Metrics"
        volts = self.redfish(metrics).get("InputVoltage", {}).get("Reading")
        check("dpo serve shows the input voltage", volts is not None and abs(volts / truth["vin"] - 1) < 1e-3, volts)
        held = self.word(VOUT_COMMAND)
        check("nobody has touched the setpoint that was found", held == LEFT, held)
        # Whoever takes the lease takes over what was found; at its end it goes to the fail-safe value.
        lease = self.modbus(struct.pack(">BHHBHHH", 16, LEASE, 3, 6, 0, 77, 2))
        check("the lease", lease == struct.pack(">BHH", 16, LEASE, 3), lease.hex())
        until = time.monotonic() + 60
        while (held := self.word(VOUT_COMMAND)) != 0x6600 and time.monotonic() < until:
            time.sleep(1)
        check("brought back to 51 V at the end of the lease", held == 0x6600, held)
        self.guest.sh("kill %1 2>/dev/null; wait %1")
        _, text = self.guest.sh("dpo journal export --file /tmp/serve.redb")
        entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        writes = [(entry["kind"], entry.get("end")) for entry in entries if entry["kind"] in ("intent", "outcome")]
        check("its journal", writes == [("intent", None), ("outcome", "confirmed")], text[-2000:])
        return volts, held

    def attributes(self):
        """The attributes of hwmon's first device, by their labels."""
        _, text = self.guest.sh("grep . /sys/class/hwmon/hwmon0/*_label /sys/class/hwmon/hwmon0/*_input")
        lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        inputs = {path.removesuffix("_label"): label for path, label in lines.items() if path.endswith("_label")}
        return {label: int(lines[f"{path}_input"]) for path, label in inputs.items() if f"{path}_input" in lines}

    def hwmon(self):
        """The kernel's pmbus driver: its readings are those of the simulator, and a sag shows."""
        check = self.judge.check
        words = {code: self.word(code) for code, *_ in READINGS}
        rc, text = self.guest.sh("insmod /modules/pmbus_core.ko && insmod /modules/pmbus.ko")
        check("insmod pmbus", rc == 0, text)
        rc, text = self.guest.sh(f"echo pmbus {FIRST:#x} > /sys/bus/i2c/devices/{self.device[5:]}/new_device")
        check("new_device", rc == 0, text)
        seen, truth, equal = self.attributes(), self.adapter.numbers("truth"), 0
        for code, label, key, unit in READINGS:
            wanted = number(code, words[code]) * unit
            value = seen.get(label)
            exact = value is not None and abs(value - wanted) <= 1
            near = value is not None and abs(value / unit / truth[key] - 1) < 1e-3
            check(f"hwmon {label}", exact and near, f"{value}, wanted {wanted}, truth {truth[key]}")
            equal += exact and near
        rc, text = self.dpo("read", "read_vin")
        check("an address that a driver holds", rc == 1 and "kernel driver pmbus holds address 58h" in text, text)
        rc, text = self.dpo("read", "--share read_vin")
        check("the same by force", rc == 0 and text == "READ_VIN 230 V", text)
        rc, text = self.dpo("read", "read_vin", address=FIRST + 1)
        check("its neighbour", rc == 0 and text == "READ_VIN 230 V", text)
        self.adapter.ask("ac 115")
        self.adapter.ask("step 200")
        sag = self.attributes().get("vin")
        check("a sag in hwmon", sag == 115_000, sag)
        rc, text = self.dpo("status", "--share")
        check("a sag in dpo status", rc == 0 and "VIN_UV_FAULT" in text and "POWER_GOOD_N" in text, text)
        _, alarm = self.guest.sh("cat /sys/class/hwmon/hwmon0/in1_lcrit_alarm")
        check("the alarm of hwmon", alarm == "1", alarm)
        self.adapter.ask("ac 230")
        self.adapter.ask("step 20000")
        back = self.attributes().get("vin")
        check("AC is back in hwmon", back == 230_000, back)
        rc, text = self.guest.sh(f"echo {FIRST:#x} > /sys/bus/i2c/devices/{self.device[5:]}/delete_device")
        check("delete_device", rc == 0, text)
        rc, text = self.dpo("read", "read_vin")
        check("an address that the driver gave back", rc == 0, text)
        return equal, sag


def main():
    started = time.monotonic()
    version = build.install()
    build.WORK.mkdir(parents=True, exist_ok=True)
    archive = build.initramfs(version, {"dpo": build.dpo(), "pmbus-suite": build.suite()})
    kernel = build.kernel(version) / f"boot/vmlinuz-{version}"
    program, ready = build.backend(), time.monotonic()
    print(f"   built for Linux {version} in {ready - started:.0f} s", flush=True)
    judge = Judge()
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/i2c.sock"
        adapter = machine.Backend(program, socket)
        guest = None
        try:
            guest = machine.Guest(kernel, archive, socket, build.WORK / "console.log")
            rig = Rig(guest, adapter, judge)
            rig.tools()
            passed = rig.suite()
            rig.binary()
            volts, held = rig.serving()
            caught, ours = rig.corrupted()
            equal, sag = rig.hwmon()
            counts = adapter.numbers("counts")
        finally:
            if guest:
                guest.stop()
            adapter.stop()
    print(f"   {PSUS} PSUs found; {passed} tests over /dev/i2c; {equal} of {len(READINGS)} hwmon readings equal; "
          f"sag seen by hwmon: {sag} mV")
    print(f"   dpo serve in the guest: {PSUS} supplies, input {volts} V; setpoint {LEFT:#x} found, {held:#x} after the "
          "lease")
    print(f"   corrupted packet error codes caught: kernel {caught} of {CORRUPT}, dpo {ours} of {CORRUPT}")
    print(f"   {counts['transfers']:.0f} transfers; {time.monotonic() - ready:.0f} s in QEMU (software emulation)")
    print(f"   {judge.held} checks hold, {len(judge.missed)} missed")
    sys.exit(1 if judge.missed else 0)


if __name__ == "__main__":
    main()
