"""A fleet of one: the collection's playbook for one revert, twice."""

import filesystem
import lvm
import playbook
from commands import expect, expect_equal
from devices import contents, disk

CHUNK = "512k"


def run() -> str:
    lvm.make_group(disk("pv"))
    before = lvm.make_changed_volume("fleet", CHUNK)
    filesystem.unmount()
    expect(playbook.revert() > 0, "the first run changed nothing")
    expect_equal(contents(lvm.DATA), before.content, "the volume after the first run")
    expect(playbook.revert() == 0, "the second run changed something")
    before.expect_restored("the volume after the second run")
    return (
        f"the collection's playbook for one revert twice, chunks of {CHUNK}, changed and unchanged: "
        "the bytes and files as before the snapshot both times, fsck clean"
    )
