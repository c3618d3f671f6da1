"""One run of a scenario, seen from the host: its directory, its disks, its boots."""

import json
import pathlib
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from typing import Any

from machine import GUEST, REPOSITORY, TARGET, Disk, Drive, Kernel, boot, plain_drive

LAUNCHER = REPOSITORY / "target/dm-merge/bin/dm-merge"
BOOT_SECONDS = 6 * 3600
"""Ends a guest that hangs. The slowest scenario takes minutes, so the slowest machine does not reach it."""


class Failed(Exception):
    """The scenario failed, for the reason in the message."""


class ScenarioRun:
    """Has a directory that is the guest's /out, and the disks' images in it."""

    def __init__(self, kernel: Kernel, name: str):
        self.name = name
        self.directory = TARGET / name
        self._kernel = kernel
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)

    def image(self, disk: Disk) -> pathlib.Path:
        """The file with a disk's bytes, made when it is first asked for."""
        path = self.directory / f"{disk.name}.img"
        if not path.exists():
            with open(path, "wb") as image:
                image.truncate(disk.mib << 20)
        return path

    def plain(self, disks: Iterable[Disk]) -> list[Drive]:
        return [(disk, plain_drive(self.image(disk))) for disk in disks]

    def boot(self, function: str, drives: list[Drive], *arguments: object, may_be_reset: bool = False) -> Any:
        """Runs a function of the scenario's guest module in the guest and returns its result.

        With `may_be_reset` the guest may go down before the function returns; the result is None then.
        """
        result = self.directory / "result.json"
        result.unlink(missing_ok=True)
        words = ["python3", "-B", GUEST / "main.py", self.name, function, *arguments]
        boot(self._kernel, self.directory, _start(words), drives, BOOT_SECONDS)
        if not result.exists():
            if may_be_reset:
                return None
            raise Failed("the guest went down before it was done")
        answer = json.loads(result.read_text())
        if answer["failure"] is not None:
            raise Failed(answer["failure"])
        return answer["value"]

    def require_good_audit(self, log: str) -> None:
        """dm-merge, on the host, must verify an audit log that the guest left."""
        command: list[str | pathlib.Path] = [LAUNCHER, "audit", self.directory / log]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{log} does not verify: {done.stdout}")


def _start(words: list[object]) -> str:
    return f"""\
# Emulated, a short run ends before better compiled code pays off, and before much of it is compiled at all.
export JAVA_TOOL_OPTIONS='-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=8'
export PATH={shlex.quote(str(LAUNCHER.parent))}:"$PATH"
exec {shlex.join(map(str, words))}
"""
