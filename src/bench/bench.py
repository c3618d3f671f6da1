#!/usr/bin/env python3
"""Times dm-merge beside what one would use instead, interleaved, and prints medians and ratios."""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contests  # noqa: E402
import results  # noqa: E402
from place import Place  # noqa: E402


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    target = os.path.normpath(os.path.join(here, "../../target"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", default=os.path.join(target, "dm-merge/bin/dm-merge"))
    parser.add_argument("--folder", default=os.path.join(target, "bench"), help="where stores and results go")
    parser.add_argument("--mib", type=int, default=1024, help="MiB of data (a quarter of it with O_DIRECT)")
    parser.add_argument("--repeat", type=int, default=5, help="rounds; each runs every competitor once")
    parser.add_argument("--quick", action="store_true", help="a look in under 3 minutes, at less of everything")
    parser.add_argument("contest", nargs="*", help="only these: " + ", ".join(contests.ALL))
    options = parser.parse_args()
    unknown = [name for name in options.contest if name not in contests.ALL]
    if unknown:
        parser.error("no such contest: " + ", ".join(unknown))
    if options.quick:
        options.mib, options.repeat = 128, 3
    with Place(options) as place:
        for name in options.contest or contests.ALL:
            for contest in contests.ALL[name](place):
                results.show(contest)
                place.finished.append(contest)
        results.keep(place)


if __name__ == "__main__":
    main()
