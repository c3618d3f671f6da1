"""The undo store of a merge, as the kernel sees it."""

import filesystem
from guest import Slices, contents, disk, dm, dm_merge, expect, expect_equal, fill, remove
from guest import run as command
from guest import scribble, table, write
from machine import Disk

DISKS = [Disk("all", 256)]
UNDO = filesystem.MOUNT_POINT / "undo.store"


def _undo(slices, chunk_sectors, origin_sectors):
    names = [f"{role}-{chunk_sectors}" for role in ("origin", "cow")]
    origin, cow = slices.cut(names[0], origin_sectors), slices.cut(names[1], 2 * origin_sectors)
    fill(origin, chunk_sectors)
    write(cow, bytes(4096))
    before = contents(origin)
    snapshot = dm("snapshot", f"0 {origin_sectors} snapshot {origin} {cow} P {chunk_sectors}")
    scribble(snapshot, chunk_sectors, 60)
    # The last chunk is a partial one.
    scribble(snapshot, chunk_sectors, 1, most=1, low=origin_sectors - 1)
    after = contents(snapshot)
    remove("snapshot")

    report = dm_merge("apply", input=cow, output=origin, force=True, undo=str(UNDO))
    expect_equal(contents(origin), after, "the origin after the merge")
    undo_chunk, saved = table(UNDO)
    expect(len(saved) >= report["counts"]["written"] > 0, f"{len(saved)} chunks saved of {report['counts']}")
    loop = command("losetup", "-f", "--show", UNDO).strip()
    shown = dm("shown", f"0 {origin_sectors} snapshot {origin} {loop} P {undo_chunk // 512}")
    expect_equal(contents(shown), before, "what the kernel shows through the undo store")
    remove("shown")
    command("losetup", "-d", loop)
    expect_equal(contents(origin), after, "the origin beneath the undo store")
    dm_merge("apply", input=str(UNDO), output=origin, force=True)
    expect_equal(contents(origin), before, "the origin after the undo")
    UNDO.unlink()
    remove(*names)
    return len(saved)


def run():
    slices = Slices(disk("all"))
    filesystem.make(slices.cut("state", 131072))
    filesystem.mount("/dev/mapper/state")
    counts = [_undo(slices, 8, 40003), _undo(slices, 128, 60007)]
    return (
        f"undo stores of {counts[0]} chunks of 4k and {counts[1]} of 64k attached by the kernel, "
        "and applied by dm-merge: the origin as it was, to the byte"
    )
