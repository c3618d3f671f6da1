"""Runs the scenarios, each in a virtual machine of its own, and says what became of them."""

import concurrent.futures
import importlib
import json
import shlex
import shutil
import sys
import time
import traceback

from machine import MACHINES_AT_ONCE, REPOSITORY, ROOM, TARGET, Kernel, Unavailable, boot, plain_drive

# Ends a guest that hangs: the slowest scenario takes minutes, and no machine is too slow.
BOOT_SECONDS = 6 * 3600
LONGEST = ("power_cuts", "revert_by_role", "every_barrier", "kernel_as_judge", "fleet", "same_sectors")
"""Begun first, so that none of them is left alone at the end."""


class Failed(Exception):
    """A scenario failed, as its message says."""


class Bench:
    """Where one scenario lives on the host: its folder, which is the guest's /out, and its disks."""

    def __init__(self, kernel, name):
        self.kernel = kernel
        self.name = name
        self.folder = TARGET / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def image(self, disk):
        """The file that holds a disk's bytes, made when it is first asked for."""
        path = self.folder / f"{disk.name}.img"
        if not path.exists():
            with open(path, "wb") as image:
                image.truncate(disk.mib << 20)
        return path

    def boot(self, function, drives, *arguments, may_be_reset=False):
        """Runs a function of the scenario in the guest and returns what it returned.

        With `may_be_reset` the guest may go down before the function is done: None, then.
        """
        result = self.folder / "result.json"
        result.unlink(missing_ok=True)
        words = ["python3", "-B", ROOM / "inside.py", self.name, function, *map(str, arguments)]
        boot(self.kernel, self.folder, _start(words), drives, BOOT_SECONDS)
        if not result.exists():
            if may_be_reset:
                return None
            raise Failed("the guest went down before it was done")
        answer = json.loads(result.read_text())
        if answer["failure"] is not None:
            raise Failed(answer["failure"])
        return answer["value"]

    def boot_plainly(self, function, disks):
        return self.boot(function, [(disk, plain_drive(self.image(disk))) for disk in disks])


def _start(words):
    return f"""\
# Emulated, a short run is over before better compiled code pays, and before most of the compiled code does.
export JAVA_TOOL_OPTIONS='-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=8'
export DM_MERGE={shlex.quote(str(REPOSITORY / "target/dm-merge/bin/dm-merge"))}
exec {shlex.join(map(str, words))}
"""


def _carry_out(kernel, name):
    """Returns whether the scenario passed, and what it compared or why it failed."""
    bench = Bench(kernel, name)
    try:
        scenario = importlib.import_module(f"scenarios.{name}")
        if hasattr(scenario, "drive"):
            compared = scenario.drive(bench)
        else:
            compared = bench.boot_plainly("run", scenario.DISKS)
    except (Failed, TimeoutError) as failure:
        return False, str(failure)
    except Exception as error:  # whatever else goes wrong is a failure of this scenario alone
        (bench.folder / "error").write_text(traceback.format_exc())
        return False, f"{type(error).__name__}: {error}"
    shutil.rmtree(bench.folder)
    return True, compared


def _run_one(kernel, name):
    """Carries a scenario out and prints its line; returns whether it passed."""
    start = time.monotonic()
    good, text = _carry_out(kernel, name)
    seconds = round(time.monotonic() - start)
    where = "" if good else f"\n  see {(TARGET / name).relative_to(REPOSITORY)}"
    print(f"{name}: {text}: {'passed' if good else 'FAILED'} ({seconds} s){where}", flush=True)
    return good


def main(names):
    known = sorted(path.stem for path in (ROOM / "scenarios").glob("*.py"))
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no such scenario: {', '.join(unknown)}; there are {', '.join(known)}")
    names = names or known
    TARGET.mkdir(parents=True, exist_ok=True)
    try:
        kernel = Kernel()
    except (Unavailable, OSError) as error:
        print(f"nothing could be tested: {error}")
        print(f"0 passed, {len(names)} failed")
        return 1
    print(f"the kernel is {kernel.release}", flush=True)
    names.sort(key=lambda name: (LONGEST.index(name) if name in LONGEST else len(LONGEST), name))
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(MACHINES_AT_ONCE) as pool:
        for done in concurrent.futures.as_completed([pool.submit(_run_one, kernel, name) for name in names]):
            passed += done.result()
    print(f"{passed} passed, {len(names) - passed} failed")
    return 0 if passed == len(names) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
