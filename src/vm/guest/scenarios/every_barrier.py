"""Every state that the barriers of an apply with undo and audit can leave."""

import collections
import dataclasses
import json
import shutil
import struct
from collections.abc import Iterator
from typing import Any

import filesystem
import stores
from commands import OUT, AnyPath, Failure, command, expect, expect_equal
from devices import SECTOR, Slices, contents, disk, dm, fill, remove, scribble, snapshot, write
from launcher import Document, dm_merge

ORIGIN_SECTORS = 4 * 2048
STATE_SECTORS = 24 * 2048
CHUNK_SECTORS = 8
UNDO = filesystem.MOUNT_POINT / "undo.store"
AUDIT = filesystem.MOUNT_POINT / "audit.jsonl"
STATE = "/dev/mapper/state"
ORIGIN = "/dev/mapper/origin"

# drivers/md/dm-log-writes.c of the kernel
_LOG_MAGIC = 0x6A736677736872
_FLUSH, _FUA, _DISCARD, _MARK = 1, 2, 4, 8


@dataclasses.dataclass(frozen=True)
class _Entry:
    """A request that dm-log-writes recorded; a mark has its text as data."""

    sector: int
    count: int
    flags: int
    data: bytes


class _Part:
    """A run of sectors of the recorded disk; to its user it is a disk of its own."""

    def __init__(self, name: str, slices: Slices, count: int):
        self.name = name
        self.start = slices.place(count)
        self.count = count
        self.unflushed: list[_Entry] = []

    def includes(self, entry: _Entry) -> bool:
        return self.start <= entry.sector < self.start + self.count

    def line(self, device: str) -> str:
        return f"0 {self.count} linear {device} {self.start}"


