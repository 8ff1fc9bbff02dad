#!/usr/bin/env python3
"""Makes the seeds and dictionaries of the fuzz targets under the folder given: seeds/TARGET/*, dictionaries/TARGET.dict."""

import json
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)


# The examples of the application protocol, one for each function that is answered or refused.
PDUS = [bytes.fromhex(text) for text in (
    "03006b0003", "0400080001", "0600010003", "10000100020400 0a0102", "2b0e0100", "2b0e0401", "010013 0013", "0500acff00",
    "0f0013000a02cd01", "16000400f20025", "1700030006000e000306 00ff00ff00ff", "140e0600040001000206000300090002", "07",
    "0306022b00000064", "8302", "830b", "ab01", "2b0e01010000030000", "2b640000", "1040400003060000004d001e",
    "104050000204 00002710", "0302ffff")]


def pdu():
    yield from PDUS
    # With the count that an answer is compared with in front.
    yield from (bytes([n]) + answer for n, answer in ((3, PDUS[13]), (1, PDUS[21]), (1, PDUS[14])))


def mbap_stream():
    frames = [struct.pack(">HHHB", i, 0, len(p) + 1, 200) + p for i, p in enumerate(PDUS)]
    yield b"\x05" + b"".join(frames)
    yield b"\x01" + b"".join(frames[:3]) + frames[3][:9]
    yield b"\xff" + frames[0] + b"GET / HTTP/1.1\r\n\r\n"
    yield b"\x40" + struct.pack(">HHHB", 1, 0, 255, 1) + bytes(254)
    yield b"\x40" + struct.pack(">HHHB", 1, 0, 254, 1) + bytes(253)


def tcp_server():
    # Units 200 to 203: the service answers, or has no path, or no answer.
    for first in (1, 7, 255):
        yield bytes([first]) + b"".join(struct.pack(">HHHB", i, 0, len(p) + 1, 200 + i % 4) + p for i, p in enumerate(PDUS))
    yield from mbap_stream()


def say(kind, payload):
    """An event of fuzz/src/lib.rs that carries bytes."""
    return bytes([kind, len(payload)]) + payload


def rtu_server():
    requests = [bytes([17]) + p for p in PDUS[:12]]
    for first in range(3):
        yield bytes([first]) + b"".join(say(6, r) + b"\x00\x14" for r in requests)
    # Requests on each other's heels, a slow one overtaken, noise, a cut frame, a flipped bit, broadcast.
    yield b"\x00" + b"".join(say(6, r) for r in requests[:4])
    yield b"\x01" + say(6, b"\x11\x03\xff\x00\x00\x01") + b"\x00\x02" + say(6, requests[1]) + b"\x01\x40"
    yield b"\x02" + say(2, b"\xff" * 250) + b"\x00\x14" + say(6, requests[0]) + say(5, requests[3]) + b"\x05" + b"\x00\x06"
    yield b"\x00" + say(4, requests[0]) + b"\x00\x09\x01\x06" + say(6, b"\x00" + PDUS[2]) + b"\x01\x14"
    whole = requests[0] + crc16(requests[0])
    yield b"\x00" + say(2, whole[:3]) + say(2, whole[3:]) + b"\x00\x14" + say(2, whole * 3)


def rtu_client():
    answer = b"\x11\x03\x08" + bytes(range(8))
    for first in (0, 1, 6):
        yield bytes([first, 0]) + say(6, answer) + b"\x00" + say(6, b"\x12" + answer[1:]) + b"\x00" + say(4, answer) + b"\0\0"
    # Late, twice, cut, an exception, noise that does not end.
    yield b"\x02\x01\x01\x10" + say(6, answer) + b"\x03" + say(6, answer) + say(6, answer) + b"\x00\x05" + say(5, answer)
    yield b"\x00\x00" + say(6, b"\x11\x83\x02") + b"\x01" + b"".join(say(2, b"\x55" * 200) + b"\x00\x03" for _ in range(4))


