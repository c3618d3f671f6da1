"""What scenarios do in the guest: commands, devices, stores, the launcher."""

import fcntl
import itertools
import json
import mmap
import os
import pathlib
import random
import shlex
import struct
import subprocess
import time

OUT = pathlib.Path("/out")
REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
SECTOR = 512
BLKFLSBUF = 0x1261
_MAGIC = 0x70416E53
_numbers = itertools.count(1)


class Failure(Exception):
    """Something is not as it must be."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def run(*command, status=0, cwd=None, text=None):
    """Runs a command, shown on the console with what it says, and returns its standard output.

    `status` is what it must end with; None takes any.
    """
    words = [str(word) for word in command]
    print(f"+ {time.monotonic():.1f} {shlex.join(words)}", flush=True)
    done = subprocess.run(
        words, cwd=cwd, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(done.stdout, end="", flush=True)
    said = done.stdout.strip()
    expect(status is None or done.returncode == status, f"{words[0]} ended with {done.returncode}: {said}")
    return done.stdout


def wait_until(condition, what, seconds=3600):
    """Fails when `seconds` have passed, which only a guest that hangs needs."""
    deadline = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < deadline, f"waited {seconds} seconds in vain: {what}")
        time.sleep(0.01)


# Devices


def disk(name):
    """The path of a disk that the scenario declared."""
    for folder in pathlib.Path("/sys/block").glob("vd*"):
        if (folder / "serial").read_text().strip() == name:
            return f"/dev/{folder.name}"
    raise Failure(f"there is no disk {name}")


def sectors(path):
    return int(subprocess.run(["blockdev", "--getsz", path], check=True, stdout=subprocess.PIPE).stdout)


def dm(name, *lines):
    """Makes a device-mapper device of table lines and returns its path."""
    run("dmsetup", "create", name, text="".join(f"{line}\n" for line in lines))
    return f"/dev/mapper/{name}"


def remove(*names):
    for name in names:
        run("dmsetup", "remove", name)


class Slices:
    """Cuts a disk into device-mapper devices, one behind the other, each on a MiB of its own."""

    def __init__(self, path):
        self.path = path
        self.next = 0

    def place(self, count):
        """Takes the next `count` sectors; returns the first of them."""
        start = self.next
        self.next = -(-(start + count) // 2048) * 2048
        expect(self.next <= sectors(self.path), f"{self.path} is too small")
        return start

    def cut(self, name, count):
        return dm(name, f"0 {count} linear {self.path} {self.place(count)}")


def flush(path):
    """Writes back and drops what the page cache of a block device holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        fcntl.ioctl(descriptor, BLKFLSBUF, 0)
    finally:
        os.close(descriptor)


def contents(path):
    """All bytes of a file, or of a device past what its page cache held."""
    if pathlib.Path(path).is_block_device():
        flush(path)
    with open(path, "rb") as device:
        return device.read()


def direct(path, offset, length):
    """Reads with O_DIRECT: what the device holds, whatever its page cache says."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECT)
    try:
        buffer = mmap.mmap(-1, length)
        expect(os.preadv(descriptor, [buffer], offset) == length, f"short read of {path}")
        return buffer[:]
    finally:
        os.close(descriptor)


def write(path, content, offset=0):
    """Writes past the page cache as far as the kernel lets others see: durable when it returns."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        view = memoryview(content)
        while view:
            count = os.pwrite(descriptor, view, offset)
            view, offset = view[count:], offset + count
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fill(path, seed):
    """Fills a device with bytes that follow from the seed."""
    write(path, random.Random(seed).randbytes(sectors(path) * SECTOR))


