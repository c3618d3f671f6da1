"""Runs the scenarios, each in a virtual machine of its own, and says what became of them."""

import importlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import traceback

from machine import REPOSITORY, ROOM, TARGET, Kernel, Unavailable, boot, plain_drive

BOOT_SECONDS = 600


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
    java = f"-XX:TieredStopAtLevel=1 -XX:SharedArchiveFile={TARGET}/classes.jsa -Xlog:disable -Xlog:all=error:stderr"
    return f"""\
export JAVA_TOOL_OPTIONS={shlex.quote(java)}
export DM_MERGE={shlex.quote(str(REPOSITORY / "target/dm-merge/bin/dm-merge"))}
exec {shlex.join(map(str, words))}
"""


def _archive_classes():
    """Keeps the classes in the form that Java loads fastest: a start takes half the time under emulation."""
    archive = TARGET / "classes.jsa"
    archive.unlink(missing_ok=True)
    options = f"-XX:ArchiveClassesAtExit={archive} -Xlog:disable"
    environment = dict(os.environ, JAVA_TOOL_OPTIONS=options)
    folder = TARGET / "classes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    store = REPOSITORY / "src/test/resources/stores/lvm-ext4"
    for name in ("cow", "origin-before"):
        with open(folder / name, "wb") as out:
            subprocess.run(["gzip", "-dc", store / f"{name}.gz"], stdout=out, check=True)
    job = {"input": "cow", "output": "origin-before", "force": True}
    subprocess.run(
        [REPOSITORY / "target/dm-merge/bin/dm-merge", "apply", "-"],
        cwd=folder,
        env=environment,
        input=json.dumps(job).encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    shutil.rmtree(folder)


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


def main(names):
    known = sorted(path.stem for path in (ROOM / "scenarios").glob("*.py") if path.stem != "__init__")
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no such scenario: {', '.join(unknown)}; there are {', '.join(known)}")
    names = names or known
    TARGET.mkdir(parents=True, exist_ok=True)
    try:
        kernel = Kernel()
        _archive_classes()
    except (Unavailable, OSError, subprocess.CalledProcessError) as error:
        print(f"nothing could be tested: {error}")
        print(f"0 passed, {len(names)} failed")
        return 1
    print(f"the kernel is {kernel.release}", flush=True)
    passed = 0
    for name in names:
        start = time.monotonic()
        good, text = _carry_out(kernel, name)
        passed += good
        seconds = round(time.monotonic() - start)
        print(f"{name}: {text}: {'passed' if good else 'FAILED'} ({seconds} s)", flush=True)
        if not good:
            print(f"  see {(TARGET / name).relative_to(REPOSITORY)}", flush=True)
    print(f"{passed} passed, {len(names) - passed} failed")
    return 0 if passed == len(names) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
