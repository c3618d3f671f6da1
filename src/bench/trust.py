#!/usr/bin/env python3
"""What undo and audit cost: apply with nothing, with either and with both, on the same store, side by side.

Prints the medians of whole processes, Java's start and the last barrier included, and their ratios.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stores  # noqa: E402

KINDS = {
    "plain": {},
    "audit": {"audit": "audit.jsonl"},
    "undo": {"undo": "undo.cow"},
    "undo and audit": {"undo": "undo.cow", "audit": "audit.jsonl"},
}


def run(tool, folder, cow, origin, extra):
    """Applies to a fresh copy of the origin, both in the page cache, and returns the seconds."""
    target = os.path.join(folder, "origin")
    for name in ("origin", "undo.cow", "audit.jsonl"):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            os.unlink(path)
    shutil.copyfile(origin, target)
    os.sync()
    for path in (cow, target):
        subprocess.run(["dd", "if=" + path, "of=/dev/null", "bs=1M", "status=none"], check=True)
    job = {"input": cow, "output": target, "force": True}
    job.update({key: os.path.join(folder, name) for key, name in extra.items()})
    start = time.monotonic()
    done = subprocess.run(
        [tool, "apply", "-", "--progress=none"], input=json.dumps(job).encode(), stdout=subprocess.PIPE, check=True
    )
    seconds = time.monotonic() - start
    report = json.loads(done.stdout)
    if report["status"] != "applied" or report["counts"]["written"] != report["counts"]["total"]:
        sys.exit("not applied: " + done.stdout.decode())
    return seconds


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", default=os.path.join(here, "../../target/dm-merge/bin/dm-merge"))
    parser.add_argument("--folder", default=os.path.join(here, "../../target"), help="where the stores go")
    parser.add_argument("--mib", type=int, default=1024, help="MiB of data")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.mib} MiB in chunks of 4 KiB, medians of {options.repeat} rounds, seconds (ratio to plain)")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for order in ("sequential", "random"):
            cow, origin = stores.make(folder, order, 4096, options.mib << 20)
            times = {kind: [] for kind in KINDS}
            for _ in range(options.repeat):
                for kind, extra in KINDS.items():
                    times[kind].append(run(options.tool, folder, cow, origin, extra))
            plain = statistics.median(times["plain"])
            columns = []
            for kind, seconds in times.items():
                median = statistics.median(seconds)
                ratio = statistics.median([s / p for s, p in zip(seconds, times["plain"])])
                columns.append(f"{kind} {median:.1f} ({ratio:.2f})" if median != plain else f"plain {plain:.1f}")
            print(f"{order}: " + ", ".join(columns), flush=True)
            os.unlink(cow)
            os.unlink(origin)


if __name__ == "__main__":
    main()
