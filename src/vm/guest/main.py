"""In the guest: runs one function of a scenario and leaves its answer in /out/result.json."""

import importlib
import json
import pathlib
import sys
import traceback


def main(name, function, *arguments):
    failure = value = None
    try:
        value = getattr(importlib.import_module(f"scenarios.{name}"), function)(*arguments)
    except Exception as error:  # told to the host, which knows that the scenario failed
        traceback.print_exc(file=sys.stdout)
        failure = f"{type(error).__name__}: {error}" if not str(error) else str(error)
    partial = pathlib.Path("/out/result.json.new")
    partial.write_text(json.dumps({"failure": failure, "value": value}))
    partial.rename("/out/result.json")


if __name__ == "__main__":
    main(*sys.argv[1:])