def pmbus_frame():
    yield bytes.fromhex("588800009 8f3".replace(" ", ""))
    yield bytes.fromhex("58 9a 0000 06 4d4f44454c31 aa".replace(" ", ""))
    yield bytes.fromhex("58210002006600")
    yield bytes([0x58, 0xD5, 0, 2, 1, 0xFF]) + bytes([255]) + bytes(255)


def pmbus_target():
    # Writes with a good code (kind 4 at address 58h), damaged ones, reads, time, bare conditions in any order.
    writes = ("03", "0000", "1000", "10c0", "2100 66", "210060", "01 80", "0180", "d503", "0506209a000001", "9a05", "79ffff", "1bff7a")
    yield b"".join(bytes([0x14, len(bytes.fromhex(w))]) + bytes.fromhex(w) for w in writes)
    yield bytes([0x15, 0x00, 0x66, 0x01, 0x17, 200, 0x15, 0xFF, 0xFF, 0x80])
    yield b"".join(bytes([0x16, code, 40]) + b"\x17\x05" for code in (0x79, 0x7A, 0x88, 0x8B, 0x8D, 0x98, 0x99, 0x9A, 0xD5, 0xFE))
    yield bytes([0x00, 0xB0, 0x11, 0x88, 0x00, 0xB1, 0x02, 5, 0x02, 200, 0x00, 0x19, 0x02, 3, 0x00, 0x00, 0x03, 0x17, 255])
    yield bytes([0x04, 0x37, 3, 0x21, 0, 0x66, 0x04, 0x00, 1, 0x03, 0x02, 255, 0x01, 0x00, 0x03])


def cut(text, kinds=("registers", "commands"), keep=3):
    """A map with its first registers only."""
    document = json.loads(text)
    for kind in kinds:
        if isinstance(document.get(kind), list):
            document[kind] = document[kind][:keep]
    return json.dumps(document).encode()


def map_json():
    yield (ROOT / "src/maps/lint/rules/base.json").read_bytes()
    for path in sorted((ROOT / "registers/maps").glob("*.json")):
        yield cut(path.read_text())
    yield from (b"{}", b"[]", b'{"kind":"pmbus"}', b"[" * 127, b'{"id":"a","id":"b"}')


def map_edits():
    for original in range(3):
        yield from (bytes([original, form]) for form in range(8))
        for kind in range(4):
            for value in range(8):
                yield bytes([original, kind + value, kind, 0, 40 + 7 * value, value, value, 1, 2, kind, 1, 3, value, 2, 3])


def map_import():
    yield json.dumps({"name": "SHELF", "address_range": [[16, 47]], "probe_register": 104, "baudrate": 19200, "registers": [
        {"begin": 0, "length": 8, "name": "MFR", "format": "STRING", "keep": 1},
        {"begin": 104, "length": 1, "name": "STATUS", "format": "FLAGS", "flags": [[0, "Fault"], [1, "Warning"]]},
        {"begin": 128, "length": 1, "name": "Voltage", "format": "FLOAT", "precision": 6, "scale": 2.0, "shift": 1.0},
        {"begin": 130, "length": 2, "name": "Total", "format": "INTEGER", "endian": "L", "sign": True}]}).encode()
    yield json.dumps({"BaudRate": 19200, "Parity": "Even", "SensorRegisters": [
        {"Name": "Power", "Offset": 6, "Size": 1, "Format": "Float", "Precision": 3, "Type": "power", "Scale": 0.25}],
        "InventoryRegisters": [{"Name": "Part", "Offset": 8, "Size": 8, "Format": "String"}],
        "StatusRegisters": {"Group": {"Offset": 4, "Bits": [{"Position": 0, "Value": True, "Name": "Fault"}]}}}).encode()
    yield b"{}"


def grid_code():
    for path in sorted((ROOT / "spec/grid-codes").glob("*.json")):
        if not path.name.endswith(".schema.json"):
            document = json.loads(path.read_text())
            yield json.dumps(document).encode()
            # One clause at a time is what a mutation gets further with.
            for clause in document.get("clauses", [])[:6]:
                yield json.dumps({**document, "clauses": [clause]}).encode()


