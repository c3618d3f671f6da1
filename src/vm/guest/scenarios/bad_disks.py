"""Disks that fail under the store, the origin and the undo file."""

import dataclasses
import random
from collections.abc import Iterable, Iterator

import filesystem
import stores
from commands import command, expect, expect_equal
from devices import SECTOR, Slices, contents, disk, dm, fill, scribble, snapshot, write
from launcher import Document, dm_merge

SECTORS = 32768
CHUNK_SECTORS = 8
UNDO = filesystem.MOUNT_POINT / "undo.store"
UNREADABLE = "error"
UNWRITABLE = "delay {device} {start} 0 /dev/mapper/broken 0 0"
"""Reads go to the device; writes go to one that fails them all; a flush succeeds."""
UNSAFE = "flakey {device} {start} 0 3600 1 error_writes"
"""Writes fail, and so does a flush: nothing is known to be durable."""

Runs = list[tuple[int, int]]
"""Runs of sectors: the first one and how many."""


@dataclasses.dataclass
class _Part:
    """A device whose table can be changed while it is in use, so that it fails or works."""

    name: str
    device: str
    start: int
    count: int

    @property
    def path(self) -> str:
        return f"/dev/mapper/{self.name}"

    def _lines(self, bad: Runs, kind: str) -> Iterator[str]:
        position = 0
        for first, length in [*sorted(bad), (self.count, 0)]:
            if first > position:
                yield f"{position} {first - position} linear {self.device} {self.start + position}"
            if length:
                yield f"{first} {length} " + kind.format(device=self.device, start=self.start + first)
            position = first + length

    def create(self) -> None:
        dm(self.name, *self._lines([], ""))

    def fail(self, bad: Runs, kind: str) -> None:
        """Makes the runs of sectors in `bad` fail in this way, and no others."""
        # Otherwise the file system on it would first be asked to write everything back, which a bad disk cannot do.
        command("dmsetup", "suspend", "--nolockfs", self.name)
        command("dmsetup", "load", self.name, text="".join(f"{line}\n" for line in self._lines(bad, kind)))
        command("dmsetup", "resume", self.name)

    def repair(self) -> None:
        self.fail([], "")


