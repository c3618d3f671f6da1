"""Volumes, partitions and loop devices beside others that are in use on the same disks: they can be reverted."""

import os
import pathlib

import filesystem
import lvm
from guest import OUT, contents, disk, dm, dm_merge, expect_equal, fill, merged, readme_block, remove, run_readme
from guest import run as command
from guest import scribble, sectors, write
from machine import Disk
from refusals import Refusals, opened

DISKS = [Disk("left", 256), Disk("right", 256)]
ARRAY = "/dev/md0"
OTHER = pathlib.Path("/run/other")
NEIGHBOUR = pathlib.Path("/run/neighbour")


def _partition(path):
    """The first partition becomes a part of the array, the second one is for others."""
    command("sfdisk", "--quiet", path, text="size=192MiB\nsize=48MiB\n")
    return f"{path}1", f"{path}2"


def _mount(device, place):
    filesystem.make(device)
    place.mkdir()
    command("mount", device, place)


def _leg(refusals, partition):
    """A range of one of the array's disks, which holds the volume's bytes as well as the other one does."""
    name = pathlib.Path(partition).name
    offset = int(pathlib.Path(f"/sys/block/md0/md/dev-{name}/offset").read_text())
    _, count, _, _, start = command("dmsetup", "table", "vg0-data-real").split()
    place = [f"--offset={(offset + int(start)) * 512}", f"--sizelimit={int(count) * 512}"]
    leg = command("losetup", "--find", "--show", "--read-only", *place, partition).strip()
    with filesystem.mounted(leg):
        what = "a loop device over the volume's bytes on a disk of its array mounted"
        refusals.try_job(what, ("device.mounted",), names=leg, input=lvm.COW, output=lvm.REAL)
    command("losetup", "--detach", leg)


def _range_of(partition, size):
    """A loop device over the bytes of a partition, by way of the whole disk; `size` in MiB."""
    start = int(pathlib.Path(f"/sys/class/block/{pathlib.Path(partition).name}/start").read_text())
    place = [f"--offset={start * 512}", f"--sizelimit={size << 20}"]
    return command("losetup", "--find", "--show", *place, partition[:-1]).strip()


def _partition_in_use(refusals, partition):
    """A partition, and a range of its disk: one is mounted, the other one is the origin."""
    filesystem.make(partition)
    twin = _range_of(partition, 48)
    for user, origin in ((partition, twin), (twin, partition)):
        with filesystem.mounted(user):
            what = f"{origin} while {user} is mounted"
            refusals.try_job(what, ("device.mounted",), names=user, input=lvm.COW, output=origin)
    command("losetup", "--detach", twin)


def _revert_by_readme(section, refused=()):
    """Reverts a new volume; what is `refused` is tried before."""
    before, files = lvm.make_changed_volume(section, "4k", mib=48)
    filesystem.unmount()
    for attempt in refused:
        attempt()
    filesystem.mount(lvm.DATA)
    run_readme(readme_block(section), OUT / f"readme-{section}")
    expect_equal(contents(lvm.DATA), before, f"the volume on an array, README's scenario {section}")
    filesystem.expect_clean(lvm.DATA, files)
    lvm.remove_volume()


def _commit(what, store, base):
    """Scenario 3, with devices that dm-merge gets as they are."""
    size = sectors(base)
    fill(base, what)
    write(store, bytes(4096))
    snapshot = dm("work", f"0 {size} snapshot {base} {store} P 8")
    scribble(snapshot, what, 20)
    wanted = contents(snapshot)
    remove("work")
    expect_equal(merged(base, store), wanted, f"{what}: what is to come out")
    dm_merge("apply", input=store, output=base, force=True)
    expect_equal(contents(base), wanted, what)


def run():
    (left_leg, left), (right_leg, right) = _partition(disk("left")), _partition(disk("right"))
    command("mdadm", "--create", ARRAY, "--run", "--assume-clean", "--level=1", "--raid-devices=2", left_leg, right_leg)
    lvm.make_group(ARRAY)
    command("lvcreate", "-q", "-y", "-L", "16M", "-n", "other", "vg0")
    _mount("/dev/vg0/other", OTHER)
    _mount(left, NEIGHBOUR)
    nothing = dm("nothing", "0 65536 zero")
    busy = NEIGHBOUR / "busy"
    busy.write_bytes(bytes(1 << 20))
    loop = command("losetup", "--find", "--show", busy).strip()

    refusals = Refusals()
    with open(OTHER / "open", "wb"), opened(nothing, os.O_RDONLY | os.O_EXCL), opened(loop, os.O_RDWR | os.O_EXCL):
        _revert_by_readme(1)
        _revert_by_readme(2, (lambda: _leg(refusals, left_leg), lambda: _partition_in_use(refusals, right)))
        told = refusals.result()

        image = NEIGHBOUR / "store"
        image.write_bytes(bytes(16 << 20))
        store = command("losetup", "--find", "--show", image).strip()
        _commit("a partition from a loop device", store, right)
        base = _range_of(right, 16)
        _commit("a loop device over a part of a disk", store, base)
        command("losetup", "--detach", base)
    return (
        "beside a mounted LV of the same group, a mounted partition and an array on the same disks, and a loop device "
        "and a zero target in use: README's scenarios 1 and 2 on an array, a partition and a loop device written, "
        f"the bytes as they must be; {told}: refused"
    )
