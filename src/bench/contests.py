"""The contests: what is timed against what, and how fast dm-merge is meant to be."""

import contextlib
import json
import os
import statistics
from collections.abc import Callable, Iterator
from typing import Any

import stores
from workspace import CHUNK, Merge, Timing, Workspace, drop_caches, loop, run, warm

DD_SAMPLE = 500

Competitor = Callable[[], Timing]


class Contest:
    """Runs competitors that do the same work in turns, and has their timings by name."""

    def __init__(
        self,
        work: str,
        rounds: int,
        competitors: dict[str, Competitor],
        before: Callable[[], None] = lambda: None,
        after: Callable[[str], None] = lambda name: None,
        targets: dict[str, float] | None = None,
        exceptions: int | None = None,
    ):
        """`before` precedes every run; `after` follows the first run of each competitor.

        `targets` are the least ratios by peer, `exceptions` is the size of the table if that is what varies.
        """
        self.work = work
        self.targets = targets or {}
        self.exceptions = exceptions
        self.runs: dict[str, list[Timing]] = {name: [] for name in competitors}
        for _ in range(rounds):
            for name, competitor in competitors.items():
                before()
                self.runs[name].append(competitor())
                if len(self.runs[name]) == 1:
                    after(name)

    def seconds(self, name: str) -> float:
        return statistics.median(timing.seconds for timing in self.runs[name])

    def mib(self, name: str) -> float:
        return max(timing.kib for timing in self.runs[name]) / 1024

    def ratio(self, peer: str) -> float:
        """How many times longer the peer takes: the median of the rounds."""
        pairs = zip(self.runs[peer], self.runs["dm-merge"])
        return statistics.median(theirs.seconds / ours.seconds for theirs, ours in pairs)


def applied(workspace: Workspace, merge: Merge, expected: int | None = None, **more: Any) -> Timing:
    """dm-merge, which must report that it wrote as many chunks as expected: by default, all."""
    timing = Timing([workspace.tool, "apply", "-", "--progress=none"], merge.job(**more))
    if json.loads(timing.stdout)["counts"]["written"] != (merge.chunks if expected is None else expected):
        raise SystemExit("dm-merge wrote another number of chunks: " + timing.stdout.decode())
    return timing


def loops(workspace: Workspace, merge: Merge, kind: str, *more: str) -> Timing:
    return Timing([workspace.loops, kind, *more, merge.store, merge.origin])


def against_loops(workspace: Workspace, merge: Merge) -> dict[str, Competitor]:
    """dm-merge and both loops."""
    return {
        "dm-merge": lambda: applied(workspace, merge),
        "comparing loop": lambda: loops(workspace, merge, "compare"),
        "blind loop": lambda: loops(workspace, merge, "blind"),
    }


def require_merged_except(merge: Merge, other: str) -> Callable[[str], None]:
    """Checks the origin after every competitor but one, which does something else."""
    return lambda name: merge.require_merged(name) if name != other else None


def warm_files(workspace: Workspace) -> Iterator[Contest]:
    """Everything is in the page cache."""
    with workspace.tmpfs() as directory:
        merge = Merge(directory, "sequential", workspace.options.mib)
        yield Contest(
            "sequential, tmpfs",
            workspace.options.repeat,
            against_loops(workspace, merge),
            merge.reset,
            merge.require_merged,
            {"comparing loop": 2.5, "blind loop": 1},
        )
    for order, comparing, qemu in (("sequential", 2.5, 1.5), ("random", 3, 2)):
        targets = {"comparing loop": comparing, "blind loop": 1, "qemu-img commit": qemu, "dd lines": 100}
        with workspace.disk() as directory:
            yield warm_order(workspace, Merge(directory, order, workspace.options.mib), targets)


def warm_order(workspace: Workspace, merge: Merge, targets: dict[str, float]) -> Contest:
    commit = ["qemu-img", "commit", "-q", "-d", qcow2(workspace, merge)]
    lines = dd_lines(workspace, merge)
    return Contest(
        f"{merge.order}, {workspace.file_system()}, warm",
        workspace.options.repeat,
        {
            **against_loops(workspace, merge),
            "qemu-img commit": lambda: Timing(commit, cwd=merge.directory),
            "dd lines": lambda: scaled(Timing(["sh", lines]), merge.chunks / DD_SAMPLE),
        },
        merge.reset,
        require_merged_except(merge, "dd lines"),
        targets,
    )


