"""Revert of an LVM snapshot by the Ansible role."""

import filesystem
import lvm
import playbook
from guest import contents, disk, expect, expect_equal
from machine import Disk

DISKS = [Disk("pv", 256)]
CHUNKS = ("4k", "64k")
"""The largest one is the fleet's."""


def run():
    lvm.make_group(disk("pv"))
    for seed, chunk in enumerate(CHUNKS):
        before, files = lvm.make_changed_volume(seed, chunk)
        filesystem.unmount()
        expect(playbook.revert() > 0, f"the role changed nothing, chunks of {chunk}")
        expect_equal(contents(lvm.DATA), before, f"the volume reverted by the role, chunks of {chunk}")
        filesystem.expect_clean(lvm.DATA, files)
        lvm.remove_volume()
    return f"the Ansible role, chunks of {', '.join(CHUNKS)}: the bytes and files as before the snapshot, fsck clean"
