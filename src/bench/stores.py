"""Makes a store and its origin for measurements. No two chunks have the same bytes."""

import array
import os
import random
import struct
from collections.abc import Sequence

SECTOR = 512
BLOCK = 1 << 20


def make(directory: str, order: str, chunk: int, data: int, seed: int = 1) -> tuple[str, str]:
    """Writes ORDER.cow and ORDER.origin, which is twice as large as the data, and returns both paths."""
    count = data // chunk
    origin_chunks = 2 * count
    old: Sequence[int] = range(count)
    if order == "random":
        old = random.Random(seed).sample(range(origin_chunks), count)
    entries = chunk // 16
    cow = os.path.join(directory, order + ".cow")
    origin = os.path.join(directory, order + ".origin")
    with open(cow, "wb") as out:
        out.write(struct.pack("<IIII", 0x70416E53, 1, 1, chunk // SECTOR).ljust(chunk, b"\0"))
        for first in range(0, count + 1, entries):
            area = old[first : first + entries]
            start = 2 + first + first // entries
            table = b"".join(struct.pack("<QQ", o, start + i) for i, o in enumerate(area))
            out.write(table.ljust(chunk, b"\0"))
            left = len(area) * chunk
            while left > 0:
                out.write(os.urandom(min(left, BLOCK)))
                left -= BLOCK
    with open(origin, "wb") as out:
        for _ in range(origin_chunks * chunk // BLOCK):
            out.write(os.urandom(BLOCK))
    return cow, origin


def make_table(directory: str, chunk: int, count: int) -> str:
    """Writes a store that has only a table, with scattered old chunks, and returns its path."""
    entries = chunk // 16
    stride = 1_000_003  # a prime that divides no count, so no old chunk comes twice
    path = os.path.join(directory, "table.cow")
    with open(path, "wb") as out:
        out.write(struct.pack("<IIII", 0x70416E53, 1, 1, chunk // SECTOR))
        for first in range(0, count + 1, entries):
            place = 1 + first // entries * (entries + 1)
            numbers = array.array("Q", bytes(chunk))
            for i in range(min(entries, count - first)):
                numbers[2 * i] = (first + i) * stride % (2 * count + 1)
                numbers[2 * i + 1] = place + 1 + i
            out.seek(place * chunk)
            out.write(numbers.tobytes())
        out.truncate((2 + count + count // entries) * chunk)
    return path
