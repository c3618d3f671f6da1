"""The contests: what is timed beside what, and how fast dm-merge is meant to be."""

import contextlib
import json
import os
import statistics

import stores
from place import CHUNK, Merge, Timing, drop_caches, loop, output, run, warm

DD_SAMPLE = 500


class Contest:
    """Competitors that do the same work, by name, with their seconds in each round."""

    def __init__(self, work, rounds, competitors, before, after=lambda name: None, targets=None):
        self.work = work
        self.targets = targets or {}
        self.runs = {name: [] for name in competitors}
        for _ in range(rounds):
            for name, competitor in competitors.items():
                before()
                self.runs[name].append(competitor())
                if len(self.runs[name]) == 1:
                    after(name)

    def seconds(self, name):
        return statistics.median(timing.seconds for timing in self.runs[name])

    def mib(self, name):
        return max(timing.kib for timing in self.runs[name]) / 1024

    def ratio(self, peer):
        """How many times longer the peer takes: the median of the rounds."""
        pairs = zip(self.runs[peer], self.runs["dm-merge"])
        return statistics.median(theirs.seconds / ours.seconds for theirs, ours in pairs)


def applied(place, merge, expected=None, **more):
    """dm-merge, which must say that it wrote every chunk, or as many as are expected."""
    timing = Timing([place.tool, "apply", "-", "--progress=none"], merge.job(**more))
    if json.loads(timing.stdout)["counts"]["written"] != (merge.chunks if expected is None else expected):
        raise SystemExit("dm-merge wrote something else: " + timing.stdout.decode())
    return timing


def loops(place, merge, kind, *more):
    return Timing([place.loops, kind, *more, merge.store, merge.origin])


def beside_loops(place, merge):
    """dm-merge and both loops."""
    return {
        "dm-merge": lambda: applied(place, merge),
        "comparing loop": lambda: loops(place, merge, "compare"),
        "blind loop": lambda: loops(place, merge, "blind"),
    }


def warm_files(place):
    """Everything is in the page cache."""
    with place.tmpfs() as folder:
        merge = Merge(folder, "sequential", place.options.mib)
        yield Contest(
            "sequential, tmpfs",
            place.options.repeat,
            beside_loops(place, merge),
            merge.reset,
            merge.require_merged,
            {"comparing loop": 2.5, "blind loop": 1},
        )
    for order, targets in (
        ("sequential", {"comparing loop": 2.5, "blind loop": 1, "qemu-img commit": 1.5, "dd lines": 100}),
        ("random", {"comparing loop": 3, "blind loop": 1, "qemu-img commit": 2, "dd lines": 100}),
    ):
        with place.disk() as folder:
            merge = Merge(folder, order, place.options.mib)
            overlay = qcow2(place, merge)
            lines = dd_lines(place, merge)
            yield Contest(
                f"{order}, {place.file_system()}, warm",
                place.options.repeat,
                {
                    **beside_loops(place, merge),
                    "qemu-img commit": lambda: Timing(["qemu-img", "commit", "-q", "-d", overlay], cwd=folder),
                    "dd lines": lambda: scaled(Timing(["sh", lines]), merge.chunks / DD_SAMPLE),
                },
                merge.reset,
                lambda name: merge.require_merged(name) if name != "dd lines" else None,
                targets,
            )


def qcow2(place, merge):
    """An image over the origin with the same chunks: rebase finds what differs from the merged one."""
    overlay = os.path.join(merge.folder, "overlay.qcow2")
    merge.reset()
    merged = os.path.join(merge.folder, "merged")
    os.rename(merge.origin, merged)
    run(place.loops, "blind", merge.store, merged)
    run("cp", merge.before, merge.origin)
    create = ["qemu-img", "create", "-q", "-f", "qcow2", "-o", f"cluster_size={CHUNK}", "-F", "raw", "-b", merged]
    run(*create, overlay)
    run("qemu-img", "rebase", "-f", "qcow2", "-F", "raw", "-b", "origin", overlay)
    os.unlink(merged)
    return overlay


def dd_lines(place, merge):
    """The first lines of the plan, as a script."""
    plan = Timing([place.tool, "plan", "-", "--metadata-only", "--progress=none"], merge.job())
    script = os.path.join(merge.folder, "lines.sh")
    with open(script, "w", encoding="ascii") as file:
        for exception in json.loads(plan.stdout)["exceptions"][:DD_SAMPLE]:
            file.write(exception["dd"] + " 2> /dev/null\n")
    return script


def scaled(timing, times):
    timing.seconds *= times
    return timing


