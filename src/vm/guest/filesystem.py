"""File systems with files in them that follow from a seed, to be changed and compared."""

import contextlib
import hashlib
import pathlib
import random

from guest import expect, run

MOUNT_POINT = pathlib.Path("/mnt")


def make(device, blocks=None):
    """Makes an ext4 that is left alone by the kernel: nothing is initialised later on. `blocks` are of 4 KiB."""
    size = [] if blocks is None else [blocks]
    run("mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0", device, *size)


def mount(device, *options):
    run("mount", *options, device, MOUNT_POINT)


def unmount():
    run("umount", MOUNT_POINT)


@contextlib.contextmanager
def mounted(device):
    """Keeps a file system mounted, read-only, so that its bytes stay as they are."""
    mount(device, "-o", "ro")
    try:
        yield
    finally:
        unmount()


def populate(seed, files=120):
    draw = random.Random(seed)
    for number in range(files):
        folder = MOUNT_POINT / f"folder-{number % 7}"
        folder.mkdir(exist_ok=True)
        (folder / f"file-{number}").write_bytes(draw.randbytes(draw.randint(0, 200_000)))


def change(seed):
    """Changes, truncates, deletes, renames and adds files."""
    draw = random.Random(seed)
    files = sorted(path for path in MOUNT_POINT.rglob("file-*") if path.is_file())
    for path in files:
        fate = draw.randrange(6)
        if fate == 0:
            path.unlink()
        elif fate == 1:
            with open(path, "r+b") as file:
                file.seek(draw.randint(0, path.stat().st_size))
                file.write(draw.randbytes(draw.randint(1, 50_000)))
        elif fate == 2:
            path.rename(path.with_name(f"renamed-{path.name}"))
    for number in range(20):
        (MOUNT_POINT / f"file-new-{number}").write_bytes(draw.randbytes(draw.randint(0, 300_000)))


def listing():
    """Every path of the mounted file system, with its mode and the digest of what it holds."""
    return {
        str(path.relative_to(MOUNT_POINT)): (
            oct(path.stat().st_mode),
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in MOUNT_POINT.rglob("*")
    }


def expect_clean(device, files):
    """The file system checks clean and holds exactly these files."""
    run("e2fsck", "-f", "-n", device)
    mount(device, "-o", "ro")
    try:
        found = listing()
    finally:
        unmount()
    wrong = sorted(path for path in files.keys() | found.keys() if files.get(path) != found.get(path))
    expect(not wrong, f"{device}: {len(wrong)} files are not as before, the first is {wrong[:1]}")
