"""Revert of an LVM snapshot while the volume is active."""

import lvm
from commands import OUT, expect, expect_equal
from devices import cached, disk
from launcher import dm_merge, documented, run_typed
from refusals import MOUNTED, Refusals

CHUNKS = ("4k", "64k", "512k")


def run() -> str:
    lvm.make_group(disk("pv"))
    refusals = Refusals()
    for seed, chunk in enumerate(CHUNKS):
        before = lvm.make_changed_volume(seed, chunk)
        if chunk == CHUNKS[0]:
            refusals.try_job("the volume while it is mounted", MOUNTED, **lvm.ACTIVE)
            # libblkid itself skips LVM's private devices.
            content = dm_merge("plan", **lvm.ACTIVE)["output"]["content"]
            expect(content and content["type"] == "ext4", f"the plan reports {content} on the volume")
        run_typed(documented("README.md", "revert_active"), OUT / f"readme-{chunk}")
        expect_equal(cached(lvm.DATA), before.content, f"the volume reverted while active, chunks of {chunk}")
        before.expect_restored(f"the volume's device, chunks of {chunk}")
        lvm.remove_volume()
    return (
        f"{refusals.result()}; README's commands, chunks of {', '.join(CHUNKS)}: "
        "the bytes and files as before the snapshot, fsck clean"
    )
