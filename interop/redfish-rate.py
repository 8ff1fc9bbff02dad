#!/usr/bin/env python3
"""The Redfish service against OpenStack's emulator (PyPI sushy-tools): GETs a second at 64 connections, by hand.

Makes a venv of its own in target/sushy-venv. Wants a quiet machine: `interop/redfish-rate.py`.
"""

import pathlib
import subprocess
import sys
import time
import urllib.request

from lib import ROOT, free_port

VENV = ROOT / "target/sushy-venv"
VERSION = "2.2.0"
# A system of the emulator, as fake as our shelf: from memory.
URI = "/redfish/v1/Systems/27946b59-9e44-4fa7-8e91-f3527a1ef094"
BAR = 50


def main():
    if not (VENV / "bin/sushy-emulator").exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin/pip", "install", "-q", f"sushy-tools=={VERSION}"], check=True)
    port = free_port()
    emulator = subprocess.Popen([VENV / "bin/sushy-emulator", "--fake", "-i", "127.0.0.1", "-p", str(port)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}{URI}"
        for _ in range(100):
            try:
                body = urllib.request.urlopen(url, timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise SystemExit(f"sushy-emulator does not answer at {url}")
        print(f"  sushy-emulator {VERSION}, {URI}: {len(body)} bytes")
        bench = ["cargo", "bench", "-q", "--no-default-features", "--features", "redfish", "--bench", "redfish", "--", "peer",
                 f"127.0.0.1:{port}", URI]
        text = subprocess.run(bench, cwd=pathlib.Path(ROOT), check=True, capture_output=True, text=True).stdout
    finally:
        emulator.kill()
        emulator.wait()
    print("  " + text.strip())
    ratio = float(text.split("ratio ")[1].split()[0])
    if ratio < BAR:
        raise SystemExit(f"redfish-rate: {ratio} times the emulator's rate, {BAR} must be")
    print("redfish-rate: ok")


if __name__ == "__main__":
    main()