class _Volume:
    def __init__(self) -> None:
        slices = Slices(disk("all"))
        self.origin, self.cow, self.state = (
            _Part(name, slices.path, slices.place(count), count)
            for name, count in (("origin", SECTORS), ("cow", SECTORS * 2), ("state", 65536))
        )
        for part in (self.origin, self.cow, self.state):
            part.create()
        dm("broken", f"0 {SECTORS} error")
        fill(self.origin.path, "origin")
        stores.empty(self.cow.path)
        self.before = contents(self.origin.path)
        with snapshot(self.origin.path, self.cow.path, f"P {CHUNK_SECTORS}") as work:
            scribble(work, "snapshot", 120, most=40)
            self.wanted = contents(work)
        self.chunk, self.entries = stores.table(self.cow.path)

    def renew(self) -> None:
        """Resets the origin and the file system for the undo file."""
        write(self.origin.path, self.before)
        filesystem.make(self.state.path)

    def unwritten(self) -> set[int]:
        """The chunks of the table that the origin does not have."""
        origin = contents(self.origin.path)
        places = (slice(old * self.chunk, (old + 1) * self.chunk) for old, _ in self.entries)
        return {place.start // self.chunk for place in places if origin[place] != self.wanted[place]}

    def reported(self, report: Document) -> set[int]:
        """The chunks that the report's failed ranges cover."""
        chunks: set[int] = set()
        for failure in report["failures"]:
            first = failure["origin_offset"] // self.chunk
            chunks.update(range(first, -(-(failure["origin_offset"] + failure["bytes"]) // self.chunk)))
        return chunks

    def meets_area(self, first: int, length: int) -> bool:
        """Whether a run of the store's sectors meets an area of the table."""
        chunks = range(first * SECTOR // self.chunk, -(-(first + length) * SECTOR // self.chunk))
        return any(chunk % (self.chunk // 16 + 1) == 1 for chunk in chunks)


def _fail_and_repeat(
    volume: _Volume, part: _Part, bad: Runs, kind: str, *, exact: bool, direct: bool = False, undo: bool = False
) -> None:
    """One failing run, and the same job again after the disk is repaired."""
    volume.renew()
    filesystem.mount(volume.state.path)
    job: Document = {"input": volume.cow.path, "output": volume.origin.path, "force": True, "direct": direct}
    if undo:
        job["undo"] = str(UNDO)
    what = f"{part.name}, {kind.split()[0]} at {bad}"
    part.fail(bad, kind)
    report = dm_merge("apply", status=74, **job)
    part.repair()
    if undo:
        filesystem.unmount()
        command("e2fsck", "-f", "-p", volume.state.path, status=None)
        filesystem.mount(volume.state.path)
    expect(report["kind"] == "report" and report["status"] == "failed", f"{what}: {report.get('status', report)}")
    expect(report["failures_omitted"] == 0, f"{what}: ranges are left out of the report")
    missing, reported, pending = volume.unwritten(), volume.reported(report), report["counts"]["pending"]
    # What the run did not reach is counted as pending; the ranges name the rest.
    unreported = sorted(missing - reported)
    expect(len(unreported) <= pending, f"{what}: chunks {unreported[:9]}... are missing, {pending} count as pending")
    if exact:
        expect(reported == missing, f"{what}: chunks {sorted(reported ^ missing)[:9]} are reported wrongly")
        expect(0 < len(missing) < len(volume.entries), f"{what}: {len(missing)} of {len(volume.entries)} chunks failed")
    dm_merge("apply", **job)
    expect_equal(contents(volume.origin.path), volume.wanted, f"{what}: the origin after the repair")
    if undo:
        undone = stores.merged(volume.origin.path, UNDO)
        expect_equal(undone, volume.before, f"{what}: the origin through its undo store")
    filesystem.unmount()


def _places(seed: int, count: int, low: int, high: int) -> Runs:
    """Runs of whole pages that do not touch."""
    draw = random.Random(seed)
    pages = sorted(draw.sample(range(low // 8, high // 8, 4), count))
    return [(page * 8, 8 * draw.randint(1, 3)) for page in pages]


def _origin_places(volume: _Volume, seed: int) -> Runs:
    """Runs of whole pages of the origin that begin in a chunk of the table."""
    chunks = sorted(random.Random(seed).sample(sorted({old for old, _ in volume.entries if old % 8 == 0}), 4))
    return [(chunk * CHUNK_SECTORS, 8 * (1 + chunk // 8 % 3)) for chunk in chunks]


def _undo_places(volume: _Volume, seed: int) -> Runs:
    """Places of the disk that the undo file's data occupies, found by a run on a disk that works."""
    volume.renew()
    filesystem.mount(volume.state.path)
    dm_merge("apply", input=volume.cow.path, output=volume.origin.path, force=True, undo=str(UNDO))
    extents = list(_extents(command("filefrag", "-v", "-b4096", UNDO).splitlines()))
    filesystem.unmount()
    first, length = max(extents, key=lambda extent: extent[1])
    # Not its first pages: the header would fail, and the run before it began.
    return _places(seed, 3, (first + 8) * 8, (first + min(length, len(volume.entries))) * 8)


def _extents(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The physical blocks in the output of filefrag: the first one of each extent and how many."""
    for line in lines:
        words = line.replace("..", " ").replace(":", " ").split()
        if len(words) > 5 and words[0].isdigit():
            yield int(words[3]), int(words[5])


def run() -> str:
    volume = _Volume()
    stored = (len(volume.entries) - 40) * CHUNK_SECTORS
    for seed in (1, 2):
        # From the end of the first area to before the end of the table, without the areas between.
        places = [place for place in _places(seed, 4, 32, stored) if not volume.meets_area(*place)]
        _fail_and_repeat(volume, volume.cow, places, UNREADABLE, exact=True)
    for seed in (3, 4):
        _fail_and_repeat(volume, volume.origin, _origin_places(volume, seed), UNREADABLE, exact=True)
    _fail_and_repeat(volume, volume.origin, _origin_places(volume, 5), UNWRITABLE, exact=True, direct=True)
    _fail_and_repeat(volume, volume.origin, _origin_places(volume, 6), UNSAFE, exact=False)
    for seed in (7, 8):
        _fail_and_repeat(volume, volume.state, _undo_places(volume, seed), UNSAFE, exact=False, undo=True)
    return (
        "unreadable places of store and origin, unwritable ones of origin (direct and buffered) and undo file: "
        "status 74, the ranges in the report compared with what is missing, "
        "and the same job again after the disk is repaired"
    )
