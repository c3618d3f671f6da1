"""Snapshots and volumes that must not be merged."""

import filesystem
import lvm
import stores
from commands import command, expect
from devices import Slices, disk, dm, fill, remove, scribble, snapshot, write
from launcher import dm_merge
from refusals import MOUNTED, Refusals

SECTORS = 16384
NOT_A_STORE = ("store.not_a_store",)


def _plain_snapshots(refusals: Refusals) -> None:
    slices = Slices(disk("plain"))
    origin, cow, small = slices.cut("origin", SECTORS), slices.cut("cow", SECTORS), slices.cut("small", 64)
    fill(origin, 1)

    stores.empty(small)
    with snapshot(origin, small) as work:
        command("dd", "if=/dev/urandom", f"of={work}", "bs=64k", "count=4", "oflag=direct", status=None)
        expect("Invalid" in command("dmsetup", "status", "snapshot"), "the snapshot did not overflow")
    refusals.try_job("an invalid snapshot", ("store.invalid",), input=small, output=origin)

    stores.empty(cow)
    with snapshot(origin, cow, "N 8") as work:
        scribble(work, 2, 20)
        refusals.try_job("a transient snapshot, active", NOT_A_STORE, input=cow, output=origin)
    refusals.try_job("a transient snapshot", NOT_A_STORE, input=cow, output=origin)

    write(cow, bytes(SECTORS * 512))
    with snapshot(origin, cow) as work:
        scribble(work, 3, 60, most=1)
    slow = dm("slow", f"0 {SECTORS} delay {origin} 0 0 {origin} 0 1000")
    dm("merge", f"0 {SECTORS} snapshot-merge {slow} {cow} P 8")
    # The kernel's merge goes on, so the origin's bytes cannot be compared.
    for output in (slow, origin):
        problem = dm_merge("apply", status=78, input=cow, output=output, force=True)
        expect(problem["code"] == "device.merging", f"a merging snapshot: refused with {problem['code']}")
    command("dmsetup", "remove", "--force", "merge")
    remove("slow")


def _stacks(refusals: Refusals) -> None:
    lvm.make_changed_volume(1, "4k", mib=48)
    command("mount", "-o", "remount,ro", filesystem.MOUNT_POINT)
    refusals.try_job("a mounted LV", MOUNTED, **lvm.ACTIVE)
    filesystem.unmount()

    with filesystem.mounted("/dev/vg0/snap"):
        refusals.try_job("a mounted snapshot", MOUNTED, **lvm.ACTIVE)

    command("mkswap", lvm.DATA)
    command("swapon", lvm.DATA)
    refusals.try_job("swap", ("device.swap",), **lvm.ACTIVE)
    command("swapoff", lvm.DATA)

    upper = dm("upper", f"0 65536 linear {lvm.DATA} 0")
    filesystem.make(upper)
    with filesystem.mounted(upper):
        refusals.try_job("a device-mapper device on the LV, mounted", MOUNTED, **lvm.ACTIVE)
    remove("upper")

    command("wipefs", "-q", "-a", lvm.DATA)
    command("pvcreate", "-q", "-y", lvm.DATA)
    command("vgcreate", "-q", "vg1", lvm.DATA)
    command("lvcreate", "-q", "-y", "-L", "16M", "-n", "inner", "vg1")
    refusals.try_job("an LV in a VG on the LV", ("device.held",), **lvm.ACTIVE)
    filesystem.make("/dev/vg1/inner")
    with filesystem.mounted("/dev/vg1/inner"):
        refusals.try_job("the same, mounted", MOUNTED, **lvm.ACTIVE)
    command("vgremove", "-q", "-y", "vg1")
    command("pvremove", "-q", "-y", lvm.DATA)
    lvm.remove_volume()


def _thin(refusals: Refusals) -> None:
    command("lvcreate", "-q", "-y", "-L", "64M", "-V", "32M", "-T", "vg0/pool", "-n", "thin")
    fill("/dev/vg0/thin", 4)
    command("lvcreate", "-q", "-y", "-s", "-kn", "-n", "thinsnap", "vg0/thin")
    scribble("/dev/vg0/thin", 5, 10)
    refusals.try_job("a thin snapshot", ("store.thin",), input="/dev/vg0/thinsnap", output="/dev/vg0/thin")


def run() -> str:
    refusals = Refusals()
    _plain_snapshots(refusals)
    lvm.make_group(disk("pv"))
    _stacks(refusals)
    _thin(refusals)
    return f"a merging snapshot (device.merging) is refused; {refusals.result()}"
