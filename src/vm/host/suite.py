"""Runs the scenarios, each in a virtual machine of its own, and reports which ones passed."""

import concurrent.futures
import shutil
import sys
import time
import traceback

from machine import MACHINES_AT_ONCE, REPOSITORY, TARGET, Kernel, Unavailable
from scenario_run import Failed, ScenarioRun
from scenarios import SCENARIOS


def _run(kernel: Kernel, name: str) -> tuple[bool, str]:
    """Returns whether the scenario passed, and what it compared or why it failed."""
    run = ScenarioRun(kernel, name)
    try:
        compared = SCENARIOS[name](run)
    except (Failed, TimeoutError) as failure:
        return False, str(failure)
    except Exception as error:  # pylint: disable=broad-exception-caught # the other scenarios go on
        (run.directory / "error").write_text(traceback.format_exc())
        return False, f"{type(error).__name__}: {error}"
    shutil.rmtree(run.directory)
    return True, compared


def _run_and_print(kernel: Kernel, name: str) -> bool:
    start = time.monotonic()
    passed, text = _run(kernel, name)
    seconds = round(time.monotonic() - start)
    where = "" if passed else f"\n  see {(TARGET / name).relative_to(REPOSITORY)}"
    print(f"{name}: {text}: {'passed' if passed else 'FAILED'} ({seconds} s){where}", flush=True)
    return passed


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in SCENARIOS]
    if unknown:
        sys.exit(f"no such scenario: {', '.join(unknown)}; there are {', '.join(sorted(SCENARIOS))}")
    names = [name for name in SCENARIOS if name in arguments or not arguments]
    TARGET.mkdir(parents=True, exist_ok=True)
    try:
        kernel = Kernel()
    except (Unavailable, OSError) as error:
        print(f"nothing could be tested: {error}")
        print(f"0 passed, {len(names)} failed")
        return 1
    print(f"the kernel is {kernel.release}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(MACHINES_AT_ONCE) as pool:
        passed = sum(pool.map(lambda name: _run_and_print(kernel, name), names))
    print(f"{passed} passed, {len(names) - passed} failed")
    return 0 if passed == len(names) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
