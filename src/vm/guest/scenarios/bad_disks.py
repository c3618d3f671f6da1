"""Disks that fail under the store, the origin and the undo file."""

import dataclasses
import random

import filesystem
from guest import Slices, contents, disk, dm, dm_merge, expect, expect_equal, fill, merged, remove
from guest import run as command
from guest import scribble, table, write
from machine import Disk

DISKS = [Disk("all", 256)]
SECTORS = 32768
CHUNK_SECTORS = 8
UNDO = filesystem.MOUNT_POINT / "undo.store"
UNREADABLE = "error"
UNWRITABLE = "delay {device} {start} 0 /dev/mapper/broken 0 0"
"""Reads go to the device, writes to another one that fails them all; a flush succeeds."""
UNSAFE = "flakey {device} {start} 0 3600 1 error_writes"
"""Writes fail, and so does a flush: what of all that was written is durable nobody knows."""


@dataclasses.dataclass
class _Part:
    """A device whose table can be made bad and well again while it is in use."""

    name: str
    device: str
    start: int
    count: int

    @property
    def path(self):
        return f"/dev/mapper/{self.name}"

    def _lines(self, bad, kind):
        position = 0
        for first, length in [*sorted(bad), (self.count, 0)]:
            if first > position:
                yield f"{position} {first - position} linear {self.device} {self.start + position}"
            if length:
                yield f"{first} {length} " + kind.format(device=self.device, start=self.start + first)
            position = first + length

    def create(self):
        dm(self.name, *self._lines([], ""))

    def become(self, bad, kind=""):
        """Lets the runs of sectors in `bad` fail in this way; none of them, all is well."""
        # The file system on it would be asked to write everything back first, which a bad disk cannot.
        command("dmsetup", "suspend", "--nolockfs", self.name)
        command("dmsetup", "load", self.name, text="".join(f"{line}\n" for line in self._lines(bad, kind)))
        command("dmsetup", "resume", self.name)


