"""Block devices: disks, device-mapper and loop devices, and their contents."""

import contextlib
import fcntl
import mmap
import os
import pathlib
import random
from collections.abc import Iterator

from commands import AnyPath, Failure, Seed, command, expect

SECTOR = 512
BLKFLSBUF = 0x1261


def disk(name: str) -> str:
    """The path of a disk that the host declared for the scenario."""
    for entry in pathlib.Path("/sys/block").glob("vd*"):
        if (entry / "serial").read_text().strip() == name:
            return f"/dev/{entry.name}"
    raise Failure(f"there is no disk {name}")


def sectors(path: AnyPath) -> int:
    with open(path, "rb") as device:
        return device.seek(0, os.SEEK_END) // SECTOR


def dm(name: str, *lines: str) -> str:
    """Creates a device-mapper device from table lines and returns its path."""
    command("dmsetup", "create", name, text="".join(f"{line}\n" for line in lines))
    return f"/dev/mapper/{name}"


def dm_table(name: str) -> str:
    return command("dmsetup", "table", name).strip()


def linear_place(name: str) -> tuple[str, int, int]:
    """The disk that a linear device maps, as the table names it, its first sector there and its number of sectors."""
    _, count, target, device, start = dm_table(name).split()
    expect(target == "linear", f"{name} has the target {target}")
    return device, int(start), int(count)


def remove(*names: str) -> None:
    for name in names:
        command("dmsetup", "remove", name)


@contextlib.contextmanager
def snapshot(origin: str, store: AnyPath, options: str = "P 8", name: str = "snapshot") -> Iterator[str]:
    """A dm-snapshot of the origin for the length of a block; a block that fails leaves it."""
    path = dm(name, f"0 {sectors(origin)} snapshot {origin} {store} {options}")
    yield path
    remove(name)


def attach_loop(path: AnyPath, *options: str) -> str:
    return command("losetup", "--find", "--show", *options, path).strip()


def detach_loop(loop: str) -> None:
    command("losetup", "--detach", loop)


def loop_range(start: int, count: int) -> list[str]:
    """The options of losetup for `count` sectors from the sector `start`."""
    return [f"--offset={start * SECTOR}", f"--sizelimit={count * SECTOR}"]


class Slices:
    """Cuts a disk into consecutive device-mapper devices, each aligned to a MiB."""

    def __init__(self, path: str):
        self.path = path
        self._next = 0

    def place(self, count: int) -> int:
        """Takes the next `count` sectors and returns the first of them."""
        start = self._next
        self._next = -(-(start + count) // 2048) * 2048
        expect(self._next <= sectors(self.path), f"{self.path} is too small")
        return start

    def cut(self, name: str, count: int) -> str:
        return dm(name, f"0 {count} linear {self.path} {self.place(count)}")


@contextlib.contextmanager
def opened(path: AnyPath, flags: int = os.O_RDONLY) -> Iterator[int]:
    """An open descriptor for the length of a block."""
    descriptor = os.open(path, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def flush(path: AnyPath) -> None:
    """Writes back and drops the page cache of a block device."""
    with opened(path) as descriptor:
        os.fsync(descriptor)
        fcntl.ioctl(descriptor, BLKFLSBUF, 0)


def cached(path: AnyPath) -> bytes:
    """All bytes of a file or device, as its page cache has them."""
    return pathlib.Path(path).read_bytes()


def contents(path: AnyPath) -> bytes:
    """All bytes of a file, or of a device whose page cache is dropped first."""
    if pathlib.Path(path).is_block_device():
        flush(path)
    return cached(path)


def direct(path: AnyPath, offset: int, length: int) -> bytes:
    """Reads a device with O_DIRECT, past its page cache."""
    with opened(path, os.O_RDONLY | os.O_DIRECT) as descriptor, mmap.mmap(-1, length) as buffer:
        expect(os.preadv(descriptor, [buffer], offset) == length, f"short read of {path}")
        return buffer[:]


def direct_contents(path: AnyPath) -> bytes:
    """All bytes of a device, past its page cache, which stays as it is."""
    return direct(path, 0, sectors(path) * SECTOR)


def write(path: AnyPath, content: bytes, offset: int = 0) -> None:
    """Writes to a device; the bytes are durable on return."""
    with opened(path, os.O_WRONLY) as descriptor:
        view = memoryview(content)
        while view:
            count = os.pwrite(descriptor, view, offset)
            view, offset = view[count:], offset + count
        os.fsync(descriptor)


def fill(path: AnyPath, seed: Seed) -> None:
    """Fills a device with bytes that the seed determines."""
    write(path, random.Random(seed).randbytes(sectors(path) * SECTOR))


def scribble(path: AnyPath, seed: Seed, count: int, most: int = 64, low: int = 0, high: int | None = None) -> None:
    """Writes `count` runs of 1 to `most` blocks to random places between two sectors, all determined by the seed."""
    draw = random.Random(seed)
    block = int(command("blockdev", "--getss", path)) // SECTOR
    blocks = (sectors(path) if high is None else high) // block
    with opened(path, os.O_WRONLY) as descriptor:
        for _ in range(count):
            length = draw.randint(1, most)
            start = draw.randrange(low // block, max(low // block + 1, blocks - length + 1))
            length = min(length, blocks - start)
            os.pwrite(descriptor, draw.randbytes(length * block * SECTOR), start * block * SECTOR)
        os.fsync(descriptor)
