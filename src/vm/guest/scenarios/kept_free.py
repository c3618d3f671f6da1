"""While an active volume is reverted nobody else can begin to use it."""

import errno
import json
import os
import pathlib
import signal
import subprocess

import filesystem
import lvm
from guest import OUT, contents, disk, dm, expect, expect_equal, merged, remove, run as command, wait_until
from machine import Disk

DISKS = [Disk("pv", 256)]
SNAPSHOT = "/dev/mapper/vg0-snap"
AUDIT = OUT / "audit.jsonl"
JOB = OUT / "job.json"


def _state(process):
    return pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(") ", 1)[1][0]


def _audited(event):
    """Whether the run's log has a line of this event, whole or not."""
    return AUDIT.exists() and event in AUDIT.read_text()


def _claim(path):
    """Tries to open a device as a mount would; returns the error's name, or None."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_EXCL))
        return None
    except OSError as error:
        return errno.errorcode[error.errno]


def _use():
    """Tries to take the volume into use by every way; returns the ways that worked."""
    worked = []
    for path in (lvm.MAPPED, SNAPSHOT):
        if _claim(path) != "EBUSY":
            worked.append(f"claim {path}")
        command("mount", "-t", "ext4", "-o", "ro", path, filesystem.MOUNT_POINT, status=None)
        if any(line.split()[0] == path for line in pathlib.Path("/proc/mounts").read_text().splitlines()):
            worked.append(f"mount {path}")
            filesystem.unmount()
    return worked


def _while_stopped(action):
    """Starts a run, stops it before its first write, acts, and lets it end; returns what each answered."""
    AUDIT.unlink(missing_ok=True)
    process = subprocess.Popen([os.environ["DM_MERGE"], "apply", JOB], stdout=subprocess.PIPE)
    try:
        # Nothing is logged before every guard has passed. Stopped, the run keeps what it has.
        wait_until(lambda: _audited("run-started") or process.poll() is not None, "the run begins to write")
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: _state(process) in "TZ", "the run is stopped")
        expect(_state(process) == "T" and not _audited("run-finished"), "the run ended before it could be stopped")
        answer = action()
    finally:
        process.send_signal(signal.SIGCONT)
        document = json.loads(process.communicate()[0])
    return answer, process.returncode, document


def _mount_duplicate():
    dm("late", command("dmsetup", "table", "vg0-data-real"))
    filesystem.mount("/dev/mapper/late", "-o", "ro,noload")


def run():
    lvm.make_group(disk("pv"))
    _, files = lvm.make_changed_volume(1, "4k", mib=96)
    filesystem.unmount()
    wanted = merged(lvm.REAL, lvm.COW)
    job = {"input": lvm.COW, "output": lvm.REAL, "force": True, "audit": str(AUDIT)}
    JOB.write_text(json.dumps(job))
    worked, status, document = _while_stopped(_use)
    expect(not worked, f"while the volume was reverted one could {' and '.join(worked)}")
    expect(status == 0, f"dm-merge ended with {status}: {document}")
    expect_equal(contents(lvm.REAL), wanted, "the volume after the run")
    filesystem.expect_clean(lvm.DATA, files)
    for path in (lvm.MAPPED, SNAPSHOT):
        expect(_claim(path) is None, f"{path} cannot be claimed after the run")

    filesystem.mount(lvm.DATA)
    filesystem.change(2)
    filesystem.unmount()
    _, status, document = _while_stopped(_mount_duplicate)
    filesystem.unmount()
    remove("late")
    code = (document.get("problem") or document).get("code")
    expect((status, code) == (78, "device.mounted"), f"a duplicate mounted meanwhile: {status}, {code}")
    return (
        "neither the volume nor its snapshot can be mounted or claimed during the run; after it, both can; "
        "a duplicate of the volume that is mounted meanwhile ends the run (device.mounted)"
    )
