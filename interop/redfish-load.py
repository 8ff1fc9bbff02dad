#!/usr/bin/env python3
"""The Redfish service at saturation, for as long as asked: `interop/redfish-load.py [--seconds 600]`, by hand.

A gateway knows a simulated shelf through the Modbus TCP port of another gateway, with a proxy in between that stalls for 14 s of
each 40. Over https, all at once: clients that read as fast as they are answered, clients that read 64 bytes a second,
uploads that are broken off, handshakes that are none, event streams, a writer who has the lease, and three who must not write.

Fails if the memory of the gateway has grown, a stream has missed an event, a read failed or waited for the bus, or somebody wrote
who may not. Memory is looked at twice with no client there: after a fifth of the time, and at the end.
"""

import argparse
import asyncio
import base64
import itertools
import json
import multiprocessing
import os
import pathlib
import re
import socket
import ssl
import struct
import threading
import time

from lib import PASSWORD, STEADY, Gateway, checks, free_port

SHELF = "/redfish/v1/Chassis/PowerShelf"
LIMIT = f"{SHELF}/Controls/ShelfPowerLimit"
PSU = f"{SHELF}/PowerSubsystem/PowerSupplies/PSU1"
READS = [PSU, PSU + "/Metrics", f"{SHELF}/Sensors/ShelfInputPower", f"{SHELF}/Sensors?$expand=.", "/redfish/v1/Managers/Gateway",
         "/metrics", f"{SHELF}/Sensors?$filter=ReadingType%20eq%20'Power'", LIMIT]
STREAM = "/redfish/v1/EventService/SSE"
FIRST = STEADY + '[pmi]\npass_through_writes = "allow_list"\n[[pmi.allow]]\nmap = "orv3-psu"\nregisters = ["vout_setpoint_h", "setting_register"]\n'
STALL_S, EVERY_S = 14, 40
READERS, CONNECTIONS, STREAMS, SLOW = 3, 16, 16, 8
# What a gateway may have grown by between the two looks: allocators keep pages, and the log of events fills.
GROWTH_KIB = 6 * 1024
# A read may wait for its turn on two busy processors, not for the bus: that stalls for 14 s.
LONGEST_READ_S = 4.0


def context():
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


async def request(reader, writer, method, uri, token, body=None):
    """One request on a connection that stays; status and body."""
    data = b"" if body is None else json.dumps(body).encode()
    writer.write(f"{method} {uri} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {token}\r\nContent-Length: {len(data)}\r\n"
                 "Content-Type: application/json\r\n\r\n".encode() + data)
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"^content-length: (\d+)", head, re.M | re.I)
    return int(head.split(" ", 2)[1]), await reader.readexactly(int(length.group(1)) if length else 0)


def reader_process(port, token, end, results):
    """Reads as fast as it is answered. By second: requests, the longest; and what was not 200."""
    async def one(seconds, wrong, tls):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
        for uri in itertools.cycle(READS):
            if end.is_set():
                break
            asked = time.monotonic()
            status, body = await request(reader, writer, "GET", uri, token)
            took = time.monotonic() - asked
            if status != 200 or not body:
                wrong.append(f"GET {uri}: {status}")
            count, longest = seconds.get(int(asked), (0, 0.0))
            seconds[int(asked)] = (count + 1, max(longest, took))
        writer.close()

    async def all_of_them():
        seconds, wrong = {}, []
        done = await asyncio.gather(*(one(seconds, wrong, context()) for _ in range(CONNECTIONS)), return_exceptions=True)
        wrong.extend(f"a reader ended: {error!r}" for error in done if error is not None)
        results.put(("reads", seconds, wrong[:10]))

    asyncio.run(all_of_them())


def stream_process(port, token, end, results):
    """Event streams: each number once and in order, from the first that came on; one that reads slowly, too."""
    async def one(slow):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context(), limit=1 << 16)
        writer.write(f"GET {STREAM} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {token}\r\n\r\n".encode())
        numbers, lost, quiet = [], 0, 0
        while quiet < 3:
            try:
                line = await asyncio.wait_for(reader.readline(), 2)
            except asyncio.TimeoutError:
                # What came before the end is still on its way.
                quiet += end.is_set()
                continue
            if not line:
                return "the stream ended"
            found = re.match(rb"id: ?\d+-(\d+)", line)
            if found:
                numbers.append(int(found.group(1)))
                if slow:
                    await asyncio.sleep(0.25)
            lost += b"EventsLost" in line
        writer.close()
        return numbers, lost

    async def all_of_them():
        done = await asyncio.gather(*(one(n == 0) for n in range(STREAMS)), return_exceptions=True)
        results.put(("streams", done, None))

    asyncio.run(all_of_them())