def qcow2(workspace: Workspace, merge: Merge) -> str:
    """An image over the origin with the same chunks, made by a rebase from the merged origin."""
    overlay = os.path.join(merge.directory, "overlay.qcow2")
    merge.reset()
    merged = os.path.join(merge.directory, "merged")
    os.rename(merge.origin, merged)
    run(workspace.loops, "blind", merge.store, merged)
    run("cp", merge.before, merge.origin)
    create = ["qemu-img", "create", "-q", "-f", "qcow2", "-o", f"cluster_size={CHUNK}", "-F", "raw", "-b", merged]
    run(*create, overlay)
    run("qemu-img", "rebase", "-f", "qcow2", "-F", "raw", "-b", "origin", overlay)
    os.unlink(merged)
    return overlay


def dd_lines(workspace: Workspace, merge: Merge) -> str:
    """The first dd lines of the plan, as a script."""
    plan = Timing([workspace.tool, "plan", "-", "--metadata-only", "--progress=none"], merge.job())
    script = os.path.join(merge.directory, "lines.sh")
    with open(script, "w", encoding="ascii") as file:
        for exception in json.loads(plan.stdout)["exceptions"][:DD_SAMPLE]:
            file.write(exception["dd"] + " 2> /dev/null\n")
    return script


def scaled(timing: Timing, factor: float) -> Timing:
    timing.seconds *= factor
    return timing


