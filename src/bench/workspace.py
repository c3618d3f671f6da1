"""Where competitors run: folders, file systems, loop devices, caches, clocks. All of it is taken away again."""

import contextlib
import json
import os
import subprocess
import tempfile
import time

import stores

CHUNK = 4096


class Place(contextlib.ExitStack):
    """The options, a scratch folder for the time of the benchmark, and what was measured so far."""

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.tool = os.path.abspath(options.tool)
        self.results = os.path.abspath(options.folder)
        self.loops = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../target/bench/loops"))
        self.finished = []
        os.makedirs(self.results, exist_ok=True)
        self.folder = self.enter_context(tempfile.TemporaryDirectory(dir=self.results))

    @contextlib.contextmanager
    def tmpfs(self):
        """A folder on a tmpfs."""
        with self._mounted(["-t", "tmpfs", "-o", "size=90%", "tmpfs"]) as folder:
            yield folder

    @contextlib.contextmanager
    def xfs(self, mib):
        """A folder on an XFS that can share blocks, in an image."""
        image = os.path.join(self.folder, "xfs")
        run("truncate", "-s", f"{mib}M", image)
        run("mkfs.xfs", "-q", "-m", "reflink=1", image)
        try:
            with self._mounted(["-o", "loop", image]) as folder:
                yield folder
        finally:
            os.unlink(image)

    @contextlib.contextmanager
    def _mounted(self, arguments):
        folder = tempfile.mkdtemp(dir=self.folder)
        run("mount", *arguments, folder)
        try:
            yield folder
        finally:
            run("umount", folder)
            os.rmdir(folder)

    @contextlib.contextmanager
    def disk(self):
        """A folder on the file system that the results are on."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield folder

    def file_system(self):
        return output("findmnt", "-no", "FSTYPE", "-T", self.folder).strip()


class Merge:
    """A store, its origin as it was before, and a copy of that for each run."""

    def __init__(self, folder, order, mib):
        self.folder = folder
        self.bytes = mib << 20
        self.chunks = self.bytes // CHUNK
        self.store, self.before = stores.make(folder, order, CHUNK, self.bytes)
        self.origin = os.path.join(folder, "origin")
        self.digest = None

    def reset(self):
        """The origin as it was, on the disk, and both in the page cache."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.origin)
        run("cp", "--reflink=never", self.before, self.origin)
        os.sync()
        warm(self.store, self.origin)

    def require_merged(self, name):
        """A competitor that does something else is no competitor."""
        digest = output("sha256sum", self.origin).split()[0]
        if self.digest not in (None, digest):
            raise SystemExit(f"{name} left other bytes than the one before")
        self.digest = digest

    def job(self, **more):
        return json.dumps({"input": self.store, "output": self.origin, "force": True, **more}).encode()


@contextlib.contextmanager
def loop(path):
    """A loop device past the page cache."""
    device = output("losetup", "--find", "--show", "--direct-io=on", path).strip()
    try:
        yield device
    finally:
        run("losetup", "--detach", device)


def warm(*paths):
    for path in paths:
        run("dd", "if=" + path, "of=/dev/null", "bs=1M", "status=none")


def drop_caches():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
        file.write("3")


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class Timing:
    """One run of a process: seconds on the wall, its largest size, and what it said."""

    def __init__(self, command, data=b"", cwd=None):
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as asked, tempfile.NamedTemporaryFile() as size:
            asked.write(data)
            asked.seek(0)
            # A child of this process would be charged with the size that this one has.
            timed = ["time", "--quiet", "--format=%M", "--output=" + size.name, *command]
            start = time.monotonic()
            status = subprocess.run(timed, stdin=asked, stdout=said, cwd=cwd, check=False).returncode
            self.seconds = time.monotonic() - start
            self.kib = int(size.read())
            said.seek(0)
            self.stdout = said.read()
        if status != 0:
            raise SystemExit(f"{command} failed: {self.stdout.decode()[-2000:]}")
