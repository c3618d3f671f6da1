"""Prints what was measured, and keeps it as JSON and as a plot."""

import json
import os
import subprocess

import contests


def show(contest):
    """A line for each competitor: seconds, and how many times longer than dm-merge it takes."""
    ours = contest.seconds("dm-merge")
    print(f"{contest.work}: dm-merge {ours:.2f} s, {contest.mib('dm-merge'):.0f} MiB", flush=True)
    for peer in contest.runs:
        if peer != "dm-merge":
            aim = contest.targets.get(peer)
            met = "" if aim is None else f" (aim {aim:.3g}: {'met' if contest.ratio(peer) >= aim else 'not met'})"
            print(f"    {peer}: {contest.seconds(peer):.2f} s, {contest.ratio(peer):.2f} times{met}", flush=True)
    if hasattr(contest, "exceptions"):
        print(f"    {contest.exceptions / ours / 1e6:.2f} million exceptions a second", flush=True)


def keep(place):
    """results.json, and plan.svg if the table sizes were measured."""
    path = os.path.join(place.results, "results.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": contests.machine(place), "contests": [facts(c) for c in place.finished]}, file, indent=2)
    print(path)
    sizes = [contest for contest in place.finished if hasattr(contest, "exceptions")]
    if len(sizes) > 1:
        plot(os.path.join(place.results, "plan.svg"), sizes)


def facts(contest):
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


def plot(path, sizes):
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
