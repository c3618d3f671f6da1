"""File systems with files that a seed determines, to be changed and compared."""

import contextlib
import hashlib
import pathlib
import random
from collections.abc import Iterator

from commands import Seed, command, expect

MOUNT_POINT = pathlib.Path("/mnt")

Files = dict[str, tuple[str, str]]
"""The paths of a file system, each with its mode and the digest of its content."""


def make(device: str, blocks: int | None = None) -> None:
    """Makes an ext4 of `blocks` of 4 KiB, with nothing left for the kernel to initialise later."""
    size = [] if blocks is None else [blocks]
    command("mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", device, *size)


def mount(device: str, *options: str) -> None:
    command("mount", *options, device, MOUNT_POINT)


def unmount() -> None:
    command("umount", MOUNT_POINT)


@contextlib.contextmanager
def mounted(device: str) -> Iterator[None]:
    """A read-only mount for the length of a block; the device's bytes do not change."""
    mount(device, "-o", "ro")
    try:
        yield
    finally:
        unmount()


def populate(seed: Seed, files: int = 120) -> None:
    draw = random.Random(seed)
    for number in range(files):
        directory = MOUNT_POINT / f"directory-{number % 7}"
        directory.mkdir(exist_ok=True)
        (directory / f"file-{number}").write_bytes(draw.randbytes(draw.randint(0, 200_000)))


def change(seed: Seed) -> None:
    """Changes, deletes, renames and adds files."""
    draw = random.Random(seed)
    files = sorted(path for path in MOUNT_POINT.rglob("file-*") if path.is_file())
    for path in files:
        action = draw.randrange(6)
        if action == 0:
            path.unlink()
        elif action == 1:
            with open(path, "r+b") as file:
                file.seek(draw.randint(0, path.stat().st_size))
                file.write(draw.randbytes(draw.randint(1, 50_000)))
        elif action == 2:
            path.rename(path.with_name(f"renamed-{path.name}"))
    for number in range(20):
        (MOUNT_POINT / f"file-new-{number}").write_bytes(draw.randbytes(draw.randint(0, 300_000)))


def listing() -> Files:
    return {
        str(path.relative_to(MOUNT_POINT)): (
            oct(path.stat().st_mode),
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in MOUNT_POINT.rglob("*")
    }


def expect_clean(device: str, files: Files) -> None:
    """The file system checks clean and has exactly these files."""
    command("e2fsck", "-f", "-n", device)
    with mounted(device):
        found = listing()
    wrong = sorted(path for path in files.keys() | found.keys() if files.get(path) != found.get(path))
    expect(not wrong, f"{device}: {len(wrong)} files differ, the first is {wrong[:1]}")
