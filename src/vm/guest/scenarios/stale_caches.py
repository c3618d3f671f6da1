"""Page caches that show what was there before."""

from guest import Slices, contents, direct, disk, dm, dm_merge, expect, expect_equal, fill, scribble, sectors, table
from guest import write
from machine import Disk

DISKS = [Disk("all", 128)]


def _buffered(path):
    with open(path, "rb") as device:
        return device.read()


def run():
    slices = Slices(disk("all"))
    origin, cow = slices.cut("origin", 32768), slices.cut("cow", 65536)
    fill(origin, "origin")
    write(cow, bytes(4096))
    before = contents(origin)
    dm("base", f"0 32768 snapshot-origin {origin}")
    dm("snap", f"0 32768 snapshot {origin} {cow} P 8")
    scribble("/dev/mapper/base", "first", 20)
    # The snapshot has the devices open, which keeps their pages.
    old_table, old_origin = _buffered(cow), _buffered(origin)
    few = len(table(cow)[1])
    scribble("/dev/mapper/base", "second", 60)
    many = len(table(cow)[1])
    expect(few < many, "the second writes made no exceptions")
    expect(_buffered(cow) == old_table, "the store's page cache is not stale, so that this shows nothing")
    expect(_buffered(origin) == old_origin, "the origin's page cache is not stale, so that this shows nothing")

    job = {"input": cow, "output": origin, "force": True}
    plan = dm_merge("plan", **job)
    expect(plan["summary"]["exceptions"] == many, f"plan saw {plan['summary']} of {many} exceptions")
    report = dm_merge("apply", **job)
    expect(report["counts"]["total"] == many, f"apply saw {report['counts']} of {many} exceptions")
    expect_equal(direct(origin, 0, sectors(origin) * 512), before, "the origin on its device")
    expect_equal(_buffered(origin), before, "the origin's page cache after the run")
    return f"{few} exceptions and the origin's old bytes in the page cache, {many} in the store: all of them merged"
