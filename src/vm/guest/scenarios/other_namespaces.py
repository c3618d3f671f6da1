"""A volume that is in use where nobody who reverts it sees a mount: in another namespace, or open as it is."""

import os
import pathlib

import filesystem
import lvm
from guest import contents, disk, dm, dm_merge, expect_equal, merged, remove, run as command
from machine import Disk
from refusals import Refusals, mounted_elsewhere, opened

DISKS = [Disk("pv", 256)]
ACTIVE = {"input": lvm.COW, "output": lvm.REAL}
IN_USE = ("device.in_use",)
MOUNTED = ("device.mounted", "device.in_use")
NAMESPACE = pathlib.Path("/run/namespaces/kept")
SNAPSHOT = "/dev/mapper/vg0-snap"


def _open(refusals):
    """A virtual machine or a database on the raw device."""
    for path in (lvm.MAPPED, SNAPSHOT):
        with opened(path):
            refusals.try_job(f"{path} open", IN_USE, names=path, **ACTIVE)
    with opened(lvm.MAPPED, os.O_RDWR | os.O_EXCL):
        refusals.try_job("the volume claimed", IN_USE, names=lvm.MAPPED, **ACTIVE)


def _mounted_in_another_namespace(refusals, what, device):
    with mounted_elsewhere(device, filesystem.MOUNT_POINT):
        refusals.try_job(f"{what} mounted in another namespace", MOUNTED, names=device, **ACTIVE)


def _mounted_in_a_namespace_without_processes(refusals, what, device):
    command("unshare", f"--mount={NAMESPACE}", "mount", "-o", "ro", device, filesystem.MOUNT_POINT)
    refusals.try_job(f"{what} mounted in a namespace that no process is in", IN_USE, names=device, **ACTIVE)
    command("umount", NAMESPACE)


def run():
    lvm.make_group(disk("pv"))
    lvm.make_changed_volume(1, "4k", mib=32)
    filesystem.unmount()
    # The file of a mount namespace can be bound to a private mount only.
    folder = NAMESPACE.parent
    folder.mkdir()
    command("mount", "--bind", folder, folder)
    command("mount", "--make-private", folder)
    NAMESPACE.touch()

    refusals = Refusals()
    _open(refusals)
    plain = dm("plain", f"0 65536 linear {lvm.REAL} 0")
    duplicate = dm("duplicate", command("dmsetup", "table", "vg0-data-real").strip())
    for what, device in (
        ("the volume", lvm.MAPPED),
        ("a linear device on it, without a uuid,", plain),
        ("a duplicate of its table", duplicate),
    ):
        _mounted_in_another_namespace(refusals, what, device)
        _mounted_in_a_namespace_without_processes(refusals, what, device)
    remove("duplicate", "plain")
    told = refusals.result()

    wanted = merged(lvm.REAL, lvm.COW)
    dm_merge("apply", force=True, **ACTIVE)
    expect_equal(contents(lvm.REAL), wanted, "the volume, reverted when nobody used it any more")
    return f"{told}: refused, and not a byte changed; without them it is reverted"
