"""Volumes and stores that somebody uses, or that the job names twice, by other names for the same sectors."""

import os

import filesystem
import lvm
from guest import contents, disk, dm, dm_merge, expect_equal, merged, remove, run as command
from machine import Disk
from refusals import Refusals, opened

DISKS = [Disk("pv", 256), Disk("spare", 128)]
ACTIVE = {"input": lvm.COW, "output": lvm.REAL}
IN_USE = ("device.in_use",)
MOUNTED = ("device.mounted",)
SAME = ("device.same",)
PART = 16384
"""Sectors of a mapping of a part of the volume."""


def _table(name):
    return command("dmsetup", "table", name).strip()


def _place(name):
    """The disk that a linear device maps, as a table names it, its first sector there, and its sectors."""
    _, count, target, device, start = _table(name).split()
    assert target == "linear"
    return device, int(start), int(count)


def _duplicates(refusals):
    """README's scenario 1 without its line that deactivates the volume."""
    origin, store = dm("tmp_lv", _table("vg0-data-real")), dm("tmp_cow", _table("vg0-snap-cow"))
    with filesystem.mounted(lvm.DATA):
        what = "duplicates of the tables of a volume that is mounted"
        refusals.try_job(what, MOUNTED, names=lvm.MAPPED, input=store, output=origin)
        refusals.try_job("the origin's duplicate alone", MOUNTED, input=lvm.COW, output=origin)
    with opened(lvm.DATA):
        refusals.try_job("the origin's duplicate, the volume open", IN_USE, input=store, output=origin)
    with filesystem.mounted(origin):
        refusals.try_job("a duplicate mounted", MOUNTED, names=origin, **ACTIVE)
    with opened(origin, os.O_RDONLY | os.O_EXCL):
        refusals.try_job("a duplicate claimed", IN_USE, names=origin, **ACTIVE)
    with opened(origin):
        refusals.try_job("a duplicate open", IN_USE, names=origin, **ACTIVE)
    refusals.try_job("a duplicate of the store as the origin", SAME, input=lvm.COW, output=store)
    refusals.try_job("the same the other way round", SAME, input=store, output=lvm.COW)
    refusals.try_job("the snapshot itself as the origin", SAME, input=lvm.COW, output="/dev/mapper/vg0-snap")
    remove("tmp_lv", "tmp_cow")


def _overlaps(refusals):
    """Origins that share some sectors with the store, and not all."""
    device, start, count = _place("vg0-snap-cow")
    spare, size = disk("spare"), 131072
    tables = {
        "the store's last sector": [f"0 {size} linear {device} {start + count - 1}"],
        "one sector in its middle": [
            f"0 8192 linear {spare} 0",
            f"8192 1 linear {device} {start + count // 2}",
            f"8193 {size - 8193} linear {spare} 8192",
        ],
        "one stripe": [f"0 {size} striped 2 128 {spare} 0 {device} {start}"],
    }
    for what, table in tables.items():
        origin = dm("overlap", *table)
        refusals.try_job(f"an origin that shares {what}", SAME, input=lvm.COW, output=origin)
        remove("overlap")


def _loop(refusals):
    _, start, count = _place("vg0-data-real")
    place = [f"--offset={start * 512}", f"--sizelimit={count * 512}"]
    loop = command("losetup", "--find", "--show", "--read-only", *place, disk("pv")).strip()
    with filesystem.mounted(loop):
        refusals.try_job("a loop device over the disk's range mounted", MOUNTED, names=loop, **ACTIVE)
    command("losetup", "--detach", loop)


def _other_targets(refusals):
    """A part of the volume beneath other targets than linear ones."""
    device, start, _ = _place("vg0-data-real")
    spare, start = disk("spare"), start + PART
    tables = {
        "linear": f"0 {PART} linear {device} {start}",
        "crypt": f"0 {PART} crypt aes-cbc-plain64 {'00' * 16} 0 {device} {start}",
        "striped": f"0 {2 * PART} striped 2 128 {spare} 0 {device} {start}",
        "mirror": f"0 {PART} mirror core 2 1024 nosync 2 {spare} 0 {device} {start}",
        "delay": f"0 {PART} delay {device} {start} 0",
        "flakey": f"0 {PART} flakey {device} {start} 3600 0",
    }
    for target, table in tables.items():
        user = dm("user", table)
        with opened(user):
            # A mirror writes on its own.
            codes = ("device.held",) if target == "mirror" else IN_USE
            refusals.try_job(f"a part of it in a {target} target open", codes, names=user, **ACTIVE)
        remove("user")

    pool_data = dm("pool_data", tables["linear"])
    metadata = dm("pool_metadata", f"0 8192 linear {spare} 0")
    command("dd", "if=/dev/zero", f"of={metadata}", "bs=4k", "count=1", "oflag=direct")
    dm("pool", f"0 {PART} thin-pool {metadata} {pool_data} 128 0")
    refusals.try_job("a part of it a thin pool's data", ("device.held", "device.in_use"), **ACTIVE)
    remove("pool", "pool_metadata", "pool_data")


def _last(refusals):
    """What overwrites the file system."""
    device, start, _ = _place("vg0-data-real")
    part = dm("part", f"0 {PART} linear {device} {start + PART}")
    filesystem.make(part)
    with filesystem.mounted(part):
        refusals.try_job("a part of it mounted", MOUNTED, names=part, **ACTIVE)
    remove("part")
    origin = dm("tmp_lv", _table("vg0-data-real"))
    command("mkswap", origin)
    command("swapon", origin)
    refusals.try_job("a duplicate as swap", ("device.swap",), names=origin, **ACTIVE)
    command("swapoff", origin)
    remove("tmp_lv")


def run():
    lvm.make_group(disk("pv"))
    lvm.make_changed_volume(1, "4k", mib=32)
    filesystem.unmount()
    refusals = Refusals()
    for step in (_duplicates, _overlaps, _loop, _other_targets, _last):
        step(refusals)
    told = refusals.result()
    wanted = merged(lvm.REAL, lvm.COW)
    dm_merge("apply", force=True, **ACTIVE)
    expect_equal(contents(lvm.REAL), wanted, "the volume, reverted when nobody used it any more")
    return f"{told}: refused, and not a byte changed; without them it is reverted"
