"""Jobs that must be refused: with which code, and that neither the origin nor the store changes by a byte."""

import contextlib
import os
import subprocess

from guest import Failure, direct, dm_merge, expect, expect_equal, flush, sectors, write

_BUSY, _FORBIDDEN = 75, 78


def whole(path):
    """Everything that a device holds, whatever its page cache shows."""
    return direct(path, 0, sectors(path) * 512)


class Refusals:
    """Tries one job after another, and reports all that were not refused as they must be."""

    def __init__(self):
        self._refused = []
        self._failures = []

    def try_job(self, what, codes, *, names=None, **job):
        """The job is refused with one of these codes, and with a message that names `names`."""
        before = {path: whole(path) for path in (job["input"], job["output"])}
        failures = []
        try:
            self._refused.append(f"{what} ({_refuse(codes, names, job)})")
        except Failure as failure:
            failures.append(str(failure))
        for path, content in before.items():
            try:
                expect_equal(whole(path), content, path)
            except Failure as failure:
                failures.append(str(failure))
                # The next job is to find what this one found.
                write(path, content)
                flush(path)
        if failures:
            self._failures.append(f"{what}: {', '.join(failures)}")

    def result(self):
        """What was refused; fails if anything was not."""
        expect(not self._failures, f"{len(self._failures)} not as they must be: {'; '.join(self._failures)}")
        return ", ".join(self._refused)


def _refuse(codes, names, job):
    status = _BUSY if codes == ("device.busy",) else _FORBIDDEN
    problem = dm_merge("apply", status=status, force=True, **job)
    code, message = problem["code"], problem["message"]
    expect(code in codes, f"refused with {code} and not with {' or '.join(codes)}: {message}")
    expect(names is None or names in message, f"the message does not name {names}: {message}")
    return code


@contextlib.contextmanager
def opened(path, flags=os.O_RDONLY):
    """Keeps a device open, and nothing else."""
    descriptor = os.open(path, flags)
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def mounted_elsewhere(device, mount_point):
    """Mounts a device read-only in a mount namespace that a process keeps alive."""
    mount = 'mount -o ro "$1" "$2" && echo mounted && exec cat'
    holder = subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", mount, "sh", device, mount_point],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        expect(holder.stdout.readline() == b"mounted\n", f"{device} could not be mounted elsewhere")
        yield
    finally:
        holder.stdin.close()
        holder.wait()