class _Volume:
    def __init__(self):
        slices = Slices(disk("all"))
        self.parts = {
            name: _Part(name, slices.path, slices.place(count), count)
            for name, count in (("origin", SECTORS), ("cow", SECTORS * 2), ("state", 65536))
        }
        for part in self.parts.values():
            part.create()
        self.origin, self.cow, self.state = self.parts.values()
        dm("broken", f"0 {SECTORS} error")
        fill(self.origin.path, "origin")
        write(self.cow.path, bytes(4096))
        self.before = contents(self.origin.path)
        snapshot = dm("snapshot", f"0 {SECTORS} snapshot {self.origin.path} {self.cow.path} P {CHUNK_SECTORS}")
        scribble(snapshot, "snapshot", 120, most=40)
        self.wanted = contents(snapshot)
        remove("snapshot")
        self.chunk, self.entries = table(self.cow.path)

    def renew(self):
        """The origin and the file system for the undo file, as they were at first."""
        write(self.origin.path, self.before)
        filesystem.make(self.state.path)

    def unwritten(self):
        """The chunks of the table that the origin does not hold."""
        origin = contents(self.origin.path)
        places = (slice(old * self.chunk, (old + 1) * self.chunk) for old, _ in self.entries)
        return {place.start // self.chunk for place in places if origin[place] != self.wanted[place]}

    def told(self, report):
        """The chunks that the report's failed ranges cover."""
        chunks = set()
        for failure in report["failures"]:
            first = failure["origin_offset"] // self.chunk
            chunks.update(range(first, -(-(failure["origin_offset"] + failure["bytes"]) // self.chunk)))
        return chunks


def _break(volume, part, bad, kind, *, exact, direct=False, undo=False):
    """One failing run and the same job again on a disk that is well."""
    volume.renew()
    filesystem.mount(volume.state.path)
    job = {"input": volume.cow.path, "output": volume.origin.path, "force": True, "direct": direct}
    if undo:
        job["undo"] = str(UNDO)
    what = f"{part.name}, {kind.split()[0]} at {bad}"
    part.become(bad, kind)
    report = dm_merge("apply", status=74, **job)
    part.become([])
    if undo:
        filesystem.unmount()
        command("e2fsck", "-f", "-p", volume.state.path, status=None)
        filesystem.mount(volume.state.path)
    expect(report["kind"] == "report" and report["status"] == "failed", f"{what}: {report.get('status', report)}")
    expect(report["failures_omitted"] == 0, f"{what}: ranges are left out of the report")
    missing, told, pending = volume.unwritten(), volume.told(report), report["counts"]["pending"]
    # What the run never came to is counted as pending; the ranges name the rest.
    untold = sorted(missing - told)
    expect(len(untold) <= pending, f"{what}: chunks {untold[:9]}... are missing, {pending} are called pending")
    if exact:
        expect(told == missing, f"{what}: chunks {sorted(told ^ missing)[:9]} are told wrong")
        expect(0 < len(missing) < len(volume.entries), f"{what}: {len(missing)} of {len(volume.entries)} chunks failed")
    dm_merge("apply", **job)
    expect_equal(contents(volume.origin.path), volume.wanted, f"{what}: the origin once all was well")
    if undo:
        expect_equal(merged(volume.origin.path, UNDO), volume.before, f"{what}: the origin through its undo store")
    filesystem.unmount()


def _places(seed, count, low, high):
    """Runs of whole pages that do not touch."""
    draw = random.Random(seed)
    pages = sorted(draw.sample(range(low // 8, high // 8, 4), count))
    return [(page * 8, 8 * draw.randint(1, 3)) for page in pages]


def _undo_places(volume, seed):
    """Places of the disk where the undo file's data comes to lie, found by a run on a disk that is well."""
    volume.renew()
    filesystem.mount(volume.state.path)
    dm_merge("apply", input=volume.cow.path, output=volume.origin.path, force=True, undo=str(UNDO))
    runs = []
    for line in command("filefrag", "-v", "-b4096", UNDO).splitlines():
        words = line.replace("..", " ").replace(":", " ").split()
        if len(words) > 5 and words[0].isdigit():
            runs.append((int(words[3]), int(words[5])))
    filesystem.unmount()
    first, length = max(runs, key=lambda run: run[1])
    # Not its first pages: the header would fail, and the run before it began.
    return _places(seed, 3, (first + 8) * 8, (first + min(length, len(volume.entries))) * 8)


def run():
    volume = _Volume()
    stored = (len(volume.entries) - 40) * CHUNK_SECTORS
    for seed in (1, 2):
        # Behind the first area, and before the table's end: areas themselves are another matter.
        places = [place for place in _places(seed, 4, 32, stored) if not _meets_area(volume, *place)]
        _break(volume, volume.cow, places, UNREADABLE, exact=True)
    for seed in (3, 4):
        _break(volume, volume.origin, _origin_places(volume, seed), UNREADABLE, exact=True)
    _break(volume, volume.origin, _origin_places(volume, 5), UNWRITABLE, exact=True, direct=True)
    _break(volume, volume.origin, _origin_places(volume, 6), UNSAFE, exact=False)
    for seed in (7, 8):
        _break(volume, volume.state, _undo_places(volume, seed), UNSAFE, exact=False, undo=True)
    return (
        "unreadable places of store and origin, unwritable ones of origin (direct and buffered) and undo file: "
        "status 74, the ranges that the report names compared with what is missing; "
        "then the same job on a disk that is well"
    )


def _meets_area(volume, first, length):
    chunks = range(first * 512 // volume.chunk, -(-(first + length) * 512 // volume.chunk))
    return any(chunk % (volume.chunk // 16 + 1) == 1 for chunk in chunks)


def _origin_places(volume, seed):
    """Runs of whole pages of the origin that begin in a chunk of the table."""
    chunks = sorted(random.Random(seed).sample(sorted({old for old, _ in volume.entries if old % 8 == 0}), 4))
    return [(chunk * CHUNK_SECTORS, 8 * (1 + chunk // 8 % 3)) for chunk in chunks]
