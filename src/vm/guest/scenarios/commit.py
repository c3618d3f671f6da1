"""Commit of a dm-snapshot into its origin."""

import os
import pathlib

import filesystem
from guest import OUT, Slices, contents, disk, expect, expect_equal, readme_block, remove, run as command
from guest import run_readme, scribble, sectors, table
from machine import Disk

DISKS = [Disk("small", 512), Disk("large", 512, block=4096)]
HOOK = "# ... somebody writes to /dev/mapper/work ...\n"
FILE_SYSTEM_BLOCKS = 10240


def _commit(slices, name, mode, odd_sectors):
    base = slices.cut(f"{name}-base", FILE_SYSTEM_BLOCKS * 8 + 4096 + odd_sectors)
    cow = slices.cut(f"{name}-cow", 131072)
    for link, device in (("/dev/base", base), ("/dev/cow", cow)):
        pathlib.Path(link).unlink(missing_ok=True)
        os.symlink(device, link)
    filesystem.make(base, FILE_SYSTEM_BLOCKS)
    filesystem.mount(base)
    filesystem.populate(name)
    filesystem.unmount()
    folder = OUT / name
    begin, end = readme_block(3).replace(" P 8", f" {mode}").split(HOOK)
    expect(mode in begin, "README's scenario 3 makes another snapshot than it did")

    run_readme(begin, folder)
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

    chunk, entries = table(cow)
    last = size * 512 // chunk
    touched = any(old == last for old, _ in entries)
    expect(size * 512 % chunk == 0 or touched, "the last, partial chunk was not written to")
    run_readme(f"set -eu\n{end}", folder)
    expect_equal(contents(base), wanted, f"the base after the commit ({name})")
    filesystem.expect_clean(base, files)

    # What is left of the store takes a new snapshot, which shows the base as it is now.
    run_readme(begin, folder)
    expect_equal(contents(work), wanted, f"a new snapshot on the emptied store ({name})")
    remove("work", f"{name}-cow", f"{name}-base")
    command("rm", "/dev/base", "/dev/cow")


def run():
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
