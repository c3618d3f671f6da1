"""dm-merge as it is packaged, and the commands of the documentation."""

import itertools
import json
import pathlib
import shlex
import subprocess
import time
from typing import Any

from commands import OUT, REPOSITORY, command, expect

Document = dict[str, Any]
"""A job, plan, report or problem."""

_numbers = itertools.count(1)


def dm_merge(subcommand: str, *, status: int = 0, **job: Any) -> Document:
    """Runs a job; returns the document that dm-merge prints. Both are kept in /out/documents."""
    documents = OUT / "documents"
    documents.mkdir(exist_ok=True)
    number = next(_numbers)
    path = documents / f"{number:03}-job.json"
    path.write_text(json.dumps(job))
    print(f"+ {time.monotonic():.1f} dm-merge {subcommand} {shlex.quote(str(path))}", flush=True)
    done = subprocess.run(["dm-merge", subcommand, path], capture_output=True, text=True, check=False)
    kept = documents / f"{number:03}-{subcommand}"
    kept.with_suffix(".json").write_text(done.stdout)
    kept.with_suffix(".stderr").write_text(done.stderr)
    document: Document = json.loads(done.stdout)
    text = problem_of(document).get("message") or document.get("status") or document["kind"]
    expect(done.returncode == status, f"dm-merge {subcommand} ended with {done.returncode} and not {status}: {text}")
    return document


def problem_of(document: Document) -> Document:
    """The problem in a report, or the document itself, which may be a problem."""
    problem: Document = document.get("problem") or document
    return problem


def documented(page: str, scenario: str) -> str:
    """The block of shell that the page says this scenario runs, unchanged."""
    text = (REPOSITORY / page).read_text()
    part = text.split(f"<!-- run by the scenario {scenario} -->\n```sh\n", 1)[1]
    return part.split("\n```", 1)[0] + "\n"


def run_typed(script: str, directory: pathlib.Path) -> None:
    """Runs a script of the documentation as a user would type it."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "typed.sh").write_text(script)
    command("sh", "-x", "typed.sh", cwd=directory)
