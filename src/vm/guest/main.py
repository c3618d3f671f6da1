"""Runs one function of a scenario and leaves its result in /out/result.json."""

import importlib
import json
import sys
import traceback

from commands import OUT, Failure


def main(scenario: str, function: str, *arguments: str) -> None:
    failure = value = None
    try:
        value = getattr(importlib.import_module(f"scenarios.{scenario}"), function)(*arguments)
    except Exception as error:  # pylint: disable=broad-exception-caught # the host reports it
        traceback.print_exc(file=sys.stdout)
        failure = str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}"
    partial = OUT / "result.json.new"
    partial.write_text(json.dumps({"failure": failure, "value": value}))
    partial.rename(OUT / "result.json")


if __name__ == "__main__":
    main(*sys.argv[1:])
