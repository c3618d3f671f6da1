"""The same store merged by the kernel and by dm-merge."""

import concurrent.futures
import random

import lvm
from guest import Slices, contents, disk, dm, dm_merge, expect, expect_equal, fill, remove
from guest import run as command
from guest import scribble, sectors, table, wait_until, write
from machine import Disk

DISKS = [Disk("first", 384), Disk("second", 384), Disk("pv", 512)]
PLAIN = 16
BY_LVM = 4
HALF = 4


class _Copies:
    """An origin and a store of random writes, twice."""

    def __init__(self, seed, first, second):
        draw = random.Random(seed)
        self.seed = seed
        self.chunk_sectors = draw.choice((1, 8, 8, 16, 32, 128))
        self.origin_sectors = draw.randint(2048, 16384)
        self.cow_sectors = 2 * self.origin_sectors + 4096
        self.names = [f"{side}-{role}-{seed}" for side in ("kernel", "ours") for role in ("origin", "cow")]
        sizes = (self.origin_sectors, self.cow_sectors)
        self.origin, self.cow = (first.cut(*some) for some in zip(self.names[:2], sizes))
        self.our_origin, self.our_cow = (second.cut(*some) for some in zip(self.names[2:], sizes))
        fill(self.origin, seed)
        write(self.cow, bytes(8192))
        self._snapshot(draw.randint(1, 150), draw.choice((1, 4, 64)))
        write(self.our_origin, contents(self.origin))
        write(self.our_cow, contents(self.cow))

    def _snapshot(self, writes, most):
        snapshot = dm(f"snapshot-{self.seed}", self.table_line("snapshot"))
        scribble(snapshot, self.seed, writes, most)
        self.shown = contents(snapshot)
        remove(f"snapshot-{self.seed}")

    def table_line(self, target, origin=None):
        return f"0 {self.origin_sectors} {target} {origin or self.origin} {self.cow} P {self.chunk_sectors}"

    def merge_by_kernel(self):
        name = f"merge-{self.seed}"
        dm(name, self.table_line("snapshot-merge"))
        wait_until(lambda: _left(name) == 0, "the kernel merges")
        remove(name)

    def merge_ours(self):
        dm_merge("apply", input=self.our_cow, output=self.our_origin, force=True)

    def compare(self):
        judge = contents(self.origin)
        expect_equal(judge, self.shown, f"seed {self.seed}: the kernel's merge and what the snapshot showed")
        expect_equal(contents(self.our_origin), judge, f"seed {self.seed}: dm-merge and the kernel")
        remove(*self.names)


def _left(name):
    """Sectors of exceptions that a merging snapshot still holds."""
    allocated, metadata = command("dmsetup", "status", name).split()[3:5]
    return int(allocated.split("/")[0]) - int(metadata)


def _plain(seeds):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for some in zip(seeds[::2], seeds[1::2]):
            first, second = Slices(disk("first")), Slices(disk("second"))
            volumes = [_Copies(seed, first, second) for seed in some]
            ours = [pool.submit(volume.merge_ours) for volume in volumes]
            for volume in volumes:
                volume.merge_by_kernel()
            for done in ours:
                done.result()
            for volume in volumes:
                volume.compare()


def _by_lvm(seed):
    first = Slices(disk("first"))
    draw = random.Random(seed)
    mib = draw.randint(8, 24)
    command("lvcreate", "-q", "-y", "-L", f"{mib}M", "-n", "data", "vg0")
    fill(lvm.DATA, seed)
    chunk = draw.choice(("4k", "8k", "64k", "256k"))
    command("lvcreate", "-q", "-y", "-s", "-c", chunk, "-L", "64M", "-n", "snap", "vg0/data")
    scribble(lvm.DATA, seed, draw.randint(10, 200))
    scribble("/dev/vg0/snap", seed + 1, draw.randint(0, 50))
    origin = first.cut("our-origin", sectors("/dev/mapper/vg0-data-real"))
    cow = first.cut("our-cow", sectors("/dev/mapper/vg0-snap-cow"))
    write(origin, contents("/dev/mapper/vg0-data-real"))
    write(cow, contents("/dev/mapper/vg0-snap-cow"))
    command("lvconvert", "-q", "-y", "--merge", "vg0/snap")
    wait_until(lambda: "snap" not in command("lvs", "-a", "--noheadings", "-o", "lv_name", "vg0"), "LVM merges")
    dm_merge("apply", input=cow, output=origin, force=True)
    expect_equal(contents(origin), contents(lvm.DATA), f"seed {seed}: dm-merge and lvconvert --merge")
    remove("our-origin", "our-cow")
    lvm.remove_volume()


def _half_by_kernel(seed):
    """The kernel's merge is stopped part way, and dm-merge finishes it, on the same devices."""
    volume = _Copies(seed, Slices(disk("first")), Slices(disk("second")))
    before = len(table(volume.cow)[1])
    slow = dm("slow", f"0 {volume.origin_sectors} delay {volume.origin} 0 0 {volume.origin} 0 100")
    dm("merge", volume.table_line("snapshot-merge", slow))
    total = _left("merge")
    wait_until(lambda: _left("merge") <= total * 2 // 3, "the kernel merges a third")
    remove("merge", "slow")
    left = len(table(volume.cow)[1])
    expect(0 < left < before, f"seed {seed}: the kernel left {left} of {before} exceptions, which is not part of them")
    report = dm_merge("apply", input=volume.cow, output=volume.origin, force=True)
    expect(report["counts"]["total"] == left, f"seed {seed}: {left} exceptions were left: {report['counts']}")
    volume.merge_ours()
    volume.compare()
    return f"{left}/{before}"


def run():
    lvm.make_group(disk("pv"))
    _plain(list(range(100, 100 + PLAIN)))
    for seed in range(200, 200 + BY_LVM):
        _by_lvm(seed)
    halves = [_half_by_kernel(seed) for seed in range(300, 300 + HALF)]
    return (
        f"seeds 100 to {99 + PLAIN} against snapshot-merge, 200 to {199 + BY_LVM} against lvconvert --merge, "
        f"300 to {299 + HALF} begun by the kernel (left to us: {', '.join(halves)} exceptions): equal to the byte"
    )
