"""Volumes and stores whose sectors are in use, or named twice by the job, under other names."""

import os

import filesystem
import lvm
from commands import command
from devices import attach_loop, detach_loop, disk, dm, dm_table, linear_place, loop_range, opened, remove
from refusals import IN_USE, MOUNTED, Refusals

SAME = ("device.same",)
PART = 16384
"""Sectors of a mapping of a part of the volume."""


def _duplicates(refusals: Refusals) -> None:
    """README's scenario 1 without its line that deactivates the volume."""
    origin, store = dm("tmp_lv", dm_table("vg0-data-real")), dm("tmp_cow", dm_table("vg0-snap-cow"))
    with filesystem.mounted(lvm.DATA):
        what = "duplicates of the tables of a volume that is mounted"
        refusals.try_job(what, MOUNTED, names=lvm.MAPPED, input=store, output=origin)
        refusals.try_job("the origin's duplicate alone", MOUNTED, input=lvm.COW, output=origin)
    with opened(lvm.DATA):
        refusals.try_job("the origin's duplicate, the volume open", IN_USE, input=store, output=origin)
    with filesystem.mounted(origin):
        refusals.try_job("a duplicate mounted", MOUNTED, names=origin, **lvm.ACTIVE)
    with opened(origin, os.O_RDONLY | os.O_EXCL):
        refusals.try_job("a duplicate claimed", IN_USE, names=origin, **lvm.ACTIVE)
    with opened(origin):
        refusals.try_job("a duplicate open", IN_USE, names=origin, **lvm.ACTIVE)
    refusals.try_job("a duplicate of the store as the origin", SAME, input=lvm.COW, output=store)
    refusals.try_job("the same the other way round", SAME, input=store, output=lvm.COW)
    refusals.try_job("the snapshot itself as the origin", SAME, input=lvm.COW, output=lvm.SNAPSHOT)
    remove("tmp_lv", "tmp_cow")


def _overlaps(refusals: Refusals) -> None:
    """Origins that share some sectors with the store, and not all."""
    device, start, count = linear_place("vg0-snap-cow")
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


def _loop(refusals: Refusals) -> None:
    _, start, count = linear_place("vg0-data-real")
    loop = attach_loop(disk("pv"), "--read-only", *loop_range(start, count))
    with filesystem.mounted(loop):
        refusals.try_job("a loop device over the disk's range mounted", MOUNTED, names=loop, **lvm.ACTIVE)
    detach_loop(loop)


def _other_targets(refusals: Refusals) -> None:
    """A part of the volume under targets other than linear."""
    device, start, _ = linear_place("vg0-data-real")
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
            refusals.try_job(f"a part of it in a {target} target open", codes, names=user, **lvm.ACTIVE)
        remove("user")

    pool_data = dm("pool_data", tables["linear"])
    metadata = dm("pool_metadata", f"0 8192 linear {spare} 0")
    command("dd", "if=/dev/zero", f"of={metadata}", "bs=4k", "count=1", "oflag=direct")
    dm("pool", f"0 {PART} thin-pool {metadata} {pool_data} 128 0")
    refusals.try_job("a part of it a thin pool's data", ("device.held", "device.in_use"), **lvm.ACTIVE)
    remove("pool", "pool_metadata", "pool_data")


def _last(refusals: Refusals) -> None:
    """These overwrite the file system."""
    device, start, _ = linear_place("vg0-data-real")
    part = dm("part", f"0 {PART} linear {device} {start + PART}")
    filesystem.make(part)
    with filesystem.mounted(part):
        refusals.try_job("a part of it mounted", MOUNTED, names=part, **lvm.ACTIVE)
    remove("part")
    origin = dm("tmp_lv", dm_table("vg0-data-real"))
    command("mkswap", origin)
    command("swapon", origin)
    refusals.try_job("a duplicate as swap", ("device.swap",), names=origin, **lvm.ACTIVE)
    command("swapoff", origin)
    remove("tmp_lv")


def run() -> str:
    lvm.make_group(disk("pv"))
    lvm.make_changed_volume(1, "4k", mib=32)
    filesystem.unmount()
    refusals = Refusals()
    for step in (_duplicates, _overlaps, _loop, _other_targets, _last):
        step(refusals)
    refused = refusals.result()
    lvm.expect_revertible()
    return f"{refused}; the volume is reverted when it is no longer in use"