def comtrade(form, stamps=False):
    """A configuration of two analog channels and one status channel, and four samples."""
    config = ["own,made,1999", "3,2A,1D", "1,VA,A,,V,0.01,0,0,-32767,32767,1,1,P", "2,VB,B,,V,0.01,0,0,-32767,32767,1,1,P",
              "1,TRIP,,,0", "60", "0" if stamps else "1", "0,4" if stamps else "960,4", "29/11/2026,10:00:00.000000",
              "29/11/2026,10:00:00.001000", form, "1"]
    rows = [(n, 1042 * (n - 1), 100 * n, -100 * n, n & 1) for n in range(1, 5)]
    if form == "ASCII":
        data = "".join(",".join(map(str, row)) + "\r\n" for row in rows).encode()
    else:
        kind = {"BINARY": "h", "BINARY32": "i", "FLOAT32": "f"}[form]
        data = b"".join(struct.pack(f"<II{kind}{kind}H", *row) for row in rows)
    return "\r\n".join(config).encode() + b"\r\n", data


def record():
    yield b"\x00time_s,va_v,vb_v,p_w\n" + b"".join(b"%.3f,%d,%d,3000\n" % (n / 1000, 300 - n, n) for n in range(40))
    yield b"\x00t;v_rms_a;f_hz\n0;1,0;60\n0,1;0,2;59,5\n0,2;;60\n#x\n1;nan;60\n"
    yield b"\x00time\tva_pu\n0\t1\n1\t0.5\n2\t1\n"
    for form in ("ASCII", "BINARY", "BINARY32", "FLOAT32"):
        for stamps in (False, True):
            config, data = comtrade(form, stamps)
            yield b"\x01" + config + b"\xff" + data
            head = f"--- file type: DAT {form}{'' if form == 'ASCII' else f': {len(data)}'} ---\r\n".encode()
            yield b"\x02--- file type: CFG ---\r\n" + config + head + data


def journal():
    # A real journal with edits: none, a bit, bytes of the head, a cut, a page, a page from elsewhere.
    yield b"\x01"
    for kind in range(6):
        for at in (9, 64, 200, 4096, 8192, 40_000):
            yield bytes([1, kind | 0x80, at >> 16, at >> 8 & 255, at & 255, 7, 1, 2, 3, 4, 5, 6, 7, 8])
    entry = {"sequence": 1, "time_us": 0, "monotonic_ms": 0, "by": {"interface": "modbus"}, "cause": "fuzz"}
    place = {"bus": "b", "unit": 200, "map": "orv3-psu", "register": "r", "address": 103, "before": [1], "after": [2]}
    items = ({"kind": "started", "version": "1"}, {"kind": "stopped"}, {"kind": "lease_granted", "duration_ms": 5},
             {"kind": "lease_ended", "how": "expired"}, {"kind": "commit", "commit": 1, "asked": "x"},
             {"kind": "commit_ended", "commit": 1, "end": "applied"}, {"kind": "intent", "commit": 1, **place},
             {"kind": "outcome", "intent": 1, **place, "end": "found", "holds": [3]})
    texts = [json.dumps({**entry, "sequence": n, **item}).encode() for n, item in enumerate(items, 1)]
    yield b"\x02" + b"".join(bytes([n]) + struct.pack(">H", len(t)) + t for n, t in enumerate(texts, 1))
    yield from (b"\x02\x01" + struct.pack(">H", len(t)) + t for t in texts)
    yield b"\x00redb\x1a\n\xa9\r\n" + bytes(500)


