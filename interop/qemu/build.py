"""What the guest is made of: Debian's kernel, its unmodified i2c-virtio and pmbus drivers, busybox, i2c-tools, dpo."""

import json
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "interop/qemu"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = TARGET / "interop-qemu"
# For work on the rig itself: `DPO_RIG_PROFILE=dev` spares two release builds.
PROFILE = os.environ.get("DPO_RIG_PROFILE", "release")
FOLDER = "debug" if PROFILE == "dev" else PROFILE
PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "i2cdetect": "i2c-tools",
    "busybox": "busybox-static",
    "cpio": "cpio",
    "make": "make",
    "gcc": "gcc",
}
# Debian leaves both drivers out of its amd64 kernel; they are built from the same version's source as they stand.
SOURCES = ["drivers/i2c/busses/i2c-virtio.c", "drivers/hwmon/pmbus/pmbus.c", "drivers/hwmon/pmbus/pmbus_core.c",
           "drivers/hwmon/pmbus/pmbus.h"]
SHIPPED = ["drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_modern_dev",
           "drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci", "drivers/i2c/i2c-dev"]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def output(*command, **options):
    return run(*command, stdout=subprocess.PIPE, text=True, **options).stdout


def install():
    """Debian packages that are not there yet. Gives the version of the kernel."""
    missing = [package for tool, package in PACKAGES.items() if shutil.which(tool) is None]
    if not headers():
        missing.append("linux-headers-amd64")
    if not source():
        missing.append("linux-source")
    if missing:
        run(ROOT / ".ci/packages", *missing)
    return headers().name.removeprefix("linux-headers-")


def headers():
    found = sorted(pathlib.Path("/usr/src").glob("linux-headers-*-amd64"))
    return found[-1] if found else None


def source():
    found = sorted(pathlib.Path("/usr/src").glob("linux-source-*.tar.xz"))
    return found[-1] if found else None


def kernel(version):
    """The image as Debian ships it, unpacked without installing it (which would write boot files)."""
    image = WORK / f"image-{version}"
    if not (image / f"boot/vmlinuz-{version}").exists():
        shutil.rmtree(image, ignore_errors=True)
        image.mkdir(parents=True)
        run("apt-get", "download", "-qq", f"linux-image-{version}", cwd=image, stderr=subprocess.DEVNULL)
        run("dpkg", "-x", next(image.glob("*.deb")), image)
    return image


def drivers(version):
    """The two drivers as modules of that kernel."""
    built = WORK / f"modules-{version}"
    wanted = [built / name for name in ("i2c-virtio.ko", "pmbus_core.ko", "pmbus.ko")]
    if not all(path.exists() for path in wanted):
        shutil.rmtree(built, ignore_errors=True)
        built.mkdir(parents=True)
        top = source().name.removesuffix(".tar.xz")
        run("tar", "-xJf", source(), "-C", built, "--strip-components=1", *(f"{top}/{name}" for name in SOURCES))
        for name in SOURCES:
            (built / name).rename(built / pathlib.Path(name).name)
        (built / "Kbuild").write_text("obj-m := i2c-virtio.o pmbus_core.o pmbus.o\n")
        run("make", "-s", "-C", headers(), f"M={built}", "modules", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
    return wanted


def backend():
    # Not --locked: its lock names the dependencies of dpo-gateway too, which change without it.
    run("cargo", "build", "-q", "--profile", PROFILE, "--manifest-path", HERE / "backend/Cargo.toml",
        "--target-dir", WORK)
    return WORK / FOLDER / "i2c-backend"


def suite():
    """The tests of `tests/pmbus`, as a program."""
    lines = output("cargo", "test", "-q", "--locked", "--workspace", "--test", "pmbus", "--no-run",
                   "--message-format=json", cwd=ROOT).splitlines()
    built = (json.loads(line) for line in lines if line.startswith("{"))
    found = [m["executable"] for m in built if m.get("executable") and m["target"]["name"] == "pmbus"
             and m["manifest_path"] == str(ROOT / "Cargo.toml")]
    return pathlib.Path(found[-1])


def dpo():
    # As interop/run builds it: with other packages chosen, the features of dependencies would differ.
    chosen = ["--workspace"] if PROFILE == "release" else ["-p", "dpo-gateway", "--bin", "dpo"]
    run("cargo", "build", "-q", "--profile", PROFILE, "--locked", *chosen, cwd=ROOT)
    return TARGET / FOLDER / "dpo"


def libraries(program):
    """The shared libraries of a program, its loader included."""
    text = subprocess.run(["ldd", str(program)], stdout=subprocess.PIPE, text=True).stdout
    return {word for word in text.split() if word.startswith("/")}


def initramfs(version, programs):
    """The root of the guest as a cpio archive. `programs` maps names in /bin to files here."""
    root = WORK / "root"
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("bin", "modules", "proc", "sys", "dev", "tmp"):
        (root / folder).mkdir(parents=True)
    shutil.copy(HERE / "guest/init", root / "init")
    (root / "init").chmod(0o755)
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    for applet in ("sh", "mount", "insmod", "stty", "mkdir", "cat", "ls", "grep", "sleep", "basename", "seq", "tail",
                   "ip", "nc", "od", "wget"):
        (root / "bin" / applet).symlink_to("busybox")
    tools = {tool: pathlib.Path(shutil.which(tool) or f"/usr/sbin/{tool}") for tool in ("i2cdetect", "i2cget", "i2cset")}
    for name, program in {**tools, **programs}.items():
        run("strip", "-o", root / "bin" / name, program)
        for library in libraries(program):
            place = root / library.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                shutil.copy(library, place)
    shipped = kernel(version) / f"lib/modules/{version}/kernel"
    for module in [shipped / f"{name}.ko" for name in SHIPPED] + drivers(version):
        shutil.copy(module, root / "modules")
    archive = WORK / "root.cpio"
    names = output("find", ".", cwd=root)
    with archive.open("wb") as out:
        run("cpio", "--quiet", "-o", "-H", "newc", cwd=root, stdout=out, input=names.encode())
    return archive


if __name__ == "__main__":
    install()
