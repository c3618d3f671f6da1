"""The power goes while an apply with undo and audit runs: the host cuts it, on disks that keep only what was flushed."""

import json
import pathlib
import random
import shutil
import subprocess

from machine import Disk
from scenario_run import Failed, ScenarioRun
from volatile_disks import VolatileDisks

CUTS = 30
LEAST_IN_ORIGIN = 6
"""Fewer cuts between the first and the last write to the origin would prove too little."""
SURVIVING = (0, 0.3, 0.7)
"""One of these shares of the unflushed blocks survives a cut."""

ORIGIN_MIB = 4
STORE, BEFORE, WANTED = Disk("store", 16), Disk("before", ORIGIN_MIB), Disk("wanted", ORIGIN_MIB)
ORIGINS = {side: Disk(f"origin-{side}", ORIGIN_MIB) for side in "ab"}
STATES = {side: Disk(f"state-{side}", 24) for side in "ab"}
FIXED = [STORE, BEFORE, WANTED]
VOLATILE = [*ORIGINS.values(), *STATES.values()]


def drive(run: ScenarioRun) -> str:
    """Each boot finishes the run that the cut before interrupted, and begins the next one."""
    run.boot("prepare", run.plain(FIXED))
    cuts = _Cuts(run)
    for cut in range(1, CUTS + 1):
        cuts.make(cut)
    cuts.finish_last()
    if cuts.in_origin < LEAST_IN_ORIGIN:
        raise Failed(f"only {cuts.in_origin} of {CUTS} cuts hit between the first and the last write to the origin")
    return (
        f"{CUTS} cuts, {cuts.between} of them between the first and the last write, {cuts.in_origin} of the "
        f"origin's, {cuts.lost} blocks lost: the same job ends in the same bytes, the kernel shows the "
        "original ones through the undo store, the audit log verifies"
    )


class _Cuts:
    """The cuts of one run of the scenario, and how many of them hit what.

    Two sides of disks alternate: one has the run to finish, the other one the run to begin.
    """

    def __init__(self, run: ScenarioRun):
        self._run = run
        self._before = run.image(BEFORE).read_bytes()
        self._wanted = run.image(WANTED).read_bytes()
        self._template = _empty_file_system(run.directory / "state.template")
        self._origin_total, self._total = self._uncut()
        self._draw = random.Random(8)
        self._moments = _moments(self._total)
        self.between = self.in_origin = self.lost = 0

    def _uncut(self) -> tuple[int, int]:
        """How many sectors an uninterrupted run writes: to the origin, and in all."""
        self._renew("a")
        origin_total, total = self._run.boot("write_all", self._run.plain([*FIXED, ORIGINS["a"], STATES["a"]]))
        if self._run.image(ORIGINS["a"]).read_bytes() != self._wanted:
            raise Failed("the run that was not cut does not end in the right bytes")
        return origin_total, total

    def _renew(self, side: str) -> None:
        shutil.copy(self._run.image(BEFORE), self._run.image(ORIGINS[side]))
        shutil.copy(self._template, self._run.image(STATES[side]))
        (self._run.directory / "cut.json").unlink(missing_ok=True)

    def make(self, cut: int) -> None:
        moment = self._moments[cut - 1]
        new, old = _sides(cut)
        self._renew(new)
        lost, done = self._boot(old if cut > 1 else "", cut, new, moment)
        if done:
            raise Failed(f"cut {cut}: the run ended before the cut at sector {moment} of {self._total}")
        if cut > 1:
            self._check_finished(old, cut - 1)
        begun = json.loads((self._run.directory / "cut.json").read_text())
        self.between += 0 < begun["written"] < self._total
        self.in_origin += 0 < begun["origin"] < self._origin_total
        self.lost += lost
        print(
            f"  cut {cut} at sector {begun['written']} of {self._total}, {begun['origin']} of {self._origin_total} of "
            f"the origin; {lost} blocks lost; the origin is {self._state_of(new)}",
            flush=True,
        )

    def finish_last(self) -> None:
        _, old = _sides(CUTS + 1)
        self._boot(old, CUTS + 1, "", 0)
        self._check_finished(old, CUTS)

    def _boot(self, old: str, cut: int, new: str, moment: int) -> tuple[int, bool]:
        """Returns how many blocks the cut lost, and whether the guest's function returned before it."""
        paths = {disk.name: self._run.image(disk) for disk in VOLATILE}
        share = self._draw.choice(SURVIVING)
        with VolatileDisks(paths, lambda: self._draw.random() < share) as disks:
            drives = self._run.plain(FIXED) + [(disk, disks.drive(disk.name)) for disk in VOLATILE]
            value = self._run.boot("finish_and_begin", drives, old, cut - 1, new, moment, may_be_reset=True)
        return sum(disks.lost.values()), value is not None

    def _check_finished(self, side: str, cut: int) -> None:
        """The guest has checked what it read; this checks the bytes of its disk, and the audit log."""
        if self._run.image(ORIGINS[side]).read_bytes() != self._wanted:
            raise Failed(f"after cut {cut} the disk does not hold what the guest read from it")
        self._run.require_good_audit(f"audit-{cut}.jsonl")

    def _state_of(self, side: str) -> str:
        origin = self._run.image(ORIGINS[side]).read_bytes()
        return "untouched" if origin == self._before else "complete" if origin == self._wanted else "mixed"


def _sides(cut: int) -> tuple[str, str]:
    """The side of the run that a cut interrupts, and that of the run before."""
    return ("a", "b") if cut % 2 else ("b", "a")


def _empty_file_system(path: pathlib.Path) -> pathlib.Path:
    with open(path, "wb") as image:
        image.truncate(STATES["a"].mib << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", path], check=True)
    return path


def _moments(total: int) -> list[int]:
    """When to cut, in sectors written: at random, and once in each of equal parts of the run."""
    draw = random.Random(8)
    moments = [draw.randint(total * part // CUTS + 1, total * (part + 1) // CUTS) for part in range(CUTS)]
    draw.shuffle(moments)
    return moments