def redfish_query():
    sensor = json.dumps({"@odata.type": "#Sensor.v1_12_0.Sensor", "Name": "PSU 1", "Reading": 48.5, "ReadingType": "Power",
                         "Status": {"State": "Enabled"}, "RelatedItem": [{"@odata.id": "/x"}]}).encode()
    for text in ("only", "excerpt&$select=Name,Status/State", "$expand=.($levels=2)&$top=3&$skip=1", "%24filter=Name%20eq%20'a'",
                 "Reading gt 40 and (Status/State eq 'Enabled' or not Name eq 'x''y')", "Reading lt -1.5e3", "Name,Status/State",
                 "MessageId eq 'DPOGateway.1.0.DeviceLost' and SubordinateResources eq true", "EventFormatType eq 'MetricReport'"):
        yield text.encode() + b"\0" + sensor


def redfish_json():
    yield from (b'{"SetPoint": 5000}', b'{"Password": "a", "Password": "b"}', b'{"@odata.id": "/x", "Enabled": null}', b"[1]", b"{}",
                b'{"NTP": {"Servers": ["a", {}, null, 1e400]}}', b'{"a":"\\ud83d\\ude00"}', b'{"a":-0.0,"b":18446744073709551616}')


    sensor = "/redfish/v1/Chassis/PowerShelf/Sensors/ShelfInputPower#/Reading"
    state = "/redfish/v1/Managers/Gateway#/Oem/DPOGateway/State"
    yield json.dumps({"MetricProperties": [sensor], "NumericThresholds": {
        "UpperCritical": {"Reading": 1e4, "DwellTime": "PT1M0.5S", "Activation": "Either"}, "LowerWarning": {"Reading": -1}}}).encode()
    yield json.dumps({"Name": "n", "MetricType": "Discrete", "MetricProperties": [state], "DiscreteTriggerCondition": "Specified",
                      "DiscreteTriggers": [{"Value": "Normal", "Severity": "Critical", "DwellTime": "P1D"}]}).encode()
    yield json.dumps({"MetricProperties": [state], "DiscreteTriggerCondition": "Changed", "TriggerActions": ["RedfishEvent"]}).encode()


def redfish_request():
    """Bytes of connections; TOKEN becomes the token of an administrator."""
    log = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries"
    shelf = "/redfish/v1/Chassis/PowerShelf"
    for line in ("GET /redfish", "GET /redfish/v1/", "HEAD /redfish/v1/$metadata", f"GET {shelf}/Sensors?$expand=.&$top=2",
                 f"GET {log}/1/attachment", f"GET {log}/..%2f1/attachment", "OPTIONS *", "GET /metrics", "GET /healthz", "GET //redfish//v1",
                 "GET /redfish/v1/EventService/SSE?$filter=EventFormatType%20eq%20'MetricReport'", "DELETE /redfish/v1/TelemetryService/Triggers/1",
                 "GET http://x/redfish/v1/Managers/Gateway", "GET /redfish/v1/AccountService/Accounts/%00"):
        head = f"{line} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: TOKEN\r\n"
        yield f"{head}\r\n".encode()
        yield f"{head}If-None-Match: \"0\", W/*\r\nAccept: text/*;q=0, */*\r\nOData-Version: 4.0\r\nRange: bytes=0-1\r\n\r\n".encode()
    for line, body in (("PATCH " + shelf + "/Controls/ShelfPowerLimit", '{"SetPoint": 9000, "Oem": {"DPOGateway": {"LeaseSeconds": 5}}}'),
                       ("POST /redfish/v1/TelemetryService/Triggers", '{"MetricProperties": []}'),
                       ("PATCH " + shelf, '{"AssetTag": "a", "Location": {"Placement": {"Rack": null}}}'),
                       ("POST /redfish/v1/SessionService/Sessions", '{"UserName": "a", "Password": "b"}')):
        head = f"{line} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: TOKEN\r\nContent-Type: application/json\r\n"
        yield f"{head}If-Match: *\r\nPrefer: respond-async\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode() * 2
        yield f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body}\r\n0\r\n\r\n".encode()
        yield f"{head}Content-Length: 1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    yield b"GET /redfish/v1/Managers HTTP/1.1\r\nAuthorization: Basic YWRtaW46eA==\r\nExpect: 100-continue\r\n\r\n"
    yield b"GET /redfish HTTP/1.0\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def words(*schemas):
    """Each key and constant of JSON Schemas, as entries of a dictionary."""
    found = set()

    def walk(value):
        if isinstance(value, dict):
            found.update(value.get("properties", {}))
            found.update(v for v in [value.get("const"), *value.get("enum", [])] if isinstance(v, str))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for schema in schemas:
        walk(json.loads(schema.read_text()))
    return sorted(f'"{word}"' for word in found)


