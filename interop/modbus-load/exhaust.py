#!/usr/bin/env python3
"""What clients that misbehave cost each server of a running gateway: 1,000 connections to Modbus TCP and to Redfish that send
half a header and wait, that send requests and never read, that open and say nothing; and a serial line on which nobody reads
the answers. Meanwhile, and afterwards, another client must be served, and the resident memory must stay bounded.

    interop/modbus-load/exhaust.py

Prints the resident memory before, at the worst and afterwards.
"""

import contextlib
import os
import pathlib
import resource
import socket
import struct
import sys
import time
import tty

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from lib import Gateway, checks  # noqa: E402
from noise import crc16  # noqa: E402

CLIENTS = 1000
# A connection may cost its buffers and its task; 64 KiB for each is generous, and far from unbounded.
GROWTH_KIB = CLIENTS * 64
READ = struct.pack(">HHHBBHH", 1, 0, 6, 200, 3, 88, 1)
HELLO = b"\x16\x03\x01\x02"


def connect(port):
    client = socket.socket()
    client.settimeout(2)
    # Small windows: what the client does not read stays at the server.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    return client


def silent(port):
    return connect(port)


def half(data):
    def open_(port):
        client = connect(port)
        client.sendall(data)
        return client
    return open_


def deaf(port):
    """Asks until the server takes no more, and reads nothing."""
    client = connect(port)
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError, ConnectionError):
        for _ in range(400):
            client.send(READ * 50)
    return client


def served(gateway):
    """Whether another client is answered on each interface; a server that is full may refuse Modbus TCP."""
    answers = {"Redfish": True, "Modbus TCP": True}
    try:
        gateway.get("/redfish/v1/")
    except (SystemExit, OSError):
        answers["Redfish"] = False
    try:
        with socket.create_connection(("127.0.0.1", gateway.modbus_port), timeout=2) as client:
            client.sendall(READ)
            answers["Modbus TCP"] = client.recv(300)[7:9] == bytes([3, 2])
    except OSError:
        answers["Modbus TCP"] = False
    return answers


def flood(gateway, name, port, open_, spared, failures):
    """`spared` is the interface that the flood does not go to."""
    before, started, clients, refused = gateway.memory_kib("VmRSS"), time.monotonic(), [], 0
    for _ in range(CLIENTS):
        try:
            clients.append(open_(port))
        except OSError:
            refused += 1
    worst, during = 0, served(gateway)
    for _ in range(10):
        worst = max(worst, gateway.memory_kib("VmRSS"))
        time.sleep(0.1)
    for client in clients:
        client.close()
    # The next client is served as soon as the server has seen the ends.
    until = time.monotonic() + 10
    while not all((after := served(gateway)).values()) and time.monotonic() < until:
        time.sleep(0.1)
    end = gateway.memory_kib("VmRSS")
    print(f"  {name:<34} {before / 1024:>7.1f} {worst / 1024:>7.1f} {end / 1024:>7.1f} MiB  {refused:>4} refused, "
          f"meanwhile {'served' if during[spared] else 'NOT SERVED'} on {spared}, {time.monotonic() - started:.1f} s")
    if worst - before > GROWTH_KIB:
        failures.append(f"{name}: {worst - before} KiB more, {GROWTH_KIB} allowed")
    if not during[spared]:
        failures.append(f"{name}: meanwhile {spared} was not served")
    if not all(after.values()):
        failures.append(f"{name}: afterwards not served: {after}")


def deaf_line(gateway, failures):
    """Asks on the pseudo-terminal and reads no answer; the line holds about forty of them."""
    before = gateway.memory_kib("VmRSS")
    line = os.open(gateway.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(line)
    request = bytes([200, 3, 0, 0, 0, 50])
    request += crc16(request)
    sent = 0
    for _ in range(300):
        with contextlib.suppress(BlockingIOError):
            sent += os.write(line, request)
        # Silence, which ends a request.
        time.sleep(0.01)
    worst = gateway.memory_kib("VmRSS")
    os.close(line)
    print(f"  {'serial line, nobody reads':<34} {before / 1024:>7.1f} {worst / 1024:>7.1f} {'':>7} MiB  {sent // len(request)} requests")
    if worst - before > 8 * 1024:
        failures.append(f"serial line: {worst - before} KiB more")
    if not all(served(gateway).values()):
        failures.append("serial line: another client is not served")


def main():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096 if hard == resource.RLIM_INFINITY else min(4096, hard), hard))
    with checks("exhaust") as failures, Gateway() as gateway:
        print(f"  {CLIENTS} clients each                   before   worst   after")
        modbus, redfish = gateway.modbus_port, gateway.redfish_port
        for name, open_ in (("silent", silent), ("half a header", half(READ[:4])), ("never read", deaf)):
            flood(gateway, f"Modbus TCP, {name}", modbus, open_, "Redfish", failures)
        for name, open_ in (("silent", silent), ("half a TLS header", half(HELLO)), ("noise", half(os.urandom(300)))):
            flood(gateway, f"Redfish, {name}", redfish, open_, "Modbus TCP", failures)
        deaf_line(gateway, failures)


if __name__ == "__main__":
    main()
