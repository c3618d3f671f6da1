"""A volume in use where the mount table of the reverting process does not show it: in another namespace, or open."""

import os
import pathlib

import filesystem
import lvm
from commands import command
from devices import disk, dm, dm_table, opened, remove
from refusals import IN_USE, Refusals, mounted_elsewhere

MOUNTED = ("device.mounted", "device.in_use")
NAMESPACE = pathlib.Path("/run/namespaces/kept")


def _open(refusals: Refusals) -> None:
    """As a virtual machine or a database would open the raw device."""
    for path in (lvm.MAPPED, lvm.SNAPSHOT):
        with opened(path):
            refusals.try_job(f"{path} open", IN_USE, names=path, **lvm.ACTIVE)
    with opened(lvm.MAPPED, os.O_RDWR | os.O_EXCL):
        refusals.try_job("the volume claimed", IN_USE, names=lvm.MAPPED, **lvm.ACTIVE)


def _mounted_in_another_namespace(refusals: Refusals, what: str, device: str) -> None:
    with mounted_elsewhere(device, filesystem.MOUNT_POINT):
        refusals.try_job(f"{what} mounted in another namespace", MOUNTED, names=device, **lvm.ACTIVE)


def _mounted_in_a_namespace_without_processes(refusals: Refusals, what: str, device: str) -> None:
    command("unshare", f"--mount={NAMESPACE}", "mount", "-o", "ro", device, filesystem.MOUNT_POINT)
    refusals.try_job(f"{what} mounted in a namespace without processes", IN_USE, names=device, **lvm.ACTIVE)
    command("umount", NAMESPACE)


def run() -> str:
    lvm.make_group(disk("pv"))
    lvm.make_changed_volume(1, "4k", mib=32)
    filesystem.unmount()
    # The file of a mount namespace can only be bound to a private mount.
    namespaces = NAMESPACE.parent
    namespaces.mkdir()
    command("mount", "--bind", namespaces, namespaces)
    command("mount", "--make-private", namespaces)
    NAMESPACE.touch()

    refusals = Refusals()
    _open(refusals)
    plain = dm("plain", f"0 65536 linear {lvm.REAL} 0")
    duplicate = dm("duplicate", dm_table("vg0-data-real"))
    for what, device in (
        ("the volume", lvm.MAPPED),
        ("a linear device on it, without a uuid,", plain),
        ("a duplicate of its table", duplicate),
    ):
        _mounted_in_another_namespace(refusals, what, device)
        _mounted_in_a_namespace_without_processes(refusals, what, device)
    remove("duplicate", "plain")
    refused = refusals.result()
    lvm.expect_revertible()
    return f"{refused}; the volume is reverted when it is no longer in use"
