#!/usr/bin/env python3
"""300 bytes of noise, a truncated frame and a wrong CRC on each server of a running gateway leave it serving
the next request: Modbus TCP, the serial line, and Redfish."""

import os
import random
import socket
import struct
import time
import tty

from lib import Gateway, checks

READ = bytes([200, 3, 0, 88, 0, 1])  # AC voltage of PSU 1


def crc16(data: bytes) -> bytes:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)


def tcp_send(port: int, data: bytes) -> bytes:
    """What a connection of its own gets back for `data`, up to an end, a reset or 300 ms of silence."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.settimeout(0.3)
        try:
            connection.sendall(data)
            return connection.recv(300)
        except (TimeoutError, ConnectionError):
            return b""


def line_send(line: int, data: bytes, wait: float = 0.3) -> bytes:
    os.write(line, data)
    until, got = time.monotonic() + wait, b""
    while time.monotonic() < until:
        try:
            got += os.read(line, 300)
        except BlockingIOError:
            time.sleep(0.005)
        if len(got) >= 7 and got[:3] == bytes([200, 3, 2]):
            break
    return got


def main():
    noise = random.Random(374).randbytes(300)
    with checks("noise") as failures, Gateway() as gateway:
        mbap = struct.pack(">HHH", 1, 0, len(READ)) + READ
        held = socket.create_connection(("127.0.0.1", gateway.modbus_port), timeout=2)
        for name, bad in {"noise": noise, "truncated": mbap[:9], "length 0": mbap[:4] + b"\0\0" + READ,
                          "protocol 1": b"\0\1\0\1" + mbap[4:], "HTTP": b"GET / HTTP/1.1\r\n\r\n"}.items():
            answer = tcp_send(gateway.modbus_port, bad)
            if answer:
                failures.append(f"Modbus TCP answers {name}: {answer.hex()}")
            # A connection that was open all the time, and a new one.
            held.sendall(mbap)
            for good in (held.recv(300), tcp_send(gateway.modbus_port, mbap)):
                if good[7:9] != bytes([3, 2]):
                    failures.append(f"Modbus TCP after {name}: {good.hex()}")
        held.close()

        line = os.open(gateway.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(line)
        frame = READ + crc16(READ)
        bad_crc = READ + bytes(byte ^ 0xFF for byte in crc16(READ))
        for name, bad in {"noise": noise, "truncated": frame[:5], "wrong CRC": bad_crc}.items():
            answer = line_send(line, bad)
            if answer:
                failures.append(f"the line answers {name}: {answer.hex()}")
            good = line_send(line, frame, wait=2)
            if good[:3] != bytes([200, 3, 2]) or crc16(good[:5]) != good[5:7]:
                failures.append(f"the line after {name}: {good.hex()}")
        os.close(line)

        for name, bad in {"noise": noise, "a cut handshake": b"\x16\x03\x01\x02"}.items():
            tcp_send(gateway.redfish_port, bad)
            if gateway.get("/redfish/v1/Chassis/PowerShelf")["Id"] != "PowerShelf":
                failures.append(f"Redfish after {name}")
        print("  Modbus TCP, the serial line and Redfish each served the request after the bad bytes")


if __name__ == "__main__":
    main()
