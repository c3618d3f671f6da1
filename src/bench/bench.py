"""Times dm-merge and its alternatives in turns, and prints medians and ratios."""

import argparse
import os

import contests
import results
from workspace import TARGET, Workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", default=os.path.join(TARGET, "dm-merge/bin/dm-merge"))
    parser.add_argument(
        "--directory", default=os.path.join(TARGET, "bench"), help="directory for the stores and results"
    )
    parser.add_argument("--mib", type=int, default=1024, help="MiB of data (a quarter of it with O_DIRECT)")
    parser.add_argument("--repeat", type=int, default=5, help="rounds; each runs every competitor once")
    parser.add_argument("--quick", action="store_true", help="less of everything, in under 3 minutes")
    parser.add_argument("contest", nargs="*", help="only these: " + ", ".join(contests.ALL))
    options = parser.parse_args()
    unknown = [name for name in options.contest if name not in contests.ALL]
    if unknown:
        parser.error("no such contest: " + ", ".join(unknown))
    if options.quick:
        options.mib, options.repeat = 128, 3
    finished = []
    with Workspace(options) as workspace:
        for name in options.contest or contests.ALL:
            for contest in contests.ALL[name](workspace):
                results.show(contest)
                finished.append(contest)
        results.write(workspace, finished)


if __name__ == "__main__":
    main()