def scribble(path, seed, count, most=64, low=0, high=None):
    """Writes `count` runs of 1 to `most` blocks to random places between two sectors; they follow from the seed."""
    draw = random.Random(seed)
    block = int(subprocess.run(["blockdev", "--getss", path], check=True, stdout=subprocess.PIPE).stdout) // SECTOR
    blocks = (sectors(path) if high is None else high) // block
    descriptor = os.open(path, os.O_WRONLY)
    try:
        for _ in range(count):
            length = draw.randint(1, most)
            start = draw.randrange(low // block, max(low // block + 1, blocks - length + 1))
            length = min(length, blocks - start)
            os.pwrite(descriptor, draw.randbytes(length * block * SECTOR), start * block * SECTOR)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def expect_equal(left, right, what):
    """Compares two byte strings; says where they first differ."""
    if left == right:
        return
    expect(len(left) == len(right), f"{what}: {len(left)} bytes and {len(right)} bytes")
    step = 4096
    at = next(i for i in range(0, len(left), step) if left[i:i + step] != right[i:i + step])
    wrong = sum(left[i:i + step] != right[i:i + step] for i in range(0, len(left), step))
    raise Failure(f"{what}: {wrong} blocks of {step} bytes differ, the first at byte {at}")


# Stores


def table(path):
    """The chunk size in bytes and the exceptions (old, new) of a store: a device (by O_DIRECT) or a file."""

    def read(offset, length):
        if pathlib.Path(path).is_block_device():
            return direct(path, offset, length)
        with open(path, "rb") as file:
            file.seek(offset)
            return file.read(length)

    magic, valid, version, chunk_sectors = struct.unpack("<IIII", read(0, 4096)[:16])
    expect((magic, valid, version) == (_MAGIC, 1, 1), f"{path} is no valid store")
    chunk = chunk_sectors * SECTOR
    per_area = chunk // 16
    entries = []
    for area in itertools.count():
        content = read((1 + area * (per_area + 1)) * chunk, chunk)
        for old, new in struct.iter_unpack("<QQ", content):
            if new == 0:
                return chunk, entries
            entries.append((old, new))


def merged(origin, store):
    """What an origin must hold once a store was merged into it, worked out here and by nobody else."""
    chunk, entries = table(store)
    content = contents(store)
    result = bytearray(contents(origin))
    size = len(result)
    for old, new in entries:
        length = min(chunk, size - old * chunk)
        result[old * chunk:old * chunk + length] = content[new * chunk:new * chunk + length]
    return bytes(result)


# The launcher


def dm_merge(command, *, status=0, **job):
    """Runs the launcher with a job; returns the document. Both are kept in /out/documents."""
    number = next(_numbers)
    folder = OUT / "documents"
    folder.mkdir(exist_ok=True)
    path = folder / f"{number:03}-job.json"
    path.write_text(json.dumps(job))
    return launch(command, path, status=status, keep=folder / f"{number:03}-{command}")


def launch(*arguments, status=0, keep=None):
    """Runs the launcher; returns the document on its standard output.

    `keep` is where to keep it, with a suffix. The exit status must be `status`.
    """
    words = [os.environ["DM_MERGE"], *map(str, arguments)]
    print(f"+ {time.monotonic():.1f} dm-merge {shlex.join(words[1:])}", flush=True)
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if keep is not None:
        keep.with_suffix(".json").write_text(done.stdout)
        keep.with_suffix(".stderr").write_text(done.stderr)
    document = json.loads(done.stdout)
    problem = document.get("problem") or document
    said = problem.get("message") or problem.get("status") or problem["kind"]
    expect(done.returncode == status, f"dm-merge {arguments[0]} ended with {done.returncode} and not {status}: {said}")
    return document


def readme_block(section):
    """The first block of shell in the README's scenario of that number, as it stands."""
    text = (REPOSITORY / "README.md").read_text()
    part = text.split(f"\n### {section}. ", 1)[1]
    return part.split("```sh\n", 1)[1].split("\n```", 1)[0] + "\n"


def run_readme(script, folder):
    """Runs a script of the README as somebody would who types it: dm-merge is on the PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    launcher = os.path.dirname(os.environ["DM_MERGE"])
    if launcher not in os.environ["PATH"].split(":"):
        os.environ["PATH"] = f"{launcher}:{os.environ['PATH']}"
    (folder / "typed.sh").write_text(script)
    run("sh", "-x", "typed.sh", cwd=folder)
