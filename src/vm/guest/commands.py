"""Commands, checks and waiting: what every scenario needs."""

import pathlib
import shlex
import subprocess
import time
from collections.abc import Callable

OUT = pathlib.Path("/out")
"""A directory of the host, where a scenario leaves what outlives the guest."""
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]

AnyPath = str | pathlib.Path
Seed = int | str


class Failure(Exception):
    """Something is not as it must be."""


def expect(condition: object, message: str) -> None:
    if not condition:
        raise Failure(message)


def expect_equal(left: bytes, right: bytes, what: str) -> None:
    """Compares two byte strings and reports where they first differ."""
    if left == right:
        return
    expect(len(left) == len(right), f"{what}: {len(left)} bytes and {len(right)} bytes")
    step = 4096
    different = [at for at in range(0, len(left), step) if left[at : at + step] != right[at : at + step]]
    raise Failure(f"{what}: {len(different)} blocks of {step} bytes differ, the first at byte {different[0]}")


def command(*words: object, status: int | None = 0, cwd: AnyPath | None = None, text: str | None = None) -> str:
    """Runs a command, prints it and its output on the console, and returns the output.

    `status` is the exit status that it must have; None accepts any.
    """
    arguments = [str(word) for word in words]
    print(f"+ {time.monotonic():.1f} {shlex.join(arguments)}", flush=True)
    done = subprocess.run(
        arguments, cwd=cwd, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(done.stdout, end="", flush=True)
    ended = f"{arguments[0]} ended with {done.returncode}: {done.stdout.strip()}"
    expect(status is None or done.returncode == status, ended)
    return done.stdout


def wait_until(condition: Callable[[], bool], what: str, seconds: int = 3600) -> None:
    """The default limit is far above what any machine needs: it ends a guest that hangs."""
    deadline = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < deadline, f"timed out after {seconds} seconds: {what}")
        time.sleep(0.01)