def direct_loops(workspace: Workspace) -> Iterator[Contest]:
    """O_DIRECT on loop devices that bypass the page cache themselves."""
    for order, target in (("sequential", 15), ("random", 8)):
        with workspace.disk() as directory:
            merge = Merge(directory, order, workspace.options.mib // 4)
            merge.reset()
            with loop(merge.store) as store, loop(merge.origin) as origin:
                merge.store, merge.origin = store, origin
                yield direct_order(workspace, merge, target)


def direct_order(workspace: Workspace, merge: Merge, target: float) -> Contest:
    restore = ["dd", "if=" + merge.before, "of=" + merge.origin, "bs=1M", "oflag=direct", "status=none"]
    return Contest(
        f"{merge.order}, loop device, O_DIRECT, {workspace.options.mib // 4} MiB",
        workspace.options.repeat,
        {
            "dm-merge": lambda: applied(workspace, merge, direct=True),
            "comparing loop": lambda: loops(workspace, merge, "compare", "direct"),
        },
        lambda: run(*restore),
        merge.require_merged,
        {"comparing loop": target},
    )


def cold_files(workspace: Workspace) -> Iterator[Contest]:
    """Nothing is in the page cache."""
    for order, mib in (("sequential", workspace.options.mib), ("random", workspace.options.mib // 4)):
        with workspace.disk() as directory:
            yield cold_order(workspace, Merge(directory, order, mib), mib)


def cold_order(workspace: Workspace, merge: Merge, mib: int) -> Contest:
    def reset() -> None:
        merge.reset()
        drop_caches()

    competitors = {
        "dm-merge": lambda: applied(workspace, merge),
        "comparing loop": lambda: loops(workspace, merge, "compare"),
    }
    targets = {"comparing loop": 1.3}
    if merge.order == "sequential":
        competitors["dd limit"] = lambda: dd_limit(merge)
        targets["dd limit"] = 1 / 1.5
    return Contest(
        f"{merge.order}, {workspace.file_system()}, cold, {mib} MiB",
        workspace.options.repeat,
        competitors,
        reset,
        require_merged_except(merge, "dd limit"),
        targets,
    )


def dd_limit(merge: Merge) -> Timing:
    """Reads as many bytes of the origin as are merged, and copies as many of the store into it."""
    count = f"bs=1M status=none count={merge.bytes >> 20}"
    read = f"dd if='{merge.origin}' of=/dev/null {count}"
    copy = f"dd if='{merge.store}' of='{merge.origin}' {count} conv=notrunc,fsync"
    return Timing(["sh", "-c", f"{read} && {copy}"])


def shared_blocks(workspace: Workspace) -> Iterator[Contest]:
    """A file system that can share the blocks."""
    # mkfs.xfs refuses to make a small one.
    with workspace.xfs(max(8 * workspace.options.mib, 512)) as directory:
        merge = Merge(directory, "sequential", workspace.options.mib)
        yield Contest(
            "sequential, XFS, warm",
            workspace.options.repeat,
            {
                "dm-merge": lambda: applied(workspace, merge),
                "blind loop": lambda: loops(workspace, merge, "blind"),
            },
            merge.reset,
            merge.require_merged,
            {"blind loop": 2.5},
        )


def second_run(workspace: Workspace) -> Iterator[Contest]:
    """Nothing to do, against cmp over as many bytes."""
    for order in ("sequential", "random"):
        with workspace.disk() as directory:
            yield second_run_order(workspace, Merge(directory, order, workspace.options.mib))


def second_run_order(workspace: Workspace, merge: Merge) -> Contest:
    merge.reset()
    applied(workspace, merge)
    os.unlink(merge.before)
    one, other = (os.path.join(merge.directory, name) for name in ("one", "other"))
    for path in (one, other):
        run("dd", "if=" + merge.store, "of=" + path, "bs=1M", f"count={workspace.options.mib}", "status=none")
    os.sync()
    warm(merge.store, merge.origin, one, other)
    return Contest(
        f"{merge.order}, nothing to do",
        workspace.options.repeat,
        {
            "dm-merge": lambda: unchanged(workspace, merge),
            "cmp": lambda: Timing(["cmp", one, other]),
        },
        targets={"cmp": 1 / 1.3},
    )


def unchanged(workspace: Workspace, merge: Merge) -> Timing:
    before = os.stat(merge.origin).st_mtime_ns
    timing = applied(workspace, merge, expected=0)
    if json.loads(timing.stdout)["changed"] or os.stat(merge.origin).st_mtime_ns != before:
        raise SystemExit("dm-merge wrote although there was nothing to do")
    return timing


def trust(workspace: Workspace) -> Iterator[Contest]:
    """What undo and audit cost, with everything in the page cache."""
    for order in ("sequential", "random"):
        with workspace.disk() as directory:
            yield trust_order(workspace, Merge(directory, order, workspace.options.mib))


def trust_order(workspace: Workspace, merge: Merge) -> Contest:
    files: dict[str, Any] = {name: os.path.join(merge.directory, name) for name in ("audit", "undo")}

    def reset() -> None:
        merge.reset()
        for path in files.values():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def keeping(*names: str) -> Competitor:
        return lambda: applied(workspace, merge, **{name: files[name] for name in names})

    return Contest(
        f"{merge.order}, {workspace.file_system()}, warm",
        workspace.options.repeat,
        {
            "dm-merge": keeping(),
            "with audit": keeping("audit"),
            "with undo": keeping("undo"),
            "with both": keeping("audit", "undo"),
        },
        reset,
        merge.require_merged,
    )


def start(workspace: Workspace) -> Iterator[Contest]:
    """A small plan against a Java program that prints hello."""
    with workspace.disk() as directory:
        source = os.path.join(directory, "Hello.java")
        with open(source, "w", encoding="ascii") as file:
            file.write('class Hello { public static void main(String[] a) { System.out.println("hello"); } }\n')
        run("javac", "-d", directory, source)
        store, origin = stores.make(directory, "sequential", CHUNK, 1000 * CHUNK)
        job = json.dumps({"input": store, "output": origin}).encode()
        yield Contest(
            "plan of 1000 exceptions",
            4 * workspace.options.repeat,
            {
                "dm-merge": lambda: Timing([workspace.tool, "plan", "-", "--progress=none"], job),
                "Java's hello": lambda: Timing(["java", "-XX:+UseSerialGC", "-cp", directory, "Hello"]),
            },
            targets={"Java's hello": 1 / 4, "MiB": 80},
        )


def table_sizes(workspace: Workspace) -> Iterator[Contest]:
    """Metadata-only plans, each exception with its dd line, written to /dev/null."""
    counts = [10_000, 100_000, 1_000_000, 4_000_000, 16_000_000]
    for count in counts[:3] if workspace.options.quick else counts:
        with workspace.disk() as directory:
            yield table_size(workspace, stores.make_table(directory, CHUNK, count), count)


def table_size(workspace: Workspace, store: str, count: int) -> Contest:
    job = json.dumps({"input": store}).encode()
    command = [workspace.tool, "plan", "-", "--metadata-only", "--progress=none", "-o", "/dev/null"]
    large = count > 1_000_000
    return Contest(
        f"metadata-only plan, {count:,} exceptions",
        min(3, workspace.options.repeat) if large else workspace.options.repeat,
        {"dm-merge": lambda: Timing(command, job)},
        lambda: None if large else warm(store),
        targets={"MiB": 160},
        exceptions=count,
    )


ALL = {
    "warm": warm_files,
    "direct": direct_loops,
    "cold": cold_files,
    "shared": shared_blocks,
    "again": second_run,
    "trust": trust,
    "start": start,
    "sizes": table_sizes,
}
