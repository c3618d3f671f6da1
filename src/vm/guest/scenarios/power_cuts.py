"""The power goes while an apply with undo and audit runs, on disks that keep only what was flushed."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import time

import filesystem
from guest import OUT, contents, disk, dm, dm_merge, expect_equal, fill, remove
from guest import run as command
from guest import scribble, sectors, table, write
from machine import Disk, plain_drive
from volatiledisks import VolatileDisks

CUTS = 30
UNDONE = (10, 20, 30)
"""After these cuts dm-merge itself applies the undo store as well."""
LEAST_IN_ORIGIN = 6
"""Fewer cuts between the first and the last write to the origin would show too little."""
SURVIVING = (0, 0.3, 0.7)
"""One of these shares of the blocks that were not flushed survives a cut."""

ORIGIN_MIB = 4
STORE, BEFORE, WANTED = Disk("store", 16), Disk("before", ORIGIN_MIB), Disk("wanted", ORIGIN_MIB)
ORIGINS = {side: Disk(f"origin-{side}", ORIGIN_MIB) for side in "ab"}
STATES = {side: Disk(f"state-{side}", 24) for side in "ab"}
FIXED = [STORE, BEFORE, WANTED]
ORIGIN = "/dev/mapper/origin"
UNDO = filesystem.MOUNT_POINT / "undo.store"
AUDIT = filesystem.MOUNT_POINT / "audit.jsonl"
REQUEST_KIB = 64
"""The most that is written at once, so that a cut finds a part of everything done."""


# On the host


def drive(bench):
    """Cut after cut: each boot finishes the run that the cut before ended, and begins the next one."""
    bench.boot_plainly("prepare", FIXED)
    draw = random.Random(8)
    template = bench.folder / "state.template"
    with open(template, "wb") as image:
        image.truncate(STATES["a"].mib << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", template], check=True)
    before, wanted = (bench.image(some).read_bytes() for some in (BEFORE, WANTED))

    origin_total, total = _uncut(bench, template, wanted)
    moments = _moments(total)
    between = in_origin = lost = 0
    for cut in range(1, CUTS + 2):
        new, old = "ab" if cut % 2 else "ba"
        _renew(bench, template, new)
        last = cut == CUTS + 1
        drives = [(some, plain_drive(bench.image(some))) for some in FIXED]
        paths = {some.name: bench.image(some) for side in "ab" for some in (ORIGINS[side], STATES[side])}
        share = draw.choice(SURVIVING)
        with VolatileDisks(paths, lambda share=share: draw.random() < share) as disks:
            drives += [(some, disks.drive(some.name)) for side in "ab" for some in (ORIGINS[side], STATES[side])]
            moment = 0 if last else moments[cut - 1]
            arguments = [old if cut > 1 else "", cut - 1, "" if last else new, moment]
            value = bench.boot("finish_and_begin", drives, *arguments, may_be_reset=True)
        if value is not None and not last:
            raise RuntimeError(f"cut {cut}: the run ended before the cut, which was due at sector {moment} of {total}")
        if cut > 1:
            _check_finished(bench, old, cut - 1, wanted)
        if not last:
            origin = bench.image(ORIGINS[new]).read_bytes()
            begun = json.loads((bench.folder / "cut.json").read_text())
            between += 0 < begun["written"] < total
            in_origin += 0 < begun["origin"] < origin_total
            lost += sum(disks.lost.values())
            print(
                f"  cut {cut} at sector {begun['written']} of {total}, {begun['origin']} of {origin_total} of the "
                f"origin; {sum(disks.lost.values())} blocks lost; the origin is {_name(origin, before, wanted)}",
                flush=True,
            )
    if in_origin < LEAST_IN_ORIGIN:
        raise RuntimeError(f"only {in_origin} of {CUTS} cuts hit between the first and the last write to the origin")
    return (
        f"{CUTS} cuts, {between} of them between the first and the last write, {in_origin} of the "
        f"origin's, {lost} blocks lost: the same job ends in the same bytes, the kernel shows the first ones "
        "through the undo store, the audit log verifies"
    )


def _moments(total):
    """When to cut, in sectors written: at random, and yet every part of the run is met."""
    draw = random.Random(8)
    moments = [draw.randint(total * part // CUTS + 1, total * (part + 1) // CUTS) for part in range(CUTS)]
    draw.shuffle(moments)
    return moments


def _name(origin, before, wanted):
    return "untouched" if origin == before else "complete" if origin == wanted else "mixed"


def _renew(bench, template, side):
    shutil.copy(bench.image(BEFORE), bench.image(ORIGINS[side]))
    shutil.copy(template, bench.image(STATES[side]))
    (bench.folder / "cut.json").unlink(missing_ok=True)


def _uncut(bench, template, wanted):
    """How many sectors a run writes when nothing happens to it: to the origin, and in all."""
    _renew(bench, template, "a")
    disks = [*FIXED, ORIGINS["a"], STATES["a"]]
    totals = bench.boot_plainly("write_all", disks)
    if bench.image(ORIGINS["a"]).read_bytes() != wanted:
        raise RuntimeError("the run that was not cut does not end in the right bytes")
    return totals


def _check_finished(bench, side, cut, wanted):
    """The guest has checked what it saw; this is what its disk holds, and what the audit log says of it."""
    if bench.image(ORIGINS[side]).read_bytes() != wanted:
        raise RuntimeError(f"after cut {cut} the disk does not hold what the guest saw on it")
    launcher = pathlib.Path(__file__).resolve().parents[3] / "target/dm-merge/bin/dm-merge"
    log = bench.folder / f"audit-{cut}.jsonl"
    done = subprocess.run([launcher, "audit", log], capture_output=True, text=True, check=False)
    (bench.folder / f"audit-{cut}.json").write_text(done.stdout)
    if done.returncode != 0:
        raise RuntimeError(f"after cut {cut} the audit log does not verify: {done.stdout}")


# In the guest


def prepare():
    """A store that the kernel fills."""
    store, before, wanted = (disk(some.name) for some in FIXED)
    fill(before, "before")
    size = sectors(before)
    snapshot = dm("snapshot", f"0 {size} snapshot {before} {store} P 8")
    scribble(snapshot, "snapshot", 120, most=100)
    write(wanted, contents(snapshot))
    remove("snapshot")
    print(f"{len(table(store)[1])} exceptions", flush=True)


def _folder(some):
    """Where sysfs has the disk."""
    return pathlib.Path("/sys/block", pathlib.Path(disk(some.name)).name)


def _attach(side):
    for some in (ORIGINS[side], STATES[side]):
        (_folder(some) / "queue/max_sectors_kb").write_text(str(REQUEST_KIB))
    size = sectors(disk(ORIGINS[side].name))
    dm("origin", f"0 {size} linear {disk(ORIGINS[side].name)} 0")
    filesystem.mount(disk(STATES[side].name))


def _detach():
    filesystem.unmount()
    remove("origin")


def _job(cut):
    return {
        "input": disk("store"),
        "output": ORIGIN,
        "force": True,
        "direct": cut % 3 == 0,
        "undo": str(UNDO),
        "audit": str(AUDIT),
        "label": f"cut {cut}",
    }


def _statistics(side):
    # To find a disk, the kernel asks it for its name: that would wait for the writes that are watched.
    return [os.open(_folder(some) / "stat", os.O_RDONLY) for some in (ORIGINS[side], STATES[side])]


def _written(statistics):
    """Sectors written to the origin and to both disks since boot."""
    origin, state = (int(os.pread(file, 512, 0).split()[6]) for file in statistics)
    return origin, origin + state


def write_all():
    _attach("a")
    statistics = _statistics("a")
    start = _written(statistics)
    dm_merge("apply", **_job(1))
    totals = [after - before for before, after in zip(start, _written(statistics))]
    _detach()
    return totals


def finish_and_begin(old, cut, new, moment):
    if old:
        _finish(old, int(cut))
    if new:
        _begin(new, int(cut) + 1, int(moment))


def _holed(log):
    """Whether the file system lost a part of the log and kept what came after it."""
    return log.exists() and b"\0" in log.read_bytes().rstrip(b"\0")


def _finish(side, cut):
    """The same job again, and all that it promises."""
    _attach(side)
    if _holed(AUDIT):
        # Whole lines may be missing: the run does not go on with such a log, and asks for a new one.
        dm_merge("apply", status=65, **_job(cut))
        AUDIT.rename(AUDIT.with_suffix(".holed"))
    dm_merge("apply", **_job(cut))
    expect_equal(contents(ORIGIN), contents(disk("wanted")), f"the origin after cut {cut}")
    loop = command("losetup", "-f", "--show", UNDO).strip()
    chunk = table(loop)[0]
    shown = dm("shown", f"0 {sectors(ORIGIN)} snapshot {ORIGIN} {loop} P {chunk // 512}")
    expect_equal(contents(shown), contents(disk("before")), f"the origin through its undo store after cut {cut}")
    remove("shown")
    command("losetup", "-d", loop)
    shutil.copy(AUDIT, OUT / f"audit-{cut}.jsonl")
    if cut in UNDONE:
        dm_merge("apply", input=str(UNDO), output=ORIGIN, force=True)
        expect_equal(contents(ORIGIN), contents(disk("before")), f"the origin undone after cut {cut}")
        dm_merge("apply", input=disk("store"), output=ORIGIN, force=True)
    _detach()


def _begin(side, cut, moment):
    """Starts a run and resets the machine, nothing flushed, when `moment` sectors were written."""
    _attach(side)
    path = OUT / "job.json"
    path.write_text(json.dumps(_job(cut)))
    statistics = _statistics(side)
    start = _written(statistics)
    with open(OUT / "documents" / f"cut-{cut}.json", "wb") as document:
        # Whoever watches must not wait for whom it watches.
        process = subprocess.Popen(["nice", os.environ["DM_MERGE"], "apply", path], stdout=document, stderr=document)
        ended = False
        while not ended:
            ended = process.poll() is not None
            origin, both = _written(statistics)
            if both - start[1] >= moment:
                note = {"written": both - start[1], "origin": origin - start[0]}
                (OUT / "cut.json").write_text(json.dumps(note))
                pathlib.Path("/proc/sysrq-trigger").write_text("b")
            time.sleep(0.005)  # the run needs the processor too
