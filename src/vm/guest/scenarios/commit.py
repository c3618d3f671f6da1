"""Commit of a dm-snapshot into its origin."""

import pathlib
import re

import filesystem
import stores
from commands import OUT, command, expect, expect_equal
from devices import SECTOR, Slices, contents, disk, remove, scribble, sectors
from launcher import documented, run_typed

USE = re.compile(r"^# \.\.\. .*\n", re.MULTILINE)
"""The line of the README's scenario that stands for the use of the snapshot."""
FILE_SYSTEM_BLOCKS = 10240


def _commit(slices: Slices, name: str, mode: str, odd_sectors: int) -> None:
    base = slices.cut(f"{name}-base", FILE_SYSTEM_BLOCKS * 8 + 4096 + odd_sectors)
    cow = slices.cut(f"{name}-cow", 131072)
    for link, device in (("/dev/base", base), ("/dev/cow", cow)):
        pathlib.Path(link).symlink_to(device)
    filesystem.make(base, FILE_SYSTEM_BLOCKS)
    filesystem.mount(base)
    filesystem.populate(name)
    filesystem.unmount()
    directory = OUT / name
    begin, end = USE.split(documented("README.md", "commit").replace(" P 8", f" {mode}"))
    expect(mode in begin, "README's scenario 3 has another mode for its snapshot than P 8")

    run_typed(begin, directory)
    work = "/dev/mapper/work"
    filesystem.mount(work)
    filesystem.change(name)
    files = filesystem.listing()
    filesystem.unmount()
    size = sectors(work)
    scribble(work, name, 20, low=FILE_SYSTEM_BLOCKS * 8)
    scribble(work, name, 1, most=1, low=size - 8, high=size)
    wanted = contents(work)
    filesystem.mount(work, "-o", "ro")

    chunk, entries = stores.table(cow)
    last = size * SECTOR // chunk
    touched = any(old == last for old, _ in entries)
    expect(size * SECTOR % chunk == 0 or touched, "the last, partial chunk was not written to")
    run_typed(f"set -eu\n{end}", directory)
    expect_equal(contents(base), wanted, f"the base after the commit ({name})")
    filesystem.expect_clean(base, files)

    # A new snapshot can be made on the emptied store; it shows the base unchanged.
    run_typed(begin, directory)
    expect_equal(contents(work), wanted, f"a new snapshot on the emptied store ({name})")
    remove("work", f"{name}-cow", f"{name}-base")
    command("rm", "/dev/base", "/dev/cow")


def run() -> str:
    small, large = Slices(disk("small")), Slices(disk("large"))
    _commit(small, "p8-on-512", "P 8", 3)
    _commit(small, "po16-on-512", "PO 16", 13)
    # Here a chunk of P 8 is one block, and none can be partial.
    _commit(large, "p8-on-4096", "P 8", 0)
    _commit(large, "po16-on-4096", "PO 16", 8)
    return (
        "P 8 and PO 16 by README's commands, blocks of 512 and 4096 bytes, the last chunk partial in 3 of 4: "
        "the base equal to what the snapshot showed, fsck clean"
    )
