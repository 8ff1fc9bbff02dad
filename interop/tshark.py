#!/usr/bin/env python3
"""What mbpoll, pymodbus and libmodbus say to the gateway and what it answers, through Wireshark's Modbus dissector: no
malformed packet, an answer to each request, and no word of the dissector but on exceptions. Modbus TCP is captured on the
loopback; for RTU a client speaks on the pseudo-terminal and its frames are written as packets of mbrtu over UDP.

Two damaged packets of each kind go through the same checks, which must find them.
"""

import collections
import os
import pathlib
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
import tty

from pymodbus.client import ModbusTcpClient
from pymodbus.pdu.file_message import FileRecord

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "libmodbus"))

import client as libmodbus  # noqa: E402
from lib import Gateway, checks  # noqa: E402

RTU_PORT = 7001
CLIENT_PORT = 40_000
FIELDS = ["frame.number", "tcp.srcport", "udp.srcport", "modbus.func_code", "modbus.exception_code", "modbus.request_frame",
          "tcp.stream", "mbtcp.trans_id", "_ws.malformed", "_ws.expert.message", "mbrtu.crc16.status"]


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)


def dissect(capture, port, options):
    """The Modbus packets: each frame's fields as lists, since a segment may hold several PDUs."""
    command = ["tshark", "-n", "-r", str(capture), *options, "-Y", "modbus || mbtcp || mbrtu || _ws.malformed", "-T", "fields",
               "-E", "separator=|", "-E", "aggregator=;", *(x for field in FIELDS for x in ("-e", field))]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        row = dict(zip(FIELDS, line.split("|")))
        row["answer"] = str(port) in (row["tcp.srcport"], row["udp.srcport"])
        yield row


def judge(name, rows, kind, failures):
    """Counts, and what is wrong."""
    wrong, functions, refused, requests, answers, matched = [], collections.Counter(), collections.Counter(), 0, 0, 0
    asked = collections.Counter()
    for row in rows:
        place = f"{name}: frame {row['frame.number']}"
        codes = [code for code in row["modbus.func_code"].split(";") if code]
        exceptions = [code for code in row["modbus.exception_code"].split(";") if code]
        if row["_ws.malformed"]:
            wrong.append(f"{place}: malformed")
        if not codes:
            wrong.append(f"{place}: no Modbus in it")
        if kind == "mbrtu" and row["mbrtu.crc16.status"] not in ("1", "Good"):
            wrong.append(f"{place}: CRC {row['mbrtu.crc16.status']}")
        words = [word for word in row["_ws.expert.message"].split(";") if word and "Exception returned" not in word]
        if words:
            wrong.append(f"{place}: {words}")
        # Of RTU each answer is that to the packet before it.
        keys = [(row["tcp.stream"], transaction) for transaction in row["mbtcp.trans_id"].split(";")]
        if row["answer"]:
            answers += len(codes)
            asked.subtract(keys)
            # The dissector itself finds the request of each answer that is no exception.
            matched += len(exceptions) + len([frame for frame in row["modbus.request_frame"].split(";") if frame])
            refused.update(exceptions)
        else:
            requests += len(codes)
            asked.update(keys)
            functions.update(codes)
    if requests != answers or any(asked.values()):
        wrong.append(f"{name}: {requests} requests, {answers} answers, without their other half: {+asked} {-asked}")
    if matched != answers:
        wrong.append(f"{name}: {answers - matched} answers whose request the dissector does not find")
    print(f"  {name}: {requests} requests, {answers} answers, {matched} matched, {len(wrong)} malformed or remarked upon; "
          f"functions {dict(sorted(functions.items(), key=lambda f: int(f[0])))}, exceptions {dict(sorted(refused.items()))}")
    failures.extend(wrong)
    return requests, set(functions), set(refused)