def nuisance_process(port, token, end, results):
    """Slow readers, uploads that are broken off, handshakes that are none."""
    async def slow():
        while not end.is_set():
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context(), limit=256)
            writer.write(f"GET {SHELF}/Sensors?$expand=. HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {token}\r\n\r\n".encode() * 20)
            for _ in range(20):
                await reader.read(64)
                await asyncio.sleep(1)
                if end.is_set():
                    break
            writer.transport.abort()

    async def broken():
        count = 0
        while not end.is_set():
            count += 1
            try:
                if count % 3 == 0:
                    raw = socket.create_connection(("127.0.0.1", port))
                    # Gone without a word.
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    raw.sendall([b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00\x01", os.urandom(300)][count // 3 % 3])
                    raw.close()
                else:
                    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context())
                    writer.write(f"{['PATCH', 'POST'][count % 2]} {LIMIT} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {token}\r\n"
                                 "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n".encode() + b'{"SetPoint": 5000, "x": "' * 1000)
                    await writer.drain()
                    writer.transport.abort()
            except OSError:
                pass
            await asyncio.sleep(0.05)
        return count

    async def all_of_them():
        done = await asyncio.gather(*(slow() for _ in range(SLOW)), broken(), return_exceptions=True)
        results.put(("nuisance", [repr(error) for error in done if isinstance(error, BaseException)], done[-1]))

    asyncio.run(all_of_them())


def proxy_process(listen, target, stalled):
    """Hands bytes on between two ports, unless it stalls."""
    def hand_on(source, sink):
        try:
            while data := source.recv(4096):
                while stalled.is_set():
                    time.sleep(0.02)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", listen)) as server:
        while True:
            client, _ = server.accept()
            upstream = socket.create_connection(("127.0.0.1", target))
            for pair in ((client, upstream), (upstream, client)):
                threading.Thread(target=hand_on, args=pair, daemon=True).start()


class Intruders:
    """Those who must not write: an operator, another administrator while the lease is held, and a Modbus client."""

    def __init__(self, gateway):
        self.gateway, self.tries = gateway, {"operator": 0, "other administrator": 0, "modbus": 0}
        for name, role in (("op", "Operator"), ("other", "Administrator")):
            status, _, body = gateway.request("POST", "/redfish/v1/AccountService/Accounts", {"UserName": name, "Password": PASSWORD, "RoleId": role})
            assert status == 201, body

    def patch(self, user):
        token = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        return self.gateway.request("PATCH", LIMIT, {"SetPoint": 4000}, login=False, headers={"Authorization": f"Basic {token}"})[0]

    def modbus(self):
        """Function 16 to the limit of the DPO block (unit 7, 16464) without a lease; the exception code, 0 if it was taken."""
        with socket.create_connection(("127.0.0.1", self.gateway.modbus_port), timeout=10) as line:
            line.sendall(struct.pack(">HHHBBHHBi", 1, 0, 11, 7, 16, 16464, 2, 4, 4000))
            answer = line.recv(260)
        return answer[8] if len(answer) > 8 and answer[7] & 0x80 else 0

    def look(self, held, failures):
        found = {"operator": self.patch("op"), "modbus": self.modbus()}
        if held:
            found["other administrator"] = self.patch("other")
        for who, answer in found.items():
            self.tries[who] += 1
            if answer in (0, 200, 201, 202, 204):
                failures.append(f"{who} wrote: {answer}")


def login(gateway):
    status, headers, body = gateway.request("POST", "/redfish/v1/SessionService/Sessions", {"UserName": "admin", "Password": PASSWORD}, login=False)
    assert status == 201, body
    return headers["X-Auth-Token"]


def memory(gateway):
    return gateway.memory_kib("VmRSS"), gateway.memory_kib("RssAnon")


def present(gateway):
    members = [member for kind in ("PowerSupplies", "Batteries") for member in gateway.get(f"{SHELF}/PowerSubsystem/{kind}?$expand=.")["Members"]]
    return [member["Status"]["State"] for member in members].count("Enabled")


def wait(seconds, ready):
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def load(gateway, token, seconds, stalled, failures, intruders):
    """Everything at once for some seconds; what the processes say, the stalls, the answers to the writer."""
    end, results = multiprocessing.Event(), multiprocessing.Queue()
    made = [multiprocessing.Process(target=reader_process, args=(gateway.redfish_port, token, end, results)) for _ in range(READERS)]
    made += [multiprocessing.Process(target=kind, args=(gateway.redfish_port, token, end, results)) for kind in (stream_process, nuisance_process)]
    for process in made:
        process.start()
    begin, stalls, answers = time.monotonic(), [], {}
    wanted = itertools.cycle([11_000, 10_000])
    while time.monotonic() - begin < seconds:
        at = (time.monotonic() - begin) % EVERY_S
        if at >= EVERY_S - STALL_S and not stalled.is_set():
            stalled.set()
            stalls.append([time.monotonic(), None])
        elif at < EVERY_S - STALL_S and stalled.is_set():
            stalled.clear()
            stalls[-1][1] = time.monotonic()
        asked = {"SetPoint": next(wanted), "Oem": {"DPOGateway": {"LeaseSeconds": 60}}}
        try:
            status, _, body = gateway.request("PATCH", LIMIT, asked)
        except OSError as error:
            # urllib gives up after 10 s, as the gateway becomes patient; the write goes on.
            status, body = type(error).__name__, None
        answers[status] = answers.get(status, 0) + 1
        if status == 200 and body["SetPoint"] != asked["SetPoint"]:
            failures.append(f"PATCH of {asked['SetPoint']} answered {body['SetPoint']}")
        held = gateway.get("/redfish/v1/Managers/Gateway")["Oem"]["DPOGateway"]["Lease"]["UserName"] == "admin"
        intruders.look(held, failures)
        time.sleep(1)
    if stalled.is_set():
        stalled.clear()
        stalls[-1][1] = time.monotonic()
    # Devices come back before the streams are looked at: their events count, too.
    if not wait(60, lambda: present(gateway) == 12):
        failures.append(f"{present(gateway)} of 12 devices are back")
    newest = int(gateway.get("/redfish/v1/Managers/Gateway/LogServices/Events/Entries")["Members"][-1]["Id"])
    end.set()
    told = [results.get(timeout=60) for _ in made]
    for process in made:
        process.join(timeout=30)
    return told, stalls, answers, newest, begin


def judge(told, stalls, newest, failures):
    """Checks what the processes say; a line about it."""
    by_second, events, nuisances = {}, [], 0
    for kind, first, second in told:
        if kind == "reads":
            failures.extend(second)
            for at, (count, longest) in first.items():
                counted, most = by_second.get(at, (0, 0.0))
                by_second[at] = (counted + count, max(most, longest))
        elif kind == "nuisance":
            failures.extend(first)
            nuisances = second
        else:
            for n, stream in enumerate(first):
                if not isinstance(stream, tuple):
                    failures.append(f"stream {n}: {stream!r}")
                    continue
                numbers, lost = stream
                events.append(len(numbers))
                whole = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
                if not whole or lost or numbers[-1] < newest:
                    failures.append(f"stream {n}: {len(numbers)} events to {numbers[-1:]} of {newest}, in order: {whole}, told of {lost} gaps")
    in_stall = lambda at: any(start + 1 <= at and at + 1 <= (stop or at + 1) for start, stop in stalls)
    parts = {}
    for name, wanted in (("bus runs", False), ("bus stalls", True)):
        found = [by_second[at] for at in by_second if in_stall(at) == wanted]
        parts[name] = (sum(c for c, _ in found) / max(len(found), 1), max((m for _, m in found), default=0.0))
        if parts[name][1] > LONGEST_READ_S:
            failures.append(f"a read took {parts[name][1]:.1f} s while the {name}")
    total = sum(count for count, _ in by_second.values())
    text = ", ".join(f"{rate:.0f} a second and {longest * 1000:.0f} ms at most while the {name}" for name, (rate, longest) in parts.items())
    return total, f"{total} reads, {text}; {len(events)} streams of {min(events, default=0)} to {max(events, default=0)} events; {nuisances} uploads and handshakes broken off"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=600)
    seconds = arguments.parse_args().seconds
    multiprocessing.set_start_method("fork")
    with checks("redfish-load") as failures, Gateway(FIRST) as shelf:
        line, stalled = free_port(), multiprocessing.Event()
        proxy = multiprocessing.Process(target=proxy_process, args=(line, shelf.modbus_port, stalled), daemon=True)
        proxy.start()
        config = ('[gateway]\npoll_ms = 500\n[redfish]\nstate = "{folder}/state.json"\n[shelf]\nkind = "buses"\n'
                  f'[[shelf.bus]]\ntype = "tcp"\naddress = "127.0.0.1:{line}"\n')
        with Gateway(config) as gateway:
            if not wait(60, lambda: present(gateway) == 12):
                raise SystemExit(f"{present(gateway)} of 12 devices found\n{gateway.errors()}")
            token, intruders, looks, reads = login(gateway), Intruders(gateway), [], 0
            for share in (0.2, 0.8):
                told, stalls, answers, newest, begin = load(gateway, token, seconds * share, stalled, failures, intruders)
                total, text = judge(told, stalls, newest, failures)
                reads += total
                print(f"  {time.monotonic() - begin:.0f} s: {text}; {len(stalls)} stalls; answers to the writer {answers}")
                time.sleep(5)
                looks.append(memory(gateway))
                print(f"    memory with no client: {looks[-1][0]} KiB resident, {looks[-1][1]} KiB of it anonymous; "
                      f"most so far {gateway.memory_kib('VmHWM')} KiB; processor {gateway.cpu_seconds():.0f} s")
            grown = looks[1][1] - looks[0][1]
            print(f"  grown by {grown} KiB between the looks; refused, as they must be: {intruders.tries}")
            if grown > GROWTH_KIB:
                failures.append(f"grown by {grown} KiB, more than {GROWTH_KIB}")
            status, _, body = gateway.request("PATCH", LIMIT, {"ControlMode": "Disabled"})
            if status != 200 or body["SetPoint"] is not None:
                failures.append(f"the limit was not given back: {status} {body}")
            failures.extend(line for line in gateway.errors().splitlines() if "panicked" in line)
        proxy.terminate()


if __name__ == "__main__":
    main()
