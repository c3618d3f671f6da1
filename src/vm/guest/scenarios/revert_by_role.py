"""Revert of an LVM snapshot by the Ansible role."""

import filesystem
import lvm
import playbook
from commands import expect
from devices import disk

CHUNKS = ("4k", "64k")
"""The scenario `fleet` has the largest chunks."""


def run() -> str:
    lvm.make_group(disk("pv"))
    for seed, chunk in enumerate(CHUNKS):
        before = lvm.make_changed_volume(seed, chunk)
        filesystem.unmount()
        expect(playbook.revert() > 0, f"the role changed nothing, chunks of {chunk}")
        before.expect_restored(f"the volume reverted by the role, chunks of {chunk}")
        lvm.remove_volume()
    return f"the Ansible role, chunks of {', '.join(CHUNKS)}: the bytes and files as before the snapshot, fsck clean"
