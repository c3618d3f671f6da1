"""Revert of an LVM snapshot while the volume is inactive."""

import filesystem
import lvm
from guest import OUT, contents, disk, expect_equal, readme_block, run_readme
from machine import Disk

DISKS = [Disk("pv", 256)]
CHUNKS = ("4k", "64k", "512k")


def run():
    lvm.make_group(disk("pv"))
    for seed, chunk in enumerate(CHUNKS):
        before, files = lvm.make_changed_volume(seed, chunk)
        run_readme(readme_block(1), OUT / f"readme-{chunk}")
        expect_equal(contents(lvm.DATA), before, f"the volume reverted by README's commands, chunks of {chunk}")
        filesystem.expect_clean(lvm.DATA, files)
        lvm.remove_volume()
    return f"README's commands, chunks of {', '.join(CHUNKS)}: the bytes and files as before the snapshot, fsck clean"
