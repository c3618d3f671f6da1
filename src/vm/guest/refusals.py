"""Jobs that must be refused: the code of the refusal, and that neither the origin nor the store changes by a byte."""

import contextlib
import subprocess
from collections.abc import Iterator
from typing import Any

from commands import AnyPath, Failure, expect, expect_equal
from devices import direct_contents, flush, write
from launcher import Document, dm_merge

_BAD_DATA, _FORBIDDEN = 65, 78

IN_USE = ("device.in_use",)
MOUNTED = ("device.mounted",)


class Refusals:
    """Tries one job after another, and reports all that were not refused as they must be."""

    def __init__(self) -> None:
        self._refused: list[str] = []
        self._failures: list[str] = []

    def try_job(self, what: str, codes: tuple[str, ...], *, names: str | None = None, **job: Any) -> None:
        """The job is refused with one of these codes, and with a message that names `names`."""
        before = {path: direct_contents(path) for path in (job["input"], job["output"])}
        failures = []
        try:
            self._refused.append(f"{what} ({_refuse(codes, names, job)})")
        except Failure as failure:
            failures.append(str(failure))
        for path, content in before.items():
            try:
                expect_equal(direct_contents(path), content, path)
            except Failure as failure:
                failures.append(str(failure))
                # The next job must find what this one found.
                write(path, content)
                flush(path)
        if failures:
            self._failures.append(f"{what}: {', '.join(failures)}")

    def result(self) -> str:
        """What was refused; fails if any job was not refused as it must be."""
        expect(not self._failures, f"{len(self._failures)} wrong: {'; '.join(self._failures)}")
        return f"refused, with no byte changed: {', '.join(self._refused)}"


def _refuse(codes: tuple[str, ...], names: str | None, job: Document) -> str:
    status = _BAD_DATA if codes[0].startswith("store.") else _FORBIDDEN
    problem = dm_merge("apply", status=status, force=True, **job)
    expect(problem["kind"] == "problem", f"a {problem['kind']} and not a problem")
    code, message = problem["code"], problem["message"]
    expect(code in codes, f"refused with {code} and not with {' or '.join(codes)}: {message}")
    expect(names is None or names in message, f"the message does not name {names}: {message}")
    return str(code)


@contextlib.contextmanager
def mounted_elsewhere(device: str, mount_point: AnyPath) -> Iterator[None]:
    """Mounts a device read-only in a mount namespace that a process keeps alive."""
    mount = 'mount -o ro "$1" "$2" && echo mounted && exec cat'
    words = ["unshare", "--mount", "sh", "-c", mount, "sh", device, mount_point]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin and holder.stdout
        expect(holder.stdout.readline() == b"mounted\n", f"{device} could not be mounted elsewhere")
        yield
