#!/usr/bin/env python3
"""The firmware skeleton (`registers/examples/psu-firmware`) answers Modbus RTU frames: built for this
machine, over standard input and output, and built for a Cortex-M4 without an operating system, in QEMU.

    interop/firmware.py host [bare]

Frames and CRC are made here, bit by bit, not with our codec.
"""

import os
import select
import struct
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE = ROOT / "registers/examples/psu-firmware"
TARGET = ROOT / "target/psu-firmware"
BARE = "thumbv7em-none-eabihf"
UNIT = 200
# Longest time to an answer: QEMU on a busy machine.
PATIENCE_S = 5
# Where the machine holds QEMU up between two bytes of a request, the firmware sees a silence and two halves of
# a frame, which it must not answer. A client asks again then, and so does this one.
TRIES = 4


def crc(frame):
    value = 0xFFFF
    for byte in frame:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return frame + struct.pack("<H", value)


def read(address, count=1):
    return struct.pack(">BHH", 3, address, count)


def write(address, word):
    return struct.pack(">BHH", 6, address, word)


VOLT = 1024
# What is asked, and the answer without unit and CRC.
TALK = [
    ("output voltage: 51 V, the fail-safe setpoint", read(79), b"\3\2" + struct.pack(">H", 51 * VOLT)),
    ("output current 30 A", read(80), b"\3\2" + struct.pack(">H", 30 * 64)),
    ("inlet 27.5 degrees", read(69), b"\3\2" + struct.pack(">H", 55 * 64)),
    ("output power 1530 W", read(82), b"\3\2" + struct.pack(">H", 1530 * 8)),
    ("model", read(8, 8), b"\3\x10EXAMPLE" + bytes(9)),
    ("serial number", read(24, 16), b"\3\x20EXAMPLE-0001" + bytes(20)),
    ("firmware revision", read(48, 4), b"\3\x08" + b"0.1.0" + bytes(3)),
    ("fan speed, optional and absent: illegal address", read(67), b"\x83\2"),
    ("a span with an absent register: illegal address", read(80, 3), b"\x83\2"),
    ("input voltage, mandatory but not measured: failure", read(88), b"\x83\4"),
    ("LED, optional and absent: illegal address", write(97, 1), b"\x86\2"),
    ("the stage was off: summary of alarms", read(60), b"\3\2\0\2"),
    ("the stage was off: under-voltage", read(62), b"\3\2\0\1"),
    ("clear faults", write(94, 1 << 14), write(94, 1 << 14)),
    ("the command is done", read(94), b"\3\2\0\0"),
    ("no under-voltage", read(62), b"\3\2\0\0"),
    ("no alarm", read(60), b"\3\2\0\0"),
    ("power cycle, which is left out: illegal value", write(94, 1 << 15), b"\x86\3"),
    ("setpoint while locked: failure", write(103, 50 * VOLT), b"\x86\4"),
    ("Write_Enable", write(94, 1), write(94, 1)),
    ("setpoint 50 V", write(103, 50 * VOLT), write(103, 50 * VOLT)),
    ("output follows", read(79), b"\3\2" + struct.pack(">H", 50 * VOLT)),
    ("setpoint 60 V: illegal value", write(103, 60 * VOLT), b"\x86\3"),
    ("a reading is not written: illegal address", write(79, 0), b"\x86\2"),
    ("a hazard range: illegal address", write(0x300, 0), b"\x86\2"),
    ("function 8: illegal function", b"\x08\0\0\0\0", b"\x88\1"),
]
# A restart while the output is at 50 V: the setpoint stays, and the lock is closed again.
RESTARTED = [
    ("output still 50 V", read(79), b"\3\2" + struct.pack(">H", 50 * VOLT)),
    ("setpoint still 50 V", read(103), b"\3\2" + struct.pack(">H", 50 * VOLT)),
    ("nothing latched", read(62), b"\3\2\0\0"),
    ("locked: failure", write(103, 51 * VOLT), b"\x86\4"),
]
# An output that no client could have set is not kept.
ASTRAY = [("fail-safe setpoint", read(103), b"\3\2" + struct.pack(">H", 51 * VOLT))]
# Not to be answered: a wrong CRC, another unit, and what is too long although its first 256 bytes are a frame.
SILENCE = [
    crc(bytes([UNIT]) + read(79))[:-1] + b"\0",
    crc(bytes([UNIT - 1]) + read(79)),
    crc(bytes([UNIT, 8]) + bytes(252)) + bytes(44),
]


def answer(program, length):
    got, until = b"", time.monotonic() + PATIENCE_S
    while len(got) < length and (left := until - time.monotonic()) > 0:
        if select.select([program.stdout], [], [], left)[0]:
            more = os.read(program.stdout.fileno(), 512)
            if not more:
                break
            got += more
    return got


def talk(name, command, requests):
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    failures = 0
    try:
        for noise in SILENCE:
            # So the next answer is that to the next request.
            program.stdin.write(noise)
            time.sleep(0.3)
        for what, request, expected in requests:
            expected = crc(bytes([UNIT]) + expected)
            for attempt in range(TRIES):
                program.stdin.write(crc(bytes([UNIT]) + request))
                got = answer(program, len(expected))
                if got or program.poll() is not None:
                    break
                print(f"  {name}: {what}: no answer to try {attempt + 1}")
            if got != expected:
                failures += 1
                print(f"  {name}: {what}: {expected.hex()} expected, {got.hex()} came")
            # The line falls silent.
            time.sleep(0.05)
    finally:
        program.kill()
        program.wait()
    print(f"  {name}: {len(requests) - failures} of {len(requests)} requests answered as they should be")
    return failures


def build(*arguments):
    subprocess.run(["cargo", "build", "-q", "--locked", "--target-dir", TARGET, *arguments], cwd=FIRMWARE, check=True)


def main():
    failures = 0
    for where in sys.argv[1:]:
        if where == "host":
            build()
            program = TARGET / "debug/psu-firmware"
            failures += talk("this machine", [program], TALK)
            failures += talk("this machine, restarted", [program, str(50 * VOLT)], RESTARTED)
            failures += talk("this machine, restarted astray", [program, str(40 * VOLT)], ASTRAY)
        elif where == "bare":
            build("--release", "--target", BARE)
            program = TARGET / BARE / "release/psu-firmware"
            failures += talk("Cortex-M4 in QEMU", [
                "qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "stdio",
                "-kernel", program], TALK)
        else:
            sys.exit(__doc__)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
