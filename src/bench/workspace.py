"""Where competitors run: directories, file systems, loop devices, caches, clocks. All of it is removed at the end."""

import argparse
import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import stores

CHUNK = 4096
TARGET = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../target"))


class Workspace(contextlib.ExitStack):
    """The options, and a scratch directory for the length of the benchmark."""

    def __init__(self, options: argparse.Namespace):
        super().__init__()
        self.options = options
        self.tool = os.path.abspath(options.tool)
        self.results = os.path.abspath(options.directory)
        self.loops = os.path.join(TARGET, "bench/loops")
        os.makedirs(self.results, exist_ok=True)
        self.directory = self.enter_context(tempfile.TemporaryDirectory(dir=self.results))

    @contextlib.contextmanager
    def tmpfs(self) -> Iterator[str]:
        with self._mounted(["-t", "tmpfs", "-o", "size=90%", "tmpfs"]) as directory:
            yield directory

    @contextlib.contextmanager
    def xfs(self, mib: int) -> Iterator[str]:
        """An XFS that can share blocks, in an image."""
        image = os.path.join(self.directory, "xfs")
        run("truncate", "-s", f"{mib}M", image)
        run("mkfs.xfs", "-q", "-m", "reflink=1", image)
        try:
            with self._mounted(["-o", "loop", image]) as directory:
                yield directory
        finally:
            os.unlink(image)

    @contextlib.contextmanager
    def _mounted(self, arguments: list[str]) -> Iterator[str]:
        directory = tempfile.mkdtemp(dir=self.directory)
        run("mount", *arguments, directory)
        try:
            yield directory
        finally:
            run("umount", directory)
            os.rmdir(directory)

    @contextlib.contextmanager
    def disk(self) -> Iterator[str]:
        """A directory on the file system of the results."""
        with tempfile.TemporaryDirectory(dir=self.directory) as directory:
            yield directory

    def file_system(self) -> str:
        return output("findmnt", "-no", "FSTYPE", "-T", self.directory).strip()


class Merge:
    """A store, its origin before any run, and a copy of that origin for each run."""

    def __init__(self, directory: str, order: str, mib: int):
        self.directory = directory
        self.order = order
        self.bytes = mib << 20
        self.chunks = self.bytes // CHUNK
        self.store, self.before = stores.make(directory, order, CHUNK, self.bytes)
        self.origin = os.path.join(directory, "origin")
        self.digest: str | None = None

    def reset(self) -> None:
        """Restores the origin, writes it back, and reads store and origin into the page cache."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.origin)
        run("cp", "--reflink=never", self.before, self.origin)
        os.sync()
        warm(self.store, self.origin)

    def require_merged(self, name: str) -> None:
        """All competitors must produce the same origin."""
        digest = output("sha256sum", self.origin).split()[0]
        if self.digest not in (None, digest):
            raise SystemExit(f"{name} left other bytes than the competitor before it")
        self.digest = digest

    def job(self, **more: Any) -> bytes:
        return json.dumps({"input": self.store, "output": self.origin, "force": True, **more}).encode()


@contextlib.contextmanager
def loop(path: str) -> Iterator[str]:
    """A loop device that bypasses the page cache."""
    device = output("losetup", "--find", "--show", "--direct-io=on", path).strip()
    try:
        yield device
    finally:
        run("losetup", "--detach", device)


def warm(*paths: str) -> None:
    """Reads files into the page cache."""
    for path in paths:
        run("dd", "if=" + path, "of=/dev/null", "bs=1M", "status=none")


def drop_caches() -> None:
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
        file.write("3")


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class Timing:
    """One run of a process: its wall time in seconds, its peak memory in KiB, and its standard output."""

    def __init__(self, command: list[str], data: bytes = b"", cwd: str | None = None):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as given, tempfile.NamedTemporaryFile() as size:
            given.write(data)
            given.seek(0)
            # The peak of a direct child would include the memory of this process, from before its exec.
            timed = ["time", "--quiet", "--format=%M", "--output=" + size.name, *command]
            start = time.monotonic()
            status = subprocess.run(timed, stdin=given, stdout=out, cwd=cwd, check=False).returncode
            self.seconds = time.monotonic() - start
            self.kib = int(size.read())
            out.seek(0)
            self.stdout = out.read()
        if status != 0:
            raise SystemExit(f"{command} failed: {self.stdout.decode()[-2000:]}")
