#!/usr/bin/env python3
"""Clients that people use, against a running gateway: DMTF's use case checkers, Redfish Tacklebox (`rf_*.py`), redfishtool and
library, and OpenStack's sushy. Each lists the shelf, its PSUs, BBUs and sensors as far as it can; those that can, set the
power limit. Over https, with a login.

What a client cannot do with a power shelf is in `UNABLE`, with the reason; anything else that fails, fails this script.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from lib import PASSWORD, STEADY, Gateway, checks

# The folder of this script has a `redfish.py` of its own, which is not DMTF's library.
sys.path = [folder for folder in sys.path if pathlib.Path(folder or ".").resolve() != pathlib.Path(__file__).resolve().parent]

BIN = pathlib.Path(sys.executable).parent
SHELF = "/redfish/v1/Chassis/PowerShelf"
LIMIT = f"{SHELF}/Controls/ShelfPowerLimit"

# What a client cannot do here, and why.
UNABLE = {
    "rf_power_equipment.py status": "3.5.2 ends with an error on a PhaseWiringType of null, which a DC branch has (decision 12)",
}
UNTESTED = "power control and boot order are of computer systems, and a shelf has none; the host's interfaces are read-only and have no VLAN"


def run(command, limit=120, stdin=None):
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=limit, env=environment, input=stdin)
    return done.stdout + done.stderr, done.returncode


def limit_of(gateway):
    return gateway.get(LIMIT)["SetPoint"]


def tacklebox(gateway, failures):
    """Redfish Tacklebox: sensors, power equipment, events, accounts, log, firmware, certificates, manager."""
    login = ["-u", "admin", "-p", PASSWORD, "-r", gateway.url]

    def tool(name, *arguments, wants=(), code=0):
        text, ended = run([BIN / name, *login, *arguments])
        what = f"{name} {arguments[0] if arguments else ''}".strip()
        missing = [word for word in wants if word not in text]
        if ended != code or missing:
            if what in UNABLE:
                print(f"  {what}: cannot, because {UNABLE[what]}")
                return text
            failures.append(f"{what}: exit {ended}, without {missing}:\n{text[-1500:]}")
        else:
            print(f"  {what}: ok")
        return text

    tool("rf_sensor_list.py", wants=["PSU 1", "BBU 6", "Shelf"])
    tool("rf_power_equipment.py", "list", wants=["PowerShelves", "Enabled"])
    tool("rf_power_equipment.py", "status", "--type", "PowerShelf", wants=["PowerShelf"])
    tool("rf_power_equipment.py", "mainsinfo", "--type", "PowerShelf", "--mains", "AC1", wants=["AC1"])
    tool("rf_event_service.py", "info", wants=["Subscription"])
    tool("rf_event_service.py", "subscribe", "--destination", "https://192.0.2.9/events", wants=["subscri"])
    members = gateway.get("/redfish/v1/EventService/Subscriptions")["Members"]
    if len(members) != 1:
        failures.append(f"rf_event_service.py: {members} instead of one subscription")
    else:
        tool("rf_event_service.py", "unsubscribe", "--id", members[0]["@odata.id"].rsplit("/", 1)[1])
    tool("rf_accounts.py", "--add", "guest", "guest-Password-1", "ReadOnly")
    tool("rf_accounts.py", "--setrole", "guest", "Operator")
    tool("rf_accounts.py", "--setpassword", "guest", "guest-Password-2")
    tool("rf_accounts.py", "--disable", "guest")
    shown = gateway.get("/redfish/v1/AccountService/Accounts/guest")
    if (shown["RoleId"], shown["Enabled"]) != ("Operator", False):
        failures.append(f"rf_accounts.py: the account is {shown}")
    tool("rf_accounts.py", "--delete", "guest")
    tool("rf_accounts.py", wants=["admin"])
    tool("rf_logs.py", "--manager", "Gateway", wants=["found"])
    tool("rf_firmware_inventory.py", wants=["PSU", "Gateway"])
    tool("rf_certificates.py", "info", wants=["1"])
    tool("rf_manager_config.py", "info", wants=["Gateway"])
    tool("rf_manager_config.py", "getprotocol", wants=["HTTPS"])
    text = tool("rf_raw_request.py", "--method", "PATCH", "--request", LIMIT, "--body", '{"SetPoint": 11000}')
    if limit_of(gateway) != 11000:
        failures.append(f"rf_raw_request.py did not set the limit: {text[-800:]}")


def use_cases(gateway, failures):
    """DMTF's use case checkers."""
    with tempfile.TemporaryDirectory() as reports:
        text, code = run([BIN / "rf_use_case_checkers", "-u", "admin", "-p", PASSWORD, "-r", gateway.url, "--report-dir", reports], 300)
    row = re.search(r"NOT TESTED[ |]*\n[+-]+\n[|\s]*(\d+)[|\s]*(\d+)[|\s]*(\d+)[|\s]*(\d+)", text)
    totals = dict(zip(("PASS", "WARN", "FAIL", "NOT TESTED"), map(int, row.groups()))) if row else {}
    print(f"  use case checkers: {totals}; not tested: {UNTESTED}")
    if code or totals.get("FAIL") != 0 or not totals.get("PASS"):
        failures.append(f"use case checkers: exit {code}\n{text[-3000:]}")


