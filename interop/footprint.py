#!/usr/bin/env python3
"""Start-up time, peak memory, idle CPU and clean end of `dpo serve` on the embedded simulated shelf."""

import time

from lib import PASSWORD, Gateway, checks

SECONDS = 20
MEMORY_MIB = 64
CPU_PERCENT = 5
READY_SECONDS = 3


def main():
    with checks("footprint") as failures:
        # The default configuration: what a newcomer runs.
        with Gateway(config="") as gateway:
            print(f"  serves after {gateway.ready_after:.2f} s (limit {READY_SECONDS} s)")
            if gateway.ready_after > READY_SECONDS:
                failures.append("start-up")
            before, started = gateway.cpu_seconds(), time.monotonic()
            time.sleep(SECONDS)
            cpu = 100 * (gateway.cpu_seconds() - before) / (time.monotonic() - started)
            print(f"  idle CPU {cpu:.2f} % of one core over {SECONDS} s (limit {CPU_PERCENT} %)")
            if cpu > CPU_PERCENT:
                failures.append("idle CPU")
            # Some work before the peak is read: the whole sensor list, some sessions.
            for _ in range(5):
                login = {"UserName": "admin", "Password": PASSWORD}
                status, _, _ = gateway.request("POST", "/redfish/v1/SessionService/Sessions", login, login=False)
                if status != 201:
                    failures.append(f"login: {status}")
            for _ in range(50):
                gateway.get("/redfish/v1/Chassis/PowerShelf/Sensors")
            peak = gateway.memory_kib("VmHWM") / 1024
            print(f"  peak memory {peak:.1f} MiB (limit {MEMORY_MIB} MiB)")
            if peak > MEMORY_MIB:
                failures.append("peak memory")
        if gateway.exit_code != 0:
            failures.append(f"Ctrl-C ends with exit code {gateway.exit_code}")


if __name__ == "__main__":
    main()
