"""A fleet of one: the collection's playbook for one revert, twice."""

import filesystem
import lvm
import playbook
from guest import contents, disk, expect, expect_equal
from machine import Disk

DISKS = [Disk("pv", 256)]
CHUNK = "512k"


def run():
    lvm.make_group(disk("pv"))
    before, files = lvm.make_changed_volume("fleet", CHUNK)
    filesystem.unmount()
    expect(playbook.revert() > 0, "the first run changed nothing")
    expect_equal(contents(lvm.DATA), before, "the volume after the first run")
    expect(playbook.revert() == 0, "the second run changed something")
    expect_equal(contents(lvm.DATA), before, "the volume after the second run")
    filesystem.expect_clean(lvm.DATA, files)
    return (
        f"the collection's playbook for one revert twice, chunks of {CHUNK}, changed and unchanged: the bytes and files "
        "as before the snapshot both times, fsck clean"
    )