def redfishtool(gateway, failures):
    """redfishtool, with a session."""
    host = gateway.url.removeprefix("https://")
    login = [BIN / "redfishtool", "-r", host, "-u", "admin", "-p", PASSWORD, "-A", "Session", "-S", "Always"]
    for arguments, wants in [
        (["root"], ["PowerEquipment"]),
        (["Chassis", "list"], ["PowerShelf"]),
        (["Chassis", "-I", "PowerShelf"], ["PowerSubsystem"]),
        (["Managers", "-I", "Gateway"], ["DPO Gateway"]),
        (["raw", "GET", f"{SHELF}/PowerSubsystem/PowerSupplies"], ["PSU6"]),
        (["raw", "GET", f"{SHELF}/PowerSubsystem/Batteries"], ["BBU6"]),
        (["raw", "PATCH", LIMIT, "-d", '{"SetPoint": 10500}'], []),
    ]:
        text, code = run([*login, *arguments])
        if code or [word for word in wants if word not in text]:
            failures.append(f"redfishtool {' '.join(arguments)}: exit {code}\n{text[-1500:]}")
    if limit_of(gateway) != 10500:
        failures.append(f"redfishtool did not set the limit: {limit_of(gateway)}")
    print("  redfishtool: done")


def library(gateway, failures):
    """DMTF's Python library, with a session: everything that hangs on the shelf."""
    import redfish

    client = redfish.redfish_client(base_url=gateway.url, username="admin", password=PASSWORD, default_prefix="/redfish/v1/")
    client.login(auth="session")
    try:
        members = lambda uri: [client.get(m["@odata.id"]).dict for m in client.get(uri).dict["Members"]]
        shelves = members("/redfish/v1/PowerEquipment/PowerShelves")
        supplies = members(f"{SHELF}/PowerSubsystem/PowerSupplies")
        batteries = members(f"{SHELF}/PowerSubsystem/Batteries")
        sensors = client.get(f"{SHELF}/Sensors?$expand=.").dict["Members"]
        readings = [s for s in sensors if isinstance(s.get("Reading"), (int, float))]
        control = client.get(LIMIT)
        written = client.patch(LIMIT, body={"SetPoint": 10000}, headers={"If-Match": control.getheader("ETag")})
        stale = client.patch(LIMIT, body={"SetPoint": 9000}, headers={"If-Match": control.getheader("ETag")})
        print(f"  python redfish: {len(shelves)} shelf, {len(supplies)} PSUs, {len(batteries)} BBUs, {len(readings)} readings")
        if (len(shelves), len(supplies), len(batteries)) != (1, 6, 6) or len(readings) < 90:
            failures.append("python redfish does not see the whole shelf")
        if (written.status, stale.status, limit_of(gateway)) != (200, 412, 10000):
            failures.append(f"python redfish: {written.status}, {stale.status}, limit {limit_of(gateway)}")
    finally:
        client.logout()


def sushy(gateway, failures):
    """OpenStack's sushy, with a session: it knows chassis and managers, and reaches the rest over its connector."""
    import sushy as library

    auth = library.auth.SessionAuth(username="admin", password=PASSWORD)
    root = library.Sushy(gateway.url, verify=False, auth=auth)
    chassis = root.get_chassis_collection().get_members()
    managers = root.get_manager_collection().get_members()
    if [c.identity for c in chassis] != ["PowerShelf"] or [m.identity for m in managers] != ["Gateway"]:
        failures.append(f"sushy: {chassis}, {managers}")
    connector = root._conn
    count = lambda what: len(connector.get(f"{SHELF}/{what}").json()["Members"])
    seen = [count(w) for w in ("PowerSubsystem/PowerSupplies", "PowerSubsystem/Batteries", "Sensors")]
    written = connector.patch(LIMIT, data={"SetPoint": 9500})
    print(f"  sushy: {chassis[0].name}, {seen} PSUs, BBUs and sensors, limit {limit_of(gateway)} W")
    if seen[:2] != [6, 6] or seen[2] < 90 or written.status_code != 200 or limit_of(gateway) != 9500:
        failures.append(f"sushy: {seen}, {written.status_code}, limit {limit_of(gateway)}")


def main():
    state = tempfile.TemporaryDirectory()
    # Receivers of events in a range that leads nowhere.
    config = STEADY.replace("[gateway]", f'[redfish]\nstate = "{state.name}/redfish.json"\n[gateway]')
    with checks("redfish-clients") as failures, Gateway(config) as gateway:
        for part in (tacklebox, use_cases, redfishtool, library, sushy):
            part(gateway, failures)
        gateway.request("PATCH", LIMIT, {"ControlMode": "Disabled"})
        text = json.dumps(gateway.get("/redfish/v1/Chassis/PowerShelf"))
        if PASSWORD in text + gateway.errors():
            failures.append("a password is in an answer or in the log")


if __name__ == "__main__":
    main()