def main():
    out = pathlib.Path(sys.argv[1])
    makers = (pdu, mbap_stream, tcp_server, rtu_server, rtu_client, pmbus_frame, pmbus_target, map_json, map_edits, map_import, journal, grid_code, record,
              redfish_query, redfish_json, redfish_request)
    for maker in makers:
        folder = out / "seeds" / maker.__name__
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(maker()):
            (folder / f"{number:03}").write_bytes(seed)
    maps = words(*sorted((ROOT / "registers/schema").glob("*.json")))
    codes = words(*sorted((ROOT / "spec/grid-codes").glob("*.schema.json")))
    foreign = [f'"{word}"' for word in (
        "name address_range probe_register special_handlers baudrate registers begin length format keep flags precision scale "
        "shift endian sign STRING FLAGS FLOAT INTEGER LONG BaudRate Parity SensorRegisters InventoryRegisters StatusRegisters "
        "Name Offset Size Format Precision Type Scale Bits Position Value FirmwareRegisters ProbeRegister").split()]
    entries = [f'"{word}"' for word in (
        "sequence time_us monotonic_ms by interface peer cause kind started version stopped lease_granted duration_ms "
        "lease_ended how released expired gateway_ended commit asked commit_ended end applied rolled_back reason intent bus "
        "unit map register address before after trims outcome confirmed failed found holds").split()]
    record_words = ["time_s", "va_v", "vb_v", "vc_v", "v_rms_a", "p_w", "f_hz", "_pu_peak", "1991", "1999", "2013", "ASCII",
                    "BINARY", "BINARY32", "FLOAT32", "--- file type: CFG ---\n", "--- file type: DAT ASCII ---\n", "99999", "nan",
                    "1e308", "\r\n", "\x1a"]
    numbers = ["0", "-1", "65535", "65536", "4294967296", "18446744073709551615", "1e308", "1e-308", "null", "true"]
    lists = {"map_json": maps + numbers, "map_import": foreign + numbers, "journal": entries + numbers,
             "grid_code": codes + numbers, "record": record_words,
             "redfish_query": ["$expand=", "$filter=", "$select=", "$top=", "$skip=", "only", "excerpt", "($levels=", " eq ", " ne ", " gt ",
                               " ge ", " lt ", " le ", " and ", " or ", "not ", "true", "false", "null", "''", "%20", "/", "\0"],
             "redfish_request": ["TOKEN", "\r\n", "\r\n\r\n", " HTTP/1.1\r\n", "Host: x\r\n", "X-Auth-Token: ", "Authorization: Basic ",
                                 "Content-Length: ", "Content-Type: ", "Transfer-Encoding: chunked\r\n", "If-Match: ", "If-None-Match: ",
                                 "OData-Version: ", "Accept: ", "Prefer: respond-async", "Last-Event-ID: ", "Connection: close\r\n", "GET ", "HEAD ",
                                 "POST ", "PATCH ", "PUT ", "DELETE ", "OPTIONS ", "/redfish/v1/", "Chassis/PowerShelf/", "Managers/Gateway/", "Sensors",
                                 "Controls", "Actions/", "attachment", "%2e%2e", "%00", "..", "?", "$expand=.", "#"]}
    folder = out / "dictionaries"
    folder.mkdir(parents=True, exist_ok=True)
    for target, entries in lists.items():
        quoted = ("".join(f"\\x{b:02x}" for b in entry.encode()) for entry in entries)
        (folder / f"{target}.dict").write_text("".join(f'"{entry}"\n' for entry in quoted))


if __name__ == "__main__":
    main()
