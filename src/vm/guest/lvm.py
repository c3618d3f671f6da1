"""LVM volumes with the names that the README uses: vg0/data and its snapshot vg0/snap."""

import dataclasses

import filesystem
from commands import Seed, command, expect_equal
from devices import contents
from launcher import Document, dm_merge
from stores import merged

DATA = "/dev/vg0/data"
MAPPED = "/dev/mapper/vg0-data"
"""The same, by its device-mapper name."""
SNAPSHOT = "/dev/mapper/vg0-snap"
REAL = "/dev/mapper/vg0-data-real"
"""The volume's own bytes while it is active."""
COW = "/dev/mapper/vg0-snap-cow"
"""The snapshot's store while it is active."""
ACTIVE: Document = {"input": COW, "output": REAL}
"""The devices of a job that reverts the active volume."""


@dataclasses.dataclass(frozen=True)
class Before:
    """The volume when the snapshot was made."""

    content: bytes
    files: filesystem.Files

    def expect_restored(self, what: str) -> None:
        expect_equal(contents(DATA), self.content, what)
        filesystem.expect_clean(DATA, self.files)


def make_group(*devices: str) -> None:
    command("pvcreate", "-q", "-y", *devices)
    command("vgcreate", "-q", "vg0", *devices)


def make_changed_volume(seed: Seed, chunk: str, mib: int = 96) -> Before:
    """Makes the volume and its snapshot, then changes files. The volume is left mounted."""
    command("lvcreate", "-q", "-y", "-W", "y", "-L", f"{mib}M", "-n", "data", "vg0")
    filesystem.make(DATA)
    filesystem.mount(DATA)
    filesystem.populate(seed)
    files = filesystem.listing()
    filesystem.unmount()
    content = contents(DATA)
    command("lvcreate", "-q", "-y", "-s", "-c", chunk, "-L", f"{mib}M", "-n", "snap", "vg0/data")
    filesystem.mount(DATA)
    filesystem.change(seed)
    command("sync")
    return Before(content, files)


def expect_revertible() -> None:
    """The active volume can be reverted."""
    wanted = merged(REAL, COW)
    dm_merge("apply", force=True, **ACTIVE)
    expect_equal(contents(REAL), wanted, "the volume, reverted when it was no longer in use")


def remove_volume() -> None:
    command("lvremove", "-q", "-y", "vg0/data")
