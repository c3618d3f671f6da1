"""The undo store of a merge, read by the kernel."""

import pathlib

import filesystem
import stores
from commands import OUT, command, expect, expect_equal
from devices import Slices, contents, detach_loop, disk, fill, remove, scribble, snapshot
from launcher import dm_merge, documented, run_typed

UNDO = filesystem.MOUNT_POINT / "undo.store"


def _shown_as_documented(origin: str) -> bytes:
    """What the kernel shows by the commands of UNDO.md, which are for chunks of 8 sectors."""
    base = pathlib.Path("/dev/base")
    base.symlink_to(origin)
    (OUT / "data.undo").symlink_to(UNDO)
    run_typed(documented("src/docs/UNDO.md", "undo_store"), OUT)
    shown = contents("/dev/mapper/before")
    remove("before")
    detach_loop(command("losetup", "--noheadings", "--output", "NAME", "--associated", UNDO).strip())
    base.unlink()
    return shown


def _undo(slices: Slices, chunk_sectors: int, origin_sectors: int) -> int:
    """Returns how many chunks the undo store has."""
    names = [f"{role}-{chunk_sectors}" for role in ("origin", "cow")]
    origin, cow = slices.cut(names[0], origin_sectors), slices.cut(names[1], 2 * origin_sectors)
    fill(origin, chunk_sectors)
    stores.empty(cow)
    before = contents(origin)
    with snapshot(origin, cow, f"P {chunk_sectors}") as work:
        scribble(work, chunk_sectors, 60)
        # The last chunk is a partial one.
        scribble(work, chunk_sectors, 1, most=1, low=origin_sectors - 1)
        after = contents(work)

    report = dm_merge("apply", input=cow, output=origin, force=True, undo=str(UNDO))
    expect_equal(contents(origin), after, "the origin after the merge")
    _, saved = stores.table(UNDO)
    expect(len(saved) >= report["counts"]["written"] > 0, f"{len(saved)} chunks saved of {report['counts']}")
    expect_equal(stores.shown_by_kernel(origin, UNDO), before, "what the kernel shows through the undo store")
    if chunk_sectors == 8:
        expect_equal(_shown_as_documented(origin), before, "what the commands of UNDO.md show")
    expect_equal(contents(origin), after, "the origin under the undo store")
    dm_merge("apply", input=str(UNDO), output=origin, force=True)
    expect_equal(contents(origin), before, "the origin after the undo")
    UNDO.unlink()
    remove(*names)
    return len(saved)


def run() -> str:
    slices = Slices(disk("all"))
    state = slices.cut("state", 131072)
    filesystem.make(state)
    filesystem.mount(state)
    counts = [_undo(slices, 8, 40003), _undo(slices, 128, 60007)]
    return (
        f"undo stores of {counts[0]} chunks of 4k and {counts[1]} of 64k attached by the kernel (as UNDO.md says, too), "
        "and applied by dm-merge: the origin as it was, to the byte"
    )
