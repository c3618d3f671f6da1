"""Prints the results, and writes them as JSON and as a plot."""

import json
import os
import subprocess
from typing import Any

from contests import Contest
from workspace import Workspace, output


def show(contest: Contest) -> None:
    """Prints a line for each competitor: its seconds, also as a multiple of dm-merge's."""
    ours = contest.seconds("dm-merge")
    print(f"{contest.work}: dm-merge {ours:.2f} s, {contest.mib('dm-merge'):.0f} MiB", flush=True)
    for peer in contest.runs:
        if peer != "dm-merge":
            aim = contest.targets.get(peer)
            met = "" if aim is None else f" (aim {aim:.3g}: {'met' if contest.ratio(peer) >= aim else 'not met'})"
            print(f"    {peer}: {contest.seconds(peer):.2f} s, {contest.ratio(peer):.2f} times{met}", flush=True)
    if contest.exceptions is not None:
        print(f"    {contest.exceptions / ours / 1e6:.2f} million exceptions a second", flush=True)


def write(workspace: Workspace, contests: list[Contest]) -> None:
    """Writes results.json, and plan.svg if the table sizes were measured."""
    path = os.path.join(workspace.results, "results.json")
    with open(path, "w", encoding="utf-8") as file:
        document = {"machine": machine(workspace), "contests": [facts(contest) for contest in contests]}
        json.dump(document, file, indent=2)
    print(path)
    sizes = [contest for contest in contests if contest.exceptions is not None]
    if len(sizes) > 1:
        plot(os.path.join(workspace.results, "plan.svg"), sizes)


def machine(workspace: Workspace) -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "processors": os.cpu_count(),
        "kernel": os.uname().release,
        "java": output("sh", "-c", "java -version 2>&1").splitlines()[0],
        "file_system": workspace.file_system(),
        "mib": workspace.options.mib,
        "repeat": workspace.options.repeat,
    }


def facts(contest: Contest) -> dict[str, Any]:
    return {
        "work": contest.work,
        "targets": contest.targets,
        "competitors": {
            name: {
                "median_seconds": contest.seconds(name),
                "seconds": [timing.seconds for timing in timings],
                "peak_mib": contest.mib(name),
                "times_dm_merge": contest.ratio(name),
            }
            for name, timings in contest.runs.items()
        },
    }


def plot(path: str, sizes: list[Contest]) -> None:
    points = "\n".join(f"{contest.exceptions} {contest.seconds('dm-merge')}" for contest in sizes)
    script = f"""
set terminal svg size 720,440 background "white"
set output "{path}"
set logscale xy
set grid
set key left top
set xlabel "exceptions in the table"
set ylabel "seconds, Java's start included"
$sizes << EOD
{points}
EOD
plot $sizes with linespoints linewidth 2 pointtype 7 title "plan --metadata-only"
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    print(path)
