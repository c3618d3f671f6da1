"""Volumes, partitions and loop devices on disks that are also in use for something else: they can be reverted."""

import os
import pathlib
from collections.abc import Callable

import filesystem
import lvm
import stores
from commands import OUT, command, expect_equal
from devices import (
    SECTOR,
    attach_loop,
    contents,
    detach_loop,
    disk,
    dm,
    fill,
    linear_place,
    loop_range,
    opened,
    scribble,
    snapshot,
)
from launcher import dm_merge, documented, run_typed
from refusals import MOUNTED, Refusals

ARRAY = "/dev/md0"
OTHER = pathlib.Path("/run/other")
NEIGHBOUR = pathlib.Path("/run/neighbour")
MIB_SECTORS = (1 << 20) // SECTOR


def _partition(path: str) -> tuple[str, str]:
    """Makes two partitions: the first is for the array, the second for other uses."""
    command("sfdisk", "--quiet", path, text="size=192MiB\nsize=48MiB\n")
    return f"{path}1", f"{path}2"


def _mount(device: str, mount_point: pathlib.Path) -> None:
    filesystem.make(device)
    mount_point.mkdir()
    command("mount", device, mount_point)


def _leg(refusals: Refusals, partition: str) -> None:
    """A range of one of the array's disks, which has the volume's bytes just as the other one does."""
    name = pathlib.Path(partition).name
    offset = int(pathlib.Path(f"/sys/block/md0/md/dev-{name}/offset").read_text())
    _, start, count = linear_place("vg0-data-real")
    leg = attach_loop(partition, "--read-only", *loop_range(offset + start, count))
    with filesystem.mounted(leg):
        what = "a loop device over the volume's bytes on a disk of its array mounted"
        refusals.try_job(what, MOUNTED, names=leg, **lvm.ACTIVE)
    detach_loop(leg)


def _loop_over(partition: str, mib: int) -> str:
    """A loop device over the first bytes of a partition, attached to the whole disk."""
    start = int(pathlib.Path(f"/sys/class/block/{pathlib.Path(partition).name}/start").read_text())
    return attach_loop(partition[:-1], *loop_range(start, mib * MIB_SECTORS))


def _partition_in_use(refusals: Refusals, partition: str) -> None:
    """A partition, and a range of its disk: one is mounted, the other one is the origin."""
    filesystem.make(partition)
    twin = _loop_over(partition, 48)
    for user, origin in ((partition, twin), (twin, partition)):
        with filesystem.mounted(user):
            refusals.try_job(f"{origin} while {user} is mounted", MOUNTED, names=user, input=lvm.COW, output=origin)
    detach_loop(twin)


def _revert_by_readme(scenario: str, attempts: tuple[Callable[[], None], ...] = ()) -> None:
    """Makes a volume, runs the attempts, reverts it."""
    before = lvm.make_changed_volume(scenario, "4k", mib=48)
    filesystem.unmount()
    for attempt in attempts:
        attempt()
    filesystem.mount(lvm.DATA)
    run_typed(documented("README.md", scenario), OUT / scenario)
    before.expect_restored(f"the volume on an array, {scenario} as README says")
    lvm.remove_volume()


def _commit(what: str, store: str, base: str) -> None:
    """Scenario 3, with the devices named directly."""
    fill(base, what)
    stores.empty(store)
    with snapshot(base, store, name="work") as work:
        scribble(work, what, 20)
        wanted = contents(work)
    expect_equal(stores.merged(base, store), wanted, f"{what}: the merge computed here")
    dm_merge("apply", input=store, output=base, force=True)
    expect_equal(contents(base), wanted, what)


def run() -> str:
    (left_leg, left), (right_leg, right) = _partition(disk("left")), _partition(disk("right"))
    command("mdadm", "--create", ARRAY, "--run", "--assume-clean", "--level=1", "--raid-devices=2", left_leg, right_leg)
    lvm.make_group(ARRAY)
    command("lvcreate", "-q", "-y", "-L", "16M", "-n", "other", "vg0")
    _mount("/dev/vg0/other", OTHER)
    _mount(left, NEIGHBOUR)
    zeroes = dm("zeroes", "0 65536 zero")
    busy = NEIGHBOUR / "busy"
    busy.write_bytes(bytes(1 << 20))
    loop = attach_loop(busy)

    refusals = Refusals()
    with open(OTHER / "open", "wb"), opened(zeroes, os.O_RDONLY | os.O_EXCL), opened(loop, os.O_RDWR | os.O_EXCL):
        _revert_by_readme("revert_inactive")
        _revert_by_readme(
            "revert_active", (lambda: _leg(refusals, left_leg), lambda: _partition_in_use(refusals, right))
        )
        refused = refusals.result()

        image = NEIGHBOUR / "store"
        image.write_bytes(bytes(16 << 20))
        store = attach_loop(image)
        _commit("a partition from a loop device", store, right)
        base = _loop_over(right, 16)
        _commit("a loop device over a part of a disk", store, base)
        detach_loop(base)
    return (
        "with a mounted LV of the same group, a mounted partition on the same disks, and a loop device and a zero target "
        "in use: README's scenarios 1 and 2 on an array, commits to a partition and to a loop device, "
        f"the bytes as they must be; {refused}"
    )
