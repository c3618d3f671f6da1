"""The power goes while an apply with undo and audit runs, on disks that keep only what was flushed.

The host cuts the power and boots again: see host/power_cuts.py.
"""

import json
import os
import pathlib
import shutil
import subprocess
import time

import filesystem
import stores
from commands import OUT, expect_equal
from devices import contents, disk, dm, fill, remove, scribble, sectors, snapshot, write
from launcher import Document, dm_merge

UNDONE = (10, 20, 30)
"""After these cuts dm-merge itself applies the undo store as well."""
ORIGIN = "/dev/mapper/origin"
UNDO = filesystem.MOUNT_POINT / "undo.store"
AUDIT = filesystem.MOUNT_POINT / "audit.jsonl"
REQUEST_KIB = 64
"""The largest single write: small, so that a cut can hit the middle of everything."""


def prepare() -> None:
    """Makes a store that the kernel fills."""
    store, before, wanted = disk("store"), disk("before"), disk("wanted")
    fill(before, "before")
    with snapshot(before, store) as work:
        scribble(work, "snapshot", 120, most=100)
        write(wanted, contents(work))
    print(f"{len(stores.table(store)[1])} exceptions", flush=True)


def write_all() -> tuple[int, int]:
    """Returns how many sectors an uninterrupted run writes: to the origin, and in all."""
    _attach("a")
    written = _Written("a")
    dm_merge("apply", **_job(1))
    totals = written.read()
    _detach()
    return totals


def finish_and_begin(old: str, cut: str, new: str, moment: str) -> bool:
    """Finishes the run on the disks of the side `old`, then begins one on `new`; either may be empty.

    Returns True, which the host does not see if the run is cut.
    """
    if old:
        _finish(old, int(cut))
    if new:
        _begin(new, int(cut) + 1, int(moment))
    return True


def _disks(side: str) -> list[str]:
    return [disk(f"origin-{side}"), disk(f"state-{side}")]


def _sysfs(device: str) -> pathlib.Path:
    return pathlib.Path("/sys/block", pathlib.Path(device).name)


def _attach(side: str) -> None:
    origin, state = _disks(side)
    for device in (origin, state):
        (_sysfs(device) / "queue/max_sectors_kb").write_text(str(REQUEST_KIB))
    dm("origin", f"0 {sectors(origin)} linear {origin} 0")
    filesystem.mount(state)


def _detach() -> None:
    filesystem.unmount()
    remove("origin")


def _job(cut: int) -> Document:
    return {
        "input": disk("store"),
        "output": ORIGIN,
        "force": True,
        "direct": cut % 3 == 0,
        "undo": str(UNDO),
        "audit": str(AUDIT),
        "label": f"cut {cut}",
    }


class _Written:
    """Counts the sectors written to a side's disks from now on."""

    def __init__(self, side: str):
        # Kept open: to find a disk one reads its name from the disk, which would wait for the writes that are counted.
        self._statistics = [os.open(_sysfs(device) / "stat", os.O_RDONLY) for device in _disks(side)]
        self._start = self._since_boot()

    def _since_boot(self) -> list[int]:
        return [int(os.pread(file, 512, 0).split()[6]) for file in self._statistics]

    def read(self) -> tuple[int, int]:
        """Sectors written to the origin, and to both disks."""
        origin, state = (now - start for now, start in zip(self._since_boot(), self._start))
        return origin, origin + state


def _has_hole(log: pathlib.Path) -> bool:
    """Whether the file system lost a part of the log and kept what came after it."""
    return log.exists() and b"\0" in log.read_bytes().rstrip(b"\0")


def _finish(side: str, cut: int) -> None:
    """Runs the same job again, and checks all that it promises."""
    _attach(side)
    if _has_hole(AUDIT):
        # Whole lines may be missing: the run does not continue such a log, and asks for a new one.
        dm_merge("apply", status=65, **_job(cut))
        AUDIT.rename(AUDIT.with_suffix(".holed"))
    dm_merge("apply", **_job(cut))
    before = contents(disk("before"))
    expect_equal(contents(ORIGIN), contents(disk("wanted")), f"the origin after cut {cut}")
    shown = stores.shown_by_kernel(ORIGIN, UNDO)
    expect_equal(shown, before, f"the origin through its undo store after cut {cut}")
    shutil.copy(AUDIT, OUT / f"audit-{cut}.jsonl")
    if cut in UNDONE:
        dm_merge("apply", input=str(UNDO), output=ORIGIN, force=True)
        expect_equal(contents(ORIGIN), before, f"the origin undone after cut {cut}")
        dm_merge("apply", input=disk("store"), output=ORIGIN, force=True)
    _detach()


def _begin(side: str, cut: int, moment: int) -> None:
    """Starts a run and resets the machine, with nothing flushed, once `moment` sectors are written."""
    _attach(side)
    path = OUT / "job.json"
    path.write_text(json.dumps(_job(cut)))
    written = _Written(side)
    with open(OUT / "documents" / f"cut-{cut}.json", "wb") as document:
        # The watcher must not wait for the process that it watches.
        process = subprocess.Popen(["nice", "dm-merge", "apply", path], stdout=document, stderr=document)
        ended = False
        while not ended:
            ended = process.poll() is not None
            origin, total = written.read()
            if total >= moment:
                note = {"written": total, "origin": origin}
                (OUT / "cut.json").write_text(json.dumps(note))
                pathlib.Path("/proc/sysrq-trigger").write_text("b")
            time.sleep(0.005)  # the run needs the processor too
