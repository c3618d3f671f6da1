"""The same store merged by the kernel and by dm-merge."""

import concurrent.futures
import random

import lvm
import stores
from commands import command, expect, expect_equal, wait_until
from devices import Slices, contents, disk, dm, fill, remove, scribble, sectors, snapshot, write
from launcher import Document, dm_merge

PLAIN = 16
BY_LVM = 4
HALF = 4


class _Copies:
    """An origin and a store of random writes, twice."""

    def __init__(self, seed: int, first: Slices, second: Slices):
        draw = random.Random(seed)
        self.seed = seed
        self.chunk_sectors = draw.choice((1, 8, 8, 16, 32, 128))
        self.origin_sectors = draw.randint(2048, 16384)
        cow_sectors = 2 * self.origin_sectors + 4096
        self.names = [f"{side}-{role}-{seed}" for side in ("kernel", "ours") for role in ("origin", "cow")]
        self.origin = first.cut(self.names[0], self.origin_sectors)
        self.cow = first.cut(self.names[1], cow_sectors)
        self.our_origin = second.cut(self.names[2], self.origin_sectors)
        self.our_cow = second.cut(self.names[3], cow_sectors)
        fill(self.origin, seed)
        write(self.cow, bytes(8192))
        writes, most = draw.randint(1, 150), draw.choice((1, 4, 64))
        with snapshot(self.origin, self.cow, f"P {self.chunk_sectors}", f"snapshot-{seed}") as work:
            scribble(work, seed, writes, most)
            self.shown = contents(work)
        write(self.our_origin, contents(self.origin))
        write(self.our_cow, contents(self.cow))

    def merge_line(self, origin: str) -> str:
        """The line of the table that lets the kernel merge the store into this device."""
        return f"0 {self.origin_sectors} snapshot-merge {origin} {self.cow} P {self.chunk_sectors}"

    def merge_by_kernel(self) -> None:
        name = f"merge-{self.seed}"
        dm(name, self.merge_line(self.origin))
        wait_until(lambda: _left(name) == 0, "the kernel merges")
        remove(name)

    def merge_ours(self) -> None:
        job: Document = {"input": self.our_cow, "output": self.our_origin}
        if self.seed % 2:
            # As approved: the store's data is digested before, and again where it is written.
            job["expect"] = f"sha256:{dm_merge('plan', **job)['approval_sha256']}"
        dm_merge("apply", force=True, **job)

    def compare(self) -> None:
        judge = contents(self.origin)
        expect_equal(judge, self.shown, f"seed {self.seed}: the kernel's merge and what the snapshot showed")
        expect_equal(contents(self.our_origin), judge, f"seed {self.seed}: dm-merge and the kernel")
        remove(*self.names)


def _left(name: str) -> int:
    """Sectors of exceptions that a merging snapshot still has."""
    allocated, metadata = command("dmsetup", "status", name).split()[3:5]
    return int(allocated.split("/")[0]) - int(metadata)


def _plain(seeds: list[int]) -> None:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for pair in zip(seeds[::2], seeds[1::2]):
            first, second = Slices(disk("first")), Slices(disk("second"))
            volumes = [_Copies(seed, first, second) for seed in pair]
            ours = [pool.submit(volume.merge_ours) for volume in volumes]
            for volume in volumes:
                volume.merge_by_kernel()
            for done in ours:
                done.result()
            for volume in volumes:
                volume.compare()


def _by_lvm(seed: int) -> None:
    first = Slices(disk("first"))
    draw = random.Random(seed)
    mib = draw.randint(8, 24)
    command("lvcreate", "-q", "-y", "-L", f"{mib}M", "-n", "data", "vg0")
    fill(lvm.DATA, seed)
    chunk = draw.choice(("4k", "8k", "64k", "256k"))
    command("lvcreate", "-q", "-y", "-s", "-c", chunk, "-L", "64M", "-n", "snap", "vg0/data")
    scribble(lvm.DATA, seed, draw.randint(10, 200))
    scribble("/dev/vg0/snap", seed + 1, draw.randint(0, 50))
    origin = first.cut("our-origin", sectors(lvm.REAL))
    cow = first.cut("our-cow", sectors(lvm.COW))
    write(origin, contents(lvm.REAL))
    write(cow, contents(lvm.COW))
    command("lvconvert", "-q", "-y", "--merge", "vg0/snap")
    wait_until(lambda: "snap" not in command("lvs", "-a", "--noheadings", "-o", "lv_name", "vg0"), "LVM merges")
    dm_merge("apply", input=cow, output=origin, force=True)
    expect_equal(contents(origin), contents(lvm.DATA), f"seed {seed}: dm-merge and lvconvert --merge")
    remove("our-origin", "our-cow")
    lvm.remove_volume()


def _half_by_kernel(seed: int) -> str:
    """The kernel's merge is stopped part way, and dm-merge completes it on the same devices.

    Returns how many exceptions were left, and of how many.
    """
    volume = _Copies(seed, Slices(disk("first")), Slices(disk("second")))
    before = len(stores.table(volume.cow)[1])
    slow = dm("slow", f"0 {volume.origin_sectors} delay {volume.origin} 0 0 {volume.origin} 0 100")
    dm("merge", volume.merge_line(slow))
    total = _left("merge")
    wait_until(lambda: _left("merge") <= total * 2 // 3, "the kernel merges a third")
    remove("merge", "slow")
    left = len(stores.table(volume.cow)[1])
    expect(0 < left < before, f"seed {seed}: the kernel left {left} of {before} exceptions, not a part of them")
    report = dm_merge("apply", input=volume.cow, output=volume.origin, force=True)
    expect(report["counts"]["total"] == left, f"seed {seed}: {left} exceptions were left: {report['counts']}")
    volume.merge_ours()
    volume.compare()
    return f"{left}/{before}"


def run() -> str:
    lvm.make_group(disk("pv"))
    _plain(list(range(100, 100 + PLAIN)))
    for seed in range(200, 200 + BY_LVM):
        _by_lvm(seed)
    halves = [_half_by_kernel(seed) for seed in range(300, 300 + HALF)]
    return (
        f"seeds 100 to {99 + PLAIN} (odd ones with an approval) against snapshot-merge, "
        f"200 to {199 + BY_LVM} against lvconvert --merge, "
        f"300 to {299 + HALF} begun by the kernel (left to dm-merge: {', '.join(halves)} exceptions): equal to the byte"
    )
