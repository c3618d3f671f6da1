"""The virtual machine: Debian's kernel under QEMU, with this machine's root under an overlay in memory."""

import dataclasses
import hashlib
import lzma
import os
import pathlib
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
GUEST = REPOSITORY / "src/vm/guest"
TARGET = REPOSITORY / "target" / "vm"
MEMORY_MIB = 2560
MACHINES_AT_ONCE = 2
PROCESSORS = max(1, len(os.sched_getaffinity(0)) // MACHINES_AT_ONCE)
"""Of each machine. More emulated processors than real ones take twice as long, as they wait for one another."""
MODULES = (
    "dm-snapshot dm-flakey dm-delay dm-log-writes dm-thin-pool dm-crypt dm-mirror dm-zero raid1 "
    "virtio_pci virtio_blk 9p 9pnet_virtio overlay loop ext4"
).split()


@dataclasses.dataclass(frozen=True)
class Disk:
    """A disk of the guest, which finds it by its name."""

    name: str
    mib: int
    block: int = 512
    """Logical block size in bytes."""


Drive = tuple[Disk, str]
"""A disk, and where QEMU finds its bytes."""


class Unavailable(Exception):
    """The kernel or a program is not available."""


def _run(*command: str | pathlib.Path, cwd: pathlib.Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"{shlex.join(map(str, command))}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Kernel:
    """Debian's newest stock kernel, unpacked and not installed, and an initramfs with what the scenarios need of it."""

    def __init__(self) -> None:
        self._package_name = _newest_package()
        self._directory = TARGET / "kernel" / self._package_name
        self.image = self._directory / "kernel"
        if not self.image.exists():
            self._unpack()
        self.release = next((self._directory / "unpacked/lib/modules").iterdir()).name
        ingredients = " ".join(MODULES).encode() + (GUEST / "init").read_bytes()
        self.initramfs = self._directory / f"initramfs-{hashlib.sha256(ingredients).hexdigest()[:16]}"
        if not self.initramfs.exists():
            self._make_initramfs(self._directory / "unpacked")

    def _unpack(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(parents=True)
        try:
            _run("apt-get", "-qq", "download", self._package_name, cwd=self._directory)
        except Unavailable:
            _run("apt-get", "-qq", "update")
            _run("apt-get", "-qq", "download", self._package_name, cwd=self._directory)
        package = next(self._directory.glob("*.deb"))
        unpacked = self._directory / "unpacked"
        _run("dpkg", "-x", package, unpacked)
        package.unlink()
        _uncompress(next((unpacked / "boot").glob("vmlinuz-*")), self._directory / "kernel.new")
        (self._directory / "kernel.new").rename(self.image)

    def _make_initramfs(self, unpacked: pathlib.Path) -> None:
        release = next((unpacked / "lib/modules").iterdir()).name
        _run("depmod", "-b", unpacked, release)
        root = self._directory / "initramfs.d"
        shutil.rmtree(root, ignore_errors=True)
        for directory in "bin dev host memory modules proc root sys".split():
            (root / directory).mkdir(parents=True)
        shutil.copy(_run("sh", "-c", "command -v busybox").strip(), root / "bin/busybox")
        shutil.copy(GUEST / "init", root / "init")
        (root / "init").chmod(0o755)
        order: list[str] = []
        for module in MODULES:
            lines = _run("modprobe", "-d", unpacked, "-S", release, "--show-depends", module).splitlines()
            for path in (pathlib.Path(line.split()[1]) for line in lines if line.startswith("insmod ")):
                if path.name not in order:
                    order.append(path.name)
                    shutil.copy(path, root / "modules")
        (root / "modules/order").write_text("".join(f"{name}\n" for name in order))
        names = "\n".join(str(path.relative_to(root)) for path in [root, *sorted(root.rglob("*"))])
        with open(self._directory / "initramfs.new", "wb") as archive:
            subprocess.run(
                ["cpio", "--quiet", "-o", "-H", "newc"], cwd=root, input=names.encode(), stdout=archive, check=True
            )
        (self._directory / "initramfs.new").rename(self.initramfs)
        shutil.rmtree(root)


def _newest_package() -> str:
    for update in (False, True):
        if update:
            _run("apt-get", "-qq", "update")
        depends = _run("apt-cache", "depends", "linux-image-amd64").split()
        names = [word for word in depends if word.startswith("linux-image-") and word != "linux-image-amd64"]
        if names:
            return names[0]
    raise Unavailable("apt knows no kernel for linux-image-amd64")


def _uncompress(compressed: pathlib.Path, image: pathlib.Path) -> None:
    """QEMU boots a bare ELF image. Emulated, the kernel takes seconds to unpack itself."""
    content = compressed.read_bytes()
    start = content.find(b"\xfd7zXZ\x00")
    try:
        image.write_bytes(lzma.LZMADecompressor().decompress(content[start:]))
    except lzma.LZMAError:
        shutil.copy(compressed, image)


def boot(kernel: Kernel, out: pathlib.Path, start: str, drives: Sequence[Drive], seconds: float) -> None:
    """Boots, runs the shell script `start` in the guest, and returns when the guest has powered off or was reset.

    `out` is the guest's /out, and gets the console.
    QEMU is killed when the guest resets itself: a normal exit would flush the disks.
    Raises TimeoutError when `seconds` have passed.
    """
    (out / "start").write_text(start)
    (out / "checkout").write_text(str(REPOSITORY))
    # Emulated, a basic processor is a third faster than one with more features.
    command: list[str | pathlib.Path] = ["qemu-system-x86_64"]
    command += "-M q35 -accel tcg,thread=multi -cpu qemu64 -nodefaults -display none -serial stdio".split()
    command += ["-smp", str(PROCESSORS), "-m", str(MEMORY_MIB)]
    command += ["-kernel", kernel.image, "-initrd", kernel.initramfs]
    command += ["-append", "console=ttyS0 panic=-1 quiet loglevel=4 mitigations=off no_timer_check"]
    command += ["-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"]
    command += ["-device", "virtio-9p-pci,fsdev=host,mount_tag=host"]
    command += ["-fsdev", f"local,id=out,path={_escaped(out)},security_model=none"]
    command += ["-device", "virtio-9p-pci,fsdev=out,mount_tag=out"]
    for disk, drive in drives:
        command += ["-drive", f"{drive},format=raw,if=none,id={disk.name}"]
        sizes = f"logical_block_size={disk.block},physical_block_size={max(disk.block, 512)}"
        # Otherwise QEMU merges adjacent requests into one write, and a power cut finds all of it or nothing.
        device = f"virtio-blk-pci,drive={disk.name},serial={disk.name},request-merging=off"
        command += ["-device", f"{device},{sizes}"]
    ours, theirs = socket.socketpair()
    command += ["-chardev", f"socket,id=monitor,fd={theirs.fileno()}", "-mon", "chardev=monitor,mode=control"]
    with ours, theirs, open(out / "console", "ab") as console:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        try:
            if not _was_reset(ours, time.monotonic() + seconds):
                process.wait(3600)
        except TimeoutError:
            raise TimeoutError(f"the guest was still running after {seconds} seconds") from None
        finally:
            process.kill()
            process.wait()


def _was_reset(monitor: socket.socket, deadline: float) -> bool:
    """Reads QEMU's events until the guest resets itself, or until QEMU exits: false, then."""
    monitor.sendall(b'{"execute": "qmp_capabilities"}\n')
    received = b""
    while True:
        monitor.settimeout(max(0.001, deadline - time.monotonic()))
        part = monitor.recv(4096)
        received = received.rpartition(b"\n")[2] + part
        if not part or b'"guest-reset"' in received:
            return bool(part)


def plain_drive(path: pathlib.Path) -> str:
    """A disk's bytes in a file. A crash of the host is not what is tested, so QEMU need not flush."""
    return f"file={_escaped(path)},cache=unsafe,discard=unmap"


def _escaped(path: pathlib.Path) -> str:
    return str(path).replace(",", ",,")
