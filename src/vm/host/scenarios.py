"""The scenarios: what each one does on the host. Its code for the guest is guest/scenarios/NAME.py."""

from collections.abc import Callable

import every_barrier
import power_cuts
from machine import Disk
from scenario_run import ScenarioRun

Drive = Callable[[ScenarioRun], str]
"""Runs the scenario and returns what it compared."""


def _one_boot(*disks: Disk) -> Drive:
    """Boots once, with empty disks, and runs the guest's function `run`."""

    def drive(run: ScenarioRun) -> str:
        return str(run.boot("run", run.plain(disks)))

    return drive


SCENARIOS: dict[str, Drive] = {
    # Long ones first, so that none of them is left running alone at the end.
    "power_cuts": power_cuts.drive,
    "revert_by_role": _one_boot(Disk("pv", 256)),
    "every_barrier": every_barrier.drive,
    "kernel_as_judge": _one_boot(Disk("first", 384), Disk("second", 384), Disk("pv", 512)),
    "fleet": _one_boot(Disk("pv", 256)),
    "same_sectors": _one_boot(Disk("pv", 256), Disk("spare", 128)),
    "bad_disks": _one_boot(Disk("all", 256)),
    "commit": _one_boot(Disk("small", 512), Disk("large", 512, block=4096)),
    "kept_free": _one_boot(Disk("pv", 256)),
    "other_namespaces": _one_boot(Disk("pv", 256)),
    "refused": _one_boot(Disk("pv", 256), Disk("plain", 128)),
    "revert_active": _one_boot(Disk("pv", 256)),
    "revert_inactive": _one_boot(Disk("pv", 256)),
    "shared_disks": _one_boot(Disk("left", 256), Disk("right", 256)),
    "stale_caches": _one_boot(Disk("all", 128)),
    "undo_store": _one_boot(Disk("all", 256)),
}
