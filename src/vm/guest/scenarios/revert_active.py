"""Revert of an LVM snapshot while the volume is active."""

import filesystem
import lvm
from guest import OUT, contents, direct, disk, dm_merge, expect, expect_equal, readme_block, run_readme, sectors
from machine import Disk

DISKS = [Disk("pv", 256)]
CHUNKS = ("4k", "64k", "512k")
REAL = "/dev/mapper/vg0-data-real"
COW = "/dev/mapper/vg0-snap-cow"


def _whole(path):
    return direct(path, 0, sectors(path) * 512)


def run():
    lvm.make_group(disk("pv"))
    for seed, chunk in enumerate(CHUNKS):
        before, files = lvm.make_changed_volume(seed, chunk)
        if chunk == CHUNKS[0]:
            changed = _whole(REAL)
            problem = dm_merge("apply", status=78, input=COW, output=REAL, force=True)
            expect(problem["code"] == "device.mounted", f"refused with {problem['code']} while it was mounted")
            expect_equal(_whole(REAL), changed, "the volume after it was refused")
            # libblkid itself refuses to look at LVM's private devices.
            content = dm_merge("plan", input=COW, output=REAL)["output"]["content"]
            expect(content and content["type"] == "ext4", f"the volume holds {content}")
        run_readme(readme_block(2), OUT / f"readme-{chunk}")
        with open(lvm.DATA, "rb") as volume:
            expect_equal(volume.read(), before, f"the volume reverted while active, chunks of {chunk}")
        expect_equal(contents(lvm.DATA), before, f"the volume's device, chunks of {chunk}")
        filesystem.expect_clean(lvm.DATA, files)
        lvm.remove_volume()
    return (
        f"refused while mounted; README's commands, chunks of {', '.join(CHUNKS)}: "
        "the bytes and files as before the snapshot, fsck clean"
    )
