"""Every state that the barriers of an apply with undo and audit can leave behind."""

import collections
import json
import pathlib
import shutil
import struct
import subprocess

import filesystem
from guest import OUT, Slices, contents, disk, dm, dm_merge, expect, expect_equal, fill, merged, remove
from guest import run as command
from guest import scribble, table, write
from machine import Disk

DISKS = [Disk("devices", 64), Disk("log", 256), Disk("durable", 64), Disk("spare", 64)]
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

_Entry = collections.namedtuple("_Entry", "sector count flags data")


def drive(bench):
    marks, again = bench.boot_plainly("run", DISKS)
    launcher = pathlib.Path(__file__).resolve().parents[3] / "target/dm-merge/bin/dm-merge"
    logs = sorted(bench.folder.glob("audit-*.jsonl"))
    if len(logs) != again:
        raise RuntimeError(f"{len(logs)} audit logs of {again} runs")
    for log in logs:
        done = subprocess.run([launcher, "audit", log], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{log.name} does not verify: {done.stdout}")
    return (
        f"{marks} flush marks of origin and undo disk, {again} different states: what the audit log calls written is "
        "written, the job run from there ends right, its undo store and its audit log are good"
    )


class _Part:
    """A run of sectors of the recorded disk, which is a disk of its own to whoever writes to it."""

    def __init__(self, name, slices, count):
        self.name = name
        self.start = slices.place(count)
        self.count = count
        self.waiting = []

    def holds(self, entry):
        return self.start <= entry.sector < self.start + self.count

    def line(self, device):
        return f"0 {self.count} linear {device} {self.start}"


def _entries(path):
    """What dm-log-writes recorded, in the order in which it was completed."""
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
            yield _Entry(sector * sector_size // 512, length * sector_size // 512, flags, data)


def _record(parts, cow):
    """The run whose every write and flush is kept."""
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


def _job(cow):
    return {"input": cow, "output": ORIGIN, "force": True, "undo": str(UNDO), "audit": str(AUDIT)}


class _Check:
    """Carries the run on from a state, on snapshots of it that are thrown away."""

    def __init__(self, parts, cow, before, wanted):
        self.parts = parts
        self.cow = cow
        self.before = before
        self.wanted = wanted
        self.number = 0

    def __call__(self, changed):
        if not changed:
            return
        self.number += 1
        what = f"state {self.number}"
        spare = Slices(disk("spare"))
        for part in self.parts:
            durable = dm(f"durable-{part.name}", part.line(disk("durable")))
            room = spare.cut(f"room-{part.name}", part.count)
            dm(part.name, f"0 {part.count} snapshot {durable} {room} N 8")
        filesystem.mount(STATE)
        self._called_written(what)
        self._undo_first(what)
        report = dm_merge("apply", **_job(self.cow))
        expect(report["status"] in ("applied", "unchanged"), f"{what}: {report['status']}")
        expect_equal(contents(ORIGIN), self.wanted, f"{what}: the origin")
        expect_equal(merged(ORIGIN, UNDO), self.before, f"{what}: the origin through its undo store")
        shutil.copy(AUDIT, OUT / f"audit-{self.number:03}.jsonl")
        filesystem.unmount()
        for part in self.parts:
            remove(part.name, f"room-{part.name}", f"durable-{part.name}")

    def _called_written(self, what):
        """A batch that the log says was written is there, all extents of it."""
        if not AUDIT.exists():
            return
        batches = collections.defaultdict(list)
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
                    expect(good, f"{what}: bytes at {start} are called written and are not")

    def _undo_first(self, what):
        """Whatever of the origin has changed was saved before."""
        origin = contents(ORIGIN)
        if origin == self.before:
            return
        expect_equal(merged(ORIGIN, UNDO), self.before, f"{what}: the origin through the undo store of the cut run")


def run():
    slices = Slices(disk("devices"))
    # Not from the first sector on: a flush is told by the first sector of the part that it was sent to.
    slices.place(2048)
    parts = [_Part("origin", slices, ORIGIN_SECTORS), _Part("state", slices, STATE_SECTORS)]
    cow = slices.cut("cow", 3 * ORIGIN_SECTORS // 2)
    for part in parts:
        dm(part.name, part.line(disk("devices")))
    fill(ORIGIN, "before")
    write(cow, bytes(4096))
    before = contents(ORIGIN)
    snapshot = dm("snapshot", f"0 {ORIGIN_SECTORS} snapshot {ORIGIN} {cow} P {CHUNK_SECTORS}")
    scribble(snapshot, "snapshot", 120, most=100)
    wanted = contents(snapshot)
    remove("snapshot")
    print(f"{len(table(cow)[1])} exceptions", flush=True)
    filesystem.make(STATE)
    remove(*(part.name for part in parts))
    durable = disk("durable")
    write(durable, contents(disk("devices")))

    _record(parts, cow)
    check = _Check(parts, cow, before, wanted)
    marks, changed, begun = 0, True, False
    for entry in _entries(disk("log")):
        if entry.flags & _MARK:
            begun = begun or entry.data == b"begin"
            if entry.data == b"end":
                break
            continue
        expect(not entry.flags & _DISCARD, "a discard was recorded")
        part = next((some for some in parts if some.holds(entry)), None)
        expect(part is not None, f"sector {entry.sector} was written and lies in no part")
        if entry.flags & _FLUSH:
            # The flush of one disk does nothing for the other, though both lie on the one that was recorded.
            for earlier in part.waiting:
                write(durable, earlier.data, earlier.sector * 512)
            changed = changed or bool(part.waiting)
            part.waiting.clear()
        if entry.flags & _FUA:
            write(durable, entry.data, entry.sector * 512)
            changed = True
        if entry.count:
            # After FUA as well: an older write to the same place that still waits must not come after it.
            part.waiting.append(entry)
        if begun and entry.flags & (_FLUSH | _FUA):
            marks += 1
            check(changed)
            changed = False
    return marks, check.number