def _entries(path: AnyPath) -> Iterator[_Entry]:
    """What dm-log-writes recorded, in order of completion."""
    with open(path, "rb") as log:
        magic, _, count, sector_size = struct.unpack("<QQQI", log.read(28))
        expect(magic == _LOG_MAGIC, f"{path} is no log of dm-log-writes")
        position = sector_size
        for _ in range(count):
            log.seek(position)
            sector, length, flags, data_length = struct.unpack("<QQQQ", log.read(32))
            position += sector_size
            data = log.read(data_length)
            if not flags & (_DISCARD | _MARK):
                log.seek(position)
                data = log.read(length * sector_size)
                position += len(data)
            yield _Entry(sector * sector_size // SECTOR, length * sector_size // SECTOR, flags, data)


def _entries_of_run(path: AnyPath) -> Iterator[tuple[_Entry, bool]]:
    """The requests up to the end of the run, each with whether the run had begun."""
    begun = False
    for entry in _entries(path):
        if not entry.flags & _MARK:
            expect(not entry.flags & _DISCARD, "a discard was recorded")
            yield entry, begun
        elif entry.data == b"begin":
            begun = True
        elif entry.data == b"end":
            return


def _job(cow: str) -> Document:
    return {"input": cow, "output": ORIGIN, "force": True, "undo": str(UNDO), "audit": str(AUDIT)}


def _record(parts: list[_Part], cow: str) -> None:
    """Runs the job while every write and flush is recorded."""
    size = max(part.start + part.count for part in parts)
    dm("recorder", f"0 {size} log-writes {disk('devices')} {disk('log')}")
    for part in parts:
        dm(part.name, part.line("/dev/mapper/recorder"))
    filesystem.mount(STATE)
    command("dmsetup", "message", "recorder", "0", "mark", "begin")
    dm_merge("apply", **_job(cow))
    command("dmsetup", "message", "recorder", "0", "mark", "end")
    filesystem.unmount()
    remove(*(part.name for part in parts), "recorder")


class _Check:
    """Resumes the run from a state, on snapshots of it that are thrown away."""

    def __init__(self, parts: list[_Part], cow: str, before: bytes, wanted: bytes):
        self.parts = parts
        self.cow = cow
        self.before = before
        self.wanted = wanted
        self.number = 0

    def resume(self) -> None:
        self.number += 1
        what = f"state {self.number}"
        spare = Slices(disk("spare"))
        for part in self.parts:
            durable = dm(f"durable-{part.name}", part.line(disk("durable")))
            exceptions = spare.cut(f"exceptions-{part.name}", part.count)
            dm(part.name, f"0 {part.count} snapshot {durable} {exceptions} N 8")
        filesystem.mount(STATE)
        self._logged_is_written(what)
        self._changed_is_saved(what)
        report = dm_merge("apply", **_job(self.cow))
        expect(report["status"] in ("applied", "unchanged"), f"{what}: {report['status']}")
        expect_equal(contents(ORIGIN), self.wanted, f"{what}: the origin")
        expect_equal(stores.merged(ORIGIN, UNDO), self.before, f"{what}: the origin through its undo store")
        shutil.copy(AUDIT, OUT / f"audit-{self.number:03}.jsonl")
        filesystem.unmount()
        for part in self.parts:
            remove(part.name, f"exceptions-{part.name}", f"durable-{part.name}")

    def _logged_is_written(self, what: str) -> None:
        """All extents of a batch that the log reports as written are on the origin."""
        if not AUDIT.exists():
            return
        batches: dict[int, list[dict[str, Any]]] = collections.defaultdict(list)
        origin = contents(ORIGIN)
        for line in AUDIT.read_bytes().split(b"\n")[:-1]:
            event = json.loads(line)
            if event["event.action"] == "extent-write":
                batches[event["dm_merge.batch"]].append(event)
            elif event["event.action"] == "batch-written":
                for extent in batches[event["dm_merge.batch"]]:
                    start = extent["dm_merge.origin.offset"]
                    place = slice(start, start + extent["dm_merge.origin.bytes"])
                    good = origin[place] == self.wanted[place]
                    expect(good, f"{what}: bytes at {start} are logged as written and are not")

    def _changed_is_saved(self, what: str) -> None:
        """Whatever of the origin has changed is in the undo store."""
        origin = contents(ORIGIN)
        if origin == self.before:
            return
        undone = stores.merged(ORIGIN, UNDO)
        expect_equal(undone, self.before, f"{what}: the origin through the undo store of the interrupted run")


def _resume_from_every_barrier(parts: list[_Part], check: _Check) -> int:
    """Replays the record onto the durable disk and checks each state; returns how many barriers there were."""
    durable = disk("durable")
    barriers, changed = 0, True
    for entry, begun in _entries_of_run(disk("log")):
        part = next((part for part in parts if part.includes(entry)), None)
        if part is None:
            raise Failure(f"sector {entry.sector} was written and is in no part")
        if entry.flags & _FLUSH:
            # The flush of one part does nothing for the other, though both are on the recorded disk.
            for earlier in part.unflushed:
                write(durable, earlier.data, earlier.sector * SECTOR)
            changed = changed or bool(part.unflushed)
            part.unflushed.clear()
        if entry.flags & _FUA:
            write(durable, entry.data, entry.sector * SECTOR)
            changed = True
        if entry.count:
            # After FUA as well: an older unflushed write to the same place must not overwrite it.
            part.unflushed.append(entry)
        if begun and entry.flags & (_FLUSH | _FUA):
            barriers += 1
            if changed:
                check.resume()
            changed = False
    return barriers


def run() -> tuple[int, int]:
    """Returns how many barriers there were, and how many states were checked."""
    slices = Slices(disk("devices"))
    # No part begins at sector 0: the sector of an empty flush shows which part it was sent to.
    slices.place(2048)
    parts = [_Part("origin", slices, ORIGIN_SECTORS), _Part("state", slices, STATE_SECTORS)]
    cow = slices.cut("cow", 3 * ORIGIN_SECTORS // 2)
    for part in parts:
        dm(part.name, part.line(disk("devices")))
    fill(ORIGIN, "before")
    stores.empty(cow)
    before = contents(ORIGIN)
    with snapshot(ORIGIN, cow, f"P {CHUNK_SECTORS}") as work:
        scribble(work, "snapshot", 120, most=100)
        wanted = contents(work)
    print(f"{len(stores.table(cow)[1])} exceptions", flush=True)
    filesystem.make(STATE)
    remove(*(part.name for part in parts))
    write(disk("durable"), contents(disk("devices")))

    _record(parts, cow)
    check = _Check(parts, cow, before, wanted)
    return _resume_from_every_barrier(parts, check), check.number
