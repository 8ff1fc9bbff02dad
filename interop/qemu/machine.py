"""The two processes of the rig: the adapter with the simulated PSUs, and QEMU with the guest."""

import pathlib
import queue
import subprocess
import threading
import time


class Lines:
    """Lines of a stream, with a time-out."""

    def __init__(self, stream):
        self.queue = queue.Queue()
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream):
        for line in stream:
            self.queue.put(line.decode(errors="replace").strip("\r\n"))
        self.queue.put(None)

    def next(self, timeout, what):
        try:
            line = self.queue.get(timeout=timeout)
        except queue.Empty:
            raise SystemExit(f"{what}: no answer within {timeout:.0f} s") from None
        if line is None:
            raise SystemExit(f"{what}: ended")
        return line


class Backend:
    """The adapter. Model time stands still unless it is told to pass."""

    def __init__(self, program, socket):
        self.process = subprocess.Popen([str(program), str(socket)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = Lines(self.process.stdout)
        until = time.monotonic() + 20
        while not pathlib.Path(socket).exists():
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the adapter does not listen")
            time.sleep(0.05)

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.lines.next(60, f"adapter, {line}")
        if answer.startswith("error"):
            raise SystemExit(f"adapter, {line}: {answer}")
        return answer

    def numbers(self, line):
        """An answer of key=value as a dictionary."""
        return {key: float(value) for key, value in (pair.split("=") for pair in self.ask(line).split())}

    def stop(self):
        self.process.kill()
        self.process.wait()


class Guest:
    """The kernel in QEMU; software emulation, so that it runs wherever CI does."""

    def __init__(self, kernel, initrd, socket, log):
        memory = 512
        self.log = log
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-nodefaults", "-no-reboot", "-display", "none",
             "-machine", "q35,memory-backend=ram", "-cpu", "max", "-m", str(memory),
             # The adapter reads the memory of the guest.
             "-object", f"memory-backend-memfd,id=ram,size={memory}M,share=on",
             "-kernel", str(kernel), "-initrd", str(initrd), "-append", "console=ttyS0 panic=-1 quiet rdinit=/init",
             "-chardev", f"socket,id=i2c,path={socket}", "-device", "vhost-user-i2c-pci,chardev=i2c",
             "-serial", f"file:{log}", "-serial", "stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = Lines(self.process.stdout)
        while self.lines.next(240, f"guest (console in {log})") != "@@ready":
            pass

    def sh(self, command, timeout=240):
        """Runs a command line. Gives its exit code and what it printed."""
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        out = []
        while True:
            line = self.lines.next(timeout, f"guest, {command} (console in {self.log})")
            if line.startswith("@@") and line[2:].isdigit():
                return int(line[2:]), "\n".join(out)
            out.append(line)

    def stop(self):
        self.process.kill()
        self.process.wait()
