"""Snapshots and volumes that must not be merged."""

import filesystem
import lvm
from guest import Slices, contents, disk, dm, dm_merge, expect, expect_equal, fill, remove
from guest import run as command
from guest import scribble, write
from machine import Disk

DISKS = [Disk("pv", 256), Disk("plain", 128)]
REAL = "/dev/mapper/vg0-data-real"
COW = "/dev/mapper/vg0-snap-cow"
SECTORS = 16384


def _refuse(what, code, status, output, **job):
    """The job is refused by this code, and the origin keeps every byte."""
    before = contents(output)
    problem = dm_merge("apply", status=status, output=output, force=True, **job)
    expect(problem["kind"] == "problem", f"{what}: a {problem['kind']} and not a problem")
    expect(problem["code"] == code, f"{what}: refused with {problem['code']} and not with {code}")
    expect_equal(contents(output), before, f"{what}: the origin after it was refused")
    return f"{what} ({code})"


def _plain_snapshots(slices):
    told = []
    origin, cow = slices.cut("origin", SECTORS), slices.cut("cow", SECTORS)
    fill(origin, 1)

    small = slices.cut("small", 64)
    write(small, bytes(4096))
    snapshot = dm("snapshot", f"0 {SECTORS} snapshot {origin} {small} P 8")
    command("dd", "if=/dev/urandom", f"of={snapshot}", "bs=64k", "count=4", "oflag=direct", status=None)
    expect("Invalid" in command("dmsetup", "status", "snapshot"), "the snapshot did not overflow")
    remove("snapshot")
    told.append(_refuse("an invalid snapshot", "store.invalid", 65, origin, input=small))

    write(cow, bytes(4096))
    snapshot = dm("snapshot", f"0 {SECTORS} snapshot {origin} {cow} N 8")
    scribble(snapshot, 2, 20)
    told.append(_refuse("a transient snapshot, active", "store.not_a_store", 65, origin, input=cow))
    remove("snapshot")
    told.append(_refuse("a transient snapshot", "store.not_a_store", 65, origin, input=cow))

    write(cow, bytes(SECTORS * 512))
    snapshot = dm("snapshot", f"0 {SECTORS} snapshot {origin} {cow} P 8")
    scribble(snapshot, 3, 60, most=1)
    remove("snapshot")
    slow = dm("slow", f"0 {SECTORS} delay {origin} 0 0 {origin} 0 1000")
    dm("merge", f"0 {SECTORS} snapshot-merge {slow} {cow} P 8")
    # The kernel goes on meanwhile: that the origin keeps its bytes can't be asked of this one.
    for output in (slow, origin):
        problem = dm_merge("apply", status=78, input=cow, output=output, force=True)
        expect(problem["code"] == "device.merging", f"a merging snapshot: refused with {problem['code']}")
    told.append("a merging snapshot (device.merging)")
    command("dmsetup", "remove", "--force", "merge")
    remove("slow")
    return told


def _stacks():
    told = []
    job = {"input": COW, "output": REAL}
    lvm.make_group(disk("pv"))
    lvm.make_changed_volume(1, "4k", mib=48)
    command("mount", "-o", "remount,ro", filesystem.MOUNT_POINT)
    told.append(_refuse("a mounted LV", "device.mounted", 78, **job))
    filesystem.unmount()

    filesystem.mount("/dev/vg0/snap", "-o", "ro")
    told.append(_refuse("a mounted snapshot", "device.mounted", 78, **job))
    filesystem.unmount()

    command("mkswap", lvm.DATA)
    command("swapon", lvm.DATA)
    told.append(_refuse("swap", "device.swap", 78, **job))
    command("swapoff", lvm.DATA)

    dm("upper", f"0 65536 linear {lvm.DATA} 0")
    filesystem.make("/dev/mapper/upper")
    filesystem.mount("/dev/mapper/upper", "-o", "ro")
    told.append(_refuse("a device-mapper device on the LV, mounted", "device.mounted", 78, **job))
    filesystem.unmount()
    remove("upper")

    command("wipefs", "-q", "-a", lvm.DATA)
    command("pvcreate", "-q", "-y", lvm.DATA)
    command("vgcreate", "-q", "vg1", lvm.DATA)
    command("lvcreate", "-q", "-y", "-L", "16M", "-n", "inner", "vg1")
    told.append(_refuse("an LV in a VG on the LV", "device.held", 78, **job))
    filesystem.make("/dev/vg1/inner")
    filesystem.mount("/dev/vg1/inner", "-o", "ro")
    told.append(_refuse("the same, mounted", "device.mounted", 78, **job))
    filesystem.unmount()
    command("vgremove", "-q", "-y", "vg1")
    command("pvremove", "-q", "-y", lvm.DATA)
    lvm.remove_volume()
    return told


def _thin():
    command("lvcreate", "-q", "-y", "-L", "64M", "-V", "32M", "-T", "vg0/pool", "-n", "thin")
    fill("/dev/vg0/thin", 4)
    command("lvcreate", "-q", "-y", "-s", "-kn", "-n", "thinsnap", "vg0/thin")
    scribble("/dev/vg0/thin", 5, 10)
    return [_refuse("a thin snapshot", "store.thin", 65, input="/dev/vg0/thinsnap", output="/dev/vg0/thin")]


def run():
    told = _plain_snapshots(Slices(disk("plain"))) + _stacks() + _thin()
    return f"{', '.join(told)}: refused, and not a byte changed"
