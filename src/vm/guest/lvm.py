"""LVM volumes as README has them: vg0/data with its snapshot vg0/snap."""

import filesystem
from guest import contents, run

DATA = "/dev/vg0/data"
MAPPED = "/dev/mapper/vg0-data"
"""The same, as device-mapper names it."""
REAL = "/dev/mapper/vg0-data-real"
"""The volume's own bytes while it is active."""
COW = "/dev/mapper/vg0-snap-cow"
"""The snapshot's store while it is active."""


def make_group(*devices):
    run("pvcreate", "-q", "-y", *devices)
    run("vgcreate", "-q", "vg0", *devices)


def make_changed_volume(seed, chunk, mib=96):
    """Makes the volume and a snapshot of it, and then changes files; the volume is left mounted.

    Returns the bytes and the files that it had when the snapshot was made.
    """
    run("lvcreate", "-q", "-y", "-W", "y", "-L", f"{mib}M", "-n", "data", "vg0")
    filesystem.make(DATA)
    filesystem.mount(DATA)
    filesystem.populate(seed)
    files = filesystem.listing()
    filesystem.unmount()
    before = contents(DATA)
    run("lvcreate", "-q", "-y", "-s", "-c", chunk, "-L", f"{mib}M", "-n", "snap", "vg0/data")
    filesystem.mount(DATA)
    filesystem.change(seed)
    run("sync")
    return before, files


def remove_volume():
    run("lvremove", "-q", "-y", "vg0/data")
