"""Starts `dpo serve` and talks to it; shared by the interoperability scripts (Python standard library only)."""

import base64
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
DPO = pathlib.Path(os.environ.get("DPO", ROOT / "target/release/dpo"))
PASSWORD = "interop-Password-1"
# A constant load, so that two readings a second apart differ by the devices' own noise alone.
STEADY = '[gateway]\npoll_ms = 250\n[shelf]\nkind = "simulated"\nseed = 7\nload = { profile = "constant", watts = 12000.0 }\n'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """A running `dpo serve`."""

    def __init__(self, config: str = STEADY, extra: tuple[str, ...] = ()):
        self.folder = tempfile.TemporaryDirectory(prefix="dpo-interop-")
        folder = pathlib.Path(self.folder.name)
        (folder / "dpo.toml").write_text(config.replace("{folder}", str(folder)))
        self.pty = folder / "pmi"
        self.modbus_port = free_port()
        self.redfish_port = free_port()
        scheme = "http" if "--insecure-http" in extra else "https"
        self.url = f"{scheme}://127.0.0.1:{self.redfish_port}"
        self.log = open(folder / "log", "w+")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(DPO), "serve", "--redfish", f"127.0.0.1:{self.redfish_port}", "--modbus",
             f"127.0.0.1:{self.modbus_port}", "--pty-link", str(self.pty), "--config", str(folder / "dpo.toml"), *extra],
            env={**os.environ, "DPO_ADMIN_PASSWORD": PASSWORD}, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )

    def __enter__(self):
        while True:
            try:
                root = self.get("/redfish/v1/", login=False)
                break
            except (urllib.error.URLError, ConnectionError) as error:
                if self.process.poll() is not None or time.monotonic() - self.started > 20:
                    raise SystemExit(f"dpo serve did not come up: {error}\n{self.errors()}") from error
                time.sleep(0.02)
        self.ready_after = time.monotonic() - self.started
        assert root["@odata.id"].rstrip("/") == "/redfish/v1"
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.exit_code = self.process.wait(timeout=20)
        self.log.close()
        self.folder.cleanup()

    def errors(self) -> str:
        self.log.flush()
        self.log.seek(0)
        return self.log.read()

    def request(self, method: str, path: str, body=None, login=True, headers=None):
        """One request; returns status, headers and the decoded body. HTTP errors are answers."""
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if login:
            token = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        # The certificate is self-signed and made at start.
        context = ssl._create_unverified_context() if self.url.startswith("https") else None
        try:
            with urllib.request.urlopen(request, timeout=10, context=context) as answer:
                status, raw, got = answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            status, raw, got = error.code, error.read(), error.headers
        return status, got, json.loads(raw) if raw else None

    def get(self, path: str, login=True):
        status, _, body = self.request("GET", path, login=login)
        if status != 200:
            raise SystemExit(f"GET {path}: {status} {body}")
        return body

    def memory_kib(self, key: str) -> int:
        """A line of /proc/PID/status in KiB: VmHWM is the peak of resident memory."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{key}:\s+(\d+) kB", text, re.M).group(1))

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def checks(name: str):
    """Collects failures and turns them into an exit code."""
    failures: list[str] = []
    yield failures
    for line in failures[:40]:
        print(f"  FAIL {line}")
    if failures:
        raise SystemExit(f"{name}: {len(failures)} failures")
    print(f"{name}: ok")
