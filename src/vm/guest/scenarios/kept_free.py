"""While an active volume is reverted, nothing else can start to use it."""

import errno
import json
import os
import pathlib
import signal
import subprocess
from collections.abc import Callable
from typing import TypeVar

import filesystem
import lvm
import stores
from commands import OUT, command, expect, expect_equal, wait_until
from devices import contents, disk, dm, dm_table, opened, remove
from launcher import Document, problem_of

AUDIT = OUT / "audit.jsonl"
JOB = OUT / "job.json"

Answer = TypeVar("Answer")


def _state(process: subprocess.Popen[bytes]) -> str:
    return pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1][0]


def _audited(event: str) -> bool:
    """Whether the run's log has a line of this event, complete or not."""
    return AUDIT.exists() and event in AUDIT.read_text()


def _claim(path: str) -> str | None:
    """Tries to open a device as a mount would; returns the error's name, or None."""
    try:
        with opened(path, os.O_RDONLY | os.O_EXCL):
            return None
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def _use() -> list[str]:
    """Tries to use the volume in every way; returns the ways that worked."""
    worked = []
    for path in (lvm.MAPPED, lvm.SNAPSHOT):
        if _claim(path) != "EBUSY":
            worked.append(f"claim {path}")
        command("mount", "-t", "ext4", "-o", "ro", path, filesystem.MOUNT_POINT, status=None)
        if any(line.split()[0] == path for line in pathlib.Path("/proc/mounts").read_text().splitlines()):
            worked.append(f"mount {path}")
            filesystem.unmount()
    return worked


def _while_stopped(action: Callable[[], Answer]) -> tuple[Answer, int, Document]:
    """Starts a run, stops it before its first write, acts and resumes it.

    Returns the action's answer, and the run's exit status and document.
    """
    AUDIT.unlink(missing_ok=True)
    process = subprocess.Popen(["dm-merge", "apply", JOB], stdout=subprocess.PIPE)
    try:
        # Nothing is logged before every guard has passed. A stopped run keeps its claims.
        wait_until(lambda: _audited("run-started") or process.poll() is not None, "the run starts to write")
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: _state(process) in "TZ", "the run is stopped")
        expect(_state(process) == "T" and not _audited("run-finished"), "the run ended before it could be stopped")
        answer = action()
    finally:
        process.send_signal(signal.SIGCONT)
        document = json.loads(process.communicate()[0])
    return answer, process.returncode, document


def _mount_duplicate() -> None:
    filesystem.mount(dm("late", dm_table("vg0-data-real")), "-o", "ro,noload")


def run() -> str:
    lvm.make_group(disk("pv"))
    before = lvm.make_changed_volume(1, "4k")
    filesystem.unmount()
    wanted = stores.merged(lvm.REAL, lvm.COW)
    JOB.write_text(json.dumps({**lvm.ACTIVE, "force": True, "audit": str(AUDIT)}))
    worked, status, document = _while_stopped(_use)
    expect(not worked, f"possible while the volume was reverted: {' and '.join(worked)}")
    expect(status == 0, f"dm-merge ended with {status}: {document}")
    expect_equal(contents(lvm.REAL), wanted, "the volume after the run")
    filesystem.expect_clean(lvm.DATA, before.files)
    for path in (lvm.MAPPED, lvm.SNAPSHOT):
        expect(_claim(path) is None, f"{path} cannot be claimed after the run")

    filesystem.mount(lvm.DATA)
    filesystem.change(2)
    filesystem.unmount()
    _, status, document = _while_stopped(_mount_duplicate)
    filesystem.unmount()
    remove("late")
    code = problem_of(document).get("code")
    expect((status, code) == (78, "device.mounted"), f"a duplicate mounted during the run: {status}, {code}")
    return (
        "neither the volume nor its snapshot can be mounted or claimed during the run; after it, both can; "
        "a duplicate of the volume that is mounted during the run ends it (device.mounted)"
    )