def direct_loops(place):
    """O_DIRECT on loop devices that go past the page cache themselves."""
    for order, target in (("sequential", 15), ("random", 8)):
        with place.disk() as folder:
            merge = Merge(folder, order, place.options.mib // 4)
            merge.reset()
            with loop(merge.store) as store, loop(merge.origin) as origin:
                before, merge.store, merge.origin = merge.before, store, origin

                def reset():
                    run("dd", "if=" + before, "of=" + origin, "bs=1M", "oflag=direct", "status=none")

                yield Contest(
                    f"{order}, loop device, O_DIRECT, {place.options.mib // 4} MiB",
                    place.options.repeat,
                    {
                        "dm-merge": lambda: applied(place, merge, direct=True),
                        "comparing loop": lambda: loops(place, merge, "compare", "direct"),
                    },
                    reset,
                    merge.require_merged,
                    {"comparing loop": target},
                )


def cold_files(place):
    """Nothing is in the page cache."""
    for order in ("sequential", "random"):
        with place.disk() as folder:
            mib = place.options.mib if order == "sequential" else place.options.mib // 4
            merge = Merge(folder, order, mib)

            def reset():
                merge.reset()
                drop_caches()

            competitors = {
                "dm-merge": lambda: applied(place, merge),
                "comparing loop": lambda: loops(place, merge, "compare"),
            }
            targets = {"comparing loop": 1.3}
            if order == "sequential":
                competitors["dd limit"] = lambda: dd_limit(merge)
                targets["dd limit"] = 1 / 1.5
            yield Contest(
                f"{order}, {place.file_system()}, cold, {mib} MiB",
                place.options.repeat,
                competitors,
                reset,
                lambda name: merge.require_merged(name) if name != "dd limit" else None,
                targets,
            )


def dd_limit(merge):
    """Reads as many bytes of the origin, and copies as many of the store into it."""
    count = f"bs=1M status=none count={merge.bytes >> 20}"
    read = f"dd if='{merge.origin}' of=/dev/null {count}"
    copy = f"dd if='{merge.store}' of='{merge.origin}' {count} conv=notrunc,fsync"
    return Timing(["sh", "-c", f"{read} && {copy}"])


def shared_blocks(place):
    """A file system that can share the blocks."""
    # mkfs.xfs refuses to make a small one.
    with place.xfs(max(8 * place.options.mib, 512)) as folder:
        merge = Merge(folder, "sequential", place.options.mib)
        yield Contest(
            "sequential, XFS, warm",
            place.options.repeat,
            {
                "dm-merge": lambda: applied(place, merge),
                "blind loop": lambda: loops(place, merge, "blind"),
            },
            merge.reset,
            merge.require_merged,
            {"blind loop": 2.5},
        )


def second_run(place):
    """Nothing to do: beside cmp over as many bytes."""
    for order in ("sequential", "random"):
        with place.disk() as folder:
            merge = Merge(folder, order, place.options.mib)
            merge.reset()
            applied(place, merge)
            os.unlink(merge.before)
            one, other = (os.path.join(folder, name) for name in ("one", "other"))
            for path in (one, other):
                run("dd", "if=" + merge.store, "of=" + path, "bs=1M", f"count={place.options.mib}", "status=none")
            os.sync()
            warm(merge.store, merge.origin, one, other)
            yield Contest(
                f"{order}, nothing to do",
                place.options.repeat,
                {
                    "dm-merge": lambda: unchanged(place, merge),
                    "cmp": lambda: Timing(["cmp", one, other]),
                },
                lambda: None,
                targets={"cmp": 1 / 1.3},
            )


def unchanged(place, merge):
    before = os.stat(merge.origin).st_mtime_ns
    timing = applied(place, merge, expected=0)
    if json.loads(timing.stdout)["changed"] or os.stat(merge.origin).st_mtime_ns != before:
        raise SystemExit("dm-merge wrote where there was nothing to do")
    return timing


def trust(place):
    """What undo and audit cost: everything is in the page cache."""
    for order in ("sequential", "random"):
        with place.disk() as folder:
            merge = Merge(folder, order, place.options.mib)
            files = {"audit": os.path.join(folder, "audit.jsonl"), "undo": os.path.join(folder, "undo.cow")}

            def reset():
                merge.reset()
                for path in files.values():
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(path)

            def keeping(*names):
                return lambda: applied(place, merge, **{name: files[name] for name in names})

            yield Contest(
                f"{order}, {place.file_system()}, warm",
                place.options.repeat,
                {
                    "dm-merge": keeping(),
                    "with audit": keeping("audit"),
                    "with undo": keeping("undo"),
                    "with both": keeping("audit", "undo"),
                },
                reset,
                merge.require_merged,
            )


def start(place):
    """A small plan beside a Java program that says hello."""
    with place.disk() as folder:
        source = os.path.join(folder, "Hello.java")
        with open(source, "w", encoding="ascii") as file:
            file.write('class Hello { public static void main(String[] a) { System.out.println("hello"); } }\n')
        run("javac", "-d", folder, source)
        store, _ = stores.make(folder, "sequential", CHUNK, 1000 * CHUNK)
        job = json.dumps({"input": store, "output": os.path.join(folder, "sequential.origin")}).encode()
        yield Contest(
            "plan of 1000 exceptions",
            4 * place.options.repeat,
            {
                "dm-merge": lambda: Timing([place.tool, "plan", "-", "--progress=none"], job),
                "Java's hello": lambda: Timing(["java", "-XX:+UseSerialGC", "-cp", folder, "Hello"]),
            },
            lambda: None,
            targets={"Java's hello": 1 / 4, "MiB": 80},
        )


def table_sizes(place):
    """Metadata-only plans, each exception with its dd line, into a file's place that takes no time."""
    most = 1_000_000 if place.options.quick else 16_000_000
    for count in (10_000, 100_000, 1_000_000, 4_000_000, 16_000_000):
        if count > most:
            return
        with place.disk() as folder:
            store = stores.make_table(folder, CHUNK, count)
            job = json.dumps({"input": store}).encode()
            command = [place.tool, "plan", "-", "--metadata-only", "--progress=none", "-o", "/dev/null"]
            contest = Contest(
                f"metadata-only plan, {count:,} exceptions",
                min(3, place.options.repeat) if count > 1_000_000 else place.options.repeat,
                {"dm-merge": lambda: Timing(command, job)},
                lambda: warm(store) if count <= 1_000_000 else None,
                targets={"MiB": 160},
            )
            contest.exceptions = count
            yield contest


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


def machine(place):
    """What the figures are from."""
    return {
        "processors": os.cpu_count(),
        "kernel": os.uname().release,
        "java": output("sh", "-c", "java -version 2>&1").splitlines()[0],
        "file_system": place.file_system(),
        "mib": place.options.mib,
        "repeat": place.options.repeat,
    }
