"""Page caches that are older than the devices."""

import stores
from commands import expect, expect_equal
from devices import Slices, cached, contents, direct_contents, disk, dm, fill, scribble
from launcher import Document, dm_merge


def run() -> str:
    slices = Slices(disk("all"))
    origin, cow = slices.cut("origin", 32768), slices.cut("cow", 65536)
    fill(origin, "origin")
    stores.empty(cow)
    before = contents(origin)
    dm("base", f"0 32768 snapshot-origin {origin}")
    # The snapshot has the devices open, which keeps their pages.
    dm("snap", f"0 32768 snapshot {origin} {cow} P 8")
    scribble("/dev/mapper/base", "first", 20)
    old_table, old_origin = cached(cow), cached(origin)
    few = len(stores.table(cow)[1])
    scribble("/dev/mapper/base", "second", 60)
    many = len(stores.table(cow)[1])
    expect(few < many, "the second writes made no exceptions")
    expect(cached(cow) == old_table, "the store's page cache is not stale, so this proves nothing")
    expect(cached(origin) == old_origin, "the origin's page cache is not stale, so this proves nothing")

    job: Document = {"input": cow, "output": origin, "force": True}
    plan = dm_merge("plan", **job)
    expect(plan["summary"]["exceptions"] == many, f"plan read {plan['summary']} of {many} exceptions")
    report = dm_merge("apply", **job)
    expect(report["counts"]["total"] == many, f"apply read {report['counts']} of {many} exceptions")
    expect_equal(direct_contents(origin), before, "the origin on its device")
    expect_equal(cached(origin), before, "the origin's page cache after the run")
    return f"{few} exceptions and the origin's old bytes in the page cache, {many} in the store: all of them merged"