def packets(path, frames):
    """Writes payloads as UDP over IPv4 without link layer: (of the server?, bytes)."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number, (answer, payload) in enumerate(frames):
            ports = (RTU_PORT, CLIENT_PORT) if answer else (CLIENT_PORT, RTU_PORT)
            udp = struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload
            address = bytes([127, 0, 0, 1])
            ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), number & 0xFFFF, 0, 64, 17, 0) + address + address
            file.write(struct.pack("<IIII", number // 1000, number % 1000 * 1000, 28 + len(payload), 28 + len(payload)))
            file.write(ip + udp)


def speak_tcp(gateway):
    """Reads, writes with and without the lease, device identification, each exception; by three clients."""
    line = ["mbpoll", "-m", "tcp", "-p", str(gateway.modbus_port), "-0", "-1", "-a", "200"]
    for arguments in (["-r", "88", "-c", "3"], ["-r", "88", "-t", "3", "-c", "2"], ["-r", "9000", "-c", "1"]):
        subprocess.run([*line, *arguments, "127.0.0.1"], capture_output=True, text=True, timeout=20)
    peer = ModbusTcpClient("127.0.0.1", port=gateway.modbus_port, timeout=3)
    assert peer.connect()
    for first in range(0, 110, 10):
        peer.read_holding_registers(first, count=10, device_id=200)
    peer.read_holding_registers(0, count=125, device_id=200)
    peer.read_device_information(device_id=libmodbus.BLOCK)
    peer.read_file_record([FileRecord(file_number=1, record_number=0, record_length=2)], device_id=200)
    peer.read_coils(0, count=1, device_id=200)
    peer.mask_write_register(address=1, device_id=libmodbus.BLOCK)
    peer.read_holding_registers(0, count=1, device_id=libmodbus.NOBODY)
    peer.close()
    with libmodbus.Client("tcp", gateway.modbus_port) as client:
        wrong = []
        for unit, command, _ in libmodbus.exceptions(client, True):
            if command != libmodbus.MALFORMED:
                client.do("unit", unit)
                client.do(command)
        libmodbus.steer(client, "libmodbus under the dissector", wrong)
        # Function 06, refused and taken: the number of a commit, which takes a lease.
        client.do("write", 16816, 1)
        client.do("writes", libmodbus.LEASE, 0, 77, 30)
        client.do("write", 16816, 1)
        client.do("writes", libmodbus.LEASE, 0, 77, 0)
    return wrong


def speak_rtu(gateway):
    """Requests on the pseudo-terminal with what comes back; frames end when the line falls silent."""
    line = os.open(gateway.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(line)
    block = libmodbus.BLOCK
    pdus = [(200, bytes([3, 0, first, 0, 10])) for first in range(0, 110, 10)]
    pdus += [(200, bytes([3, 0x23, 0x28, 0, 1])), (200, bytes([3, 0, 0, 0, 126])), (200, bytes([1, 0, 0, 0, 1])),
             (200, bytes([0x14, 7, 6, 0, 1, 0, 0, 0, 2])),
             (block, bytes([0x2B, 0x0E, 1, 0])), (block, bytes([4, 0x40, 0x40, 0, 2])),
             (block, bytes([16, 0x40, 0x50, 0, 2, 4, 0, 0, 0x27, 0x10])),
             (block, bytes([16, 0x40, 0x40, 0, 3, 6, 0, 0, 0, 77, 0, 30])),
             (block, bytes([16, 0x40, 0x50, 0, 2, 4, 0, 0, 0x27, 0x10])),
             (block, bytes([6, 0x41, 0xB0, 0, 1])), (block, bytes([6, 0x40, 0x50, 0, 1])),
             (block, bytes([16, 0x40, 0x40, 0, 3, 6, 0, 0, 0, 77, 0, 0]))]
    frames = []
    for unit, pdu in pdus:
        request = bytes([unit]) + pdu
        request += crc16(request)
        os.write(line, request)
        answer = b""
        while select.select([line], [], [], 0.1 if answer else 2.0)[0]:
            answer += os.read(line, 300)
        frames += [(False, request), (True, answer)]
    os.close(line)
    return frames


def main():
    with checks("tshark") as failures, tempfile.TemporaryDirectory() as folder, Gateway() as gateway:
        libmodbus.build()
        capture, port = pathlib.Path(folder) / "tcp.pcapng", gateway.modbus_port
        dump = subprocess.Popen(["tshark", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", str(capture)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while "Capturing on" not in dump.stderr.readline():
            assert dump.poll() is None, "tshark did not start"
        # The line above comes before the socket is open.
        while not (capture.exists() and capture.stat().st_size > 0):
            time.sleep(0.05)
        time.sleep(0.5)
        failures += speak_tcp(gateway)
        # What was captured is written in lumps.
        time.sleep(1.5)
        dump.send_signal(signal.SIGINT)
        dump.wait(timeout=20)
        options = ["-o", f"mbtcp.tcp.port:{port}", "-d", f"tcp.port=={port},mbtcp"]
        requests, functions, refused = judge("Modbus TCP", dissect(capture, port, options), "mbtcp", failures)
        if requests < 40 or not {"3", "4", "6", "16", "20", "43"} <= functions or not {"1", "2", "3", "4", "10"} <= refused:
            failures.append(f"Modbus TCP: not all was said: {requests} requests, {functions}, {refused}")

        rtu = pathlib.Path(folder) / "rtu.pcap"
        frames = speak_rtu(gateway)
        options = ["-o", f"mbrtu.udp.port:{RTU_PORT}", "-d", f"udp.port=={RTU_PORT},mbrtu", "-o", "mbrtu.crc_verification:TRUE"]
        packets(rtu, frames)
        requests, functions, refused = judge("Modbus RTU", dissect(rtu, RTU_PORT, options), "mbrtu", failures)
        if requests != len(frames) // 2 or not {"3", "6", "16", "43"} <= functions or not {"1", "2", "3", "4"} <= refused:
            failures.append(f"Modbus RTU: not all was said: {requests} requests, {functions}, {refused}")

        # A read answer that ends before its byte count, and one whose CRC is wrong.
        request, answer = frames[0][1], frames[1][1]
        short = answer[:7] + crc16(answer[:7])
        damaged = answer[:-1] + bytes([answer[-1] ^ 1])
        packets(rtu, [(False, request), (True, short), (False, request), (True, damaged)])
        found = []
        judge("damaged on purpose", dissect(rtu, RTU_PORT, options), "mbrtu", found)
        if len(found) < 2:
            failures.append(f"the checks do not see damage: {found}")


if __name__ == "__main__":
    main()
