"""Revert of an LVM snapshot while the volume is inactive."""

import lvm
from commands import OUT
from devices import disk
from launcher import documented, run_typed

CHUNKS = ("4k", "64k", "512k")


def run() -> str:
    lvm.make_group(disk("pv"))
    for seed, chunk in enumerate(CHUNKS):
        before = lvm.make_changed_volume(seed, chunk)
        run_typed(documented("README.md", "revert_inactive"), OUT / f"readme-{chunk}")
        before.expect_restored(f"the volume reverted by README's commands, chunks of {chunk}")
        lvm.remove_volume()
    return f"README's commands, chunks of {', '.join(CHUNKS)}: the bytes and files as before the snapshot, fsck clean"
