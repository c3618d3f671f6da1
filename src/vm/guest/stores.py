"""Stores of dm-snapshot: their table, and what they make of an origin."""

import itertools
import pathlib
import struct

from commands import AnyPath, expect
from devices import SECTOR, attach_loop, contents, detach_loop, direct, snapshot, write

_MAGIC = 0x70416E53


def empty(path: AnyPath) -> None:
    """Erases the header, so that the kernel starts a new store."""
    write(path, bytes(4096))


def table(path: AnyPath) -> tuple[int, list[tuple[int, int]]]:
    """The chunk size in bytes and the exceptions (old, new) of a store: a device (by O_DIRECT) or a file."""

    def read(offset: int, length: int) -> bytes:
        if pathlib.Path(path).is_block_device():
            return direct(path, offset, length)
        with open(path, "rb") as file:
            file.seek(offset)
            return file.read(length)

    magic, valid, version, chunk_sectors = struct.unpack("<IIII", read(0, 4096)[:16])
    expect((magic, valid, version) == (_MAGIC, 1, 1), f"{path} is no valid store")
    chunk = chunk_sectors * SECTOR
    per_area = chunk // 16
    entries: list[tuple[int, int]] = []
    for area in itertools.count():
        for old, new in struct.iter_unpack("<QQ", read((1 + area * (per_area + 1)) * chunk, chunk)):
            if new == 0:
                return chunk, entries
            entries.append((old, new))
    raise AssertionError("unreachable")


def merged(origin: AnyPath, store: AnyPath) -> bytes:
    """The bytes that an origin must have after a merge of the store, computed independently of dm-merge."""
    chunk, entries = table(store)
    content = contents(store)
    result = bytearray(contents(origin))
    size = len(result)
    for old, new in entries:
        length = min(chunk, size - old * chunk)
        result[old * chunk : old * chunk + length] = content[new * chunk : new * chunk + length]
    return bytes(result)


def shown_by_kernel(origin: str, store_file: AnyPath) -> bytes:
    """What the kernel's snapshot shows of an origin through a store in a file."""
    loop = attach_loop(store_file)
    chunk, _ = table(loop)
    with snapshot(origin, loop, f"P {chunk // SECTOR}", "shown") as shown:
        bytes_shown = contents(shown)
    detach_loop(loop)
    return bytes_shown
