#!/usr/bin/python3
"""Lets ansible-test run its sanity tests without a download.

For each test ansible-test makes a virtual environment and fills it with pip. This makes the same environments, under
the names that ansible-test looks for, with access to Debian's packages instead. Run it inside
.../ansible_collections/NAMESPACE/NAME, with the HOME that ansible-test will have.
"""

import pathlib
import shutil
import subprocess
import sys

from ansible_test._internal.commands.sanity import hash_pip_commands
from ansible_test._internal.host_configs import VirtualPythonConfig
from ansible_test._internal.python_requirements import collect_requirements

TESTS = (
    "ansible-doc",
    "import",
    "import.plugin",
    "pep8",
    "pylint",
    "runtime-metadata",
    "validate-modules",
    "yamllint",
)


def directory_of(test: str, minimize: bool) -> pathlib.Path:
    """Where ansible-test looks for the environment of a test: the name has a digest of pip's commands."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    commands = collect_requirements(
        python=VirtualPythonConfig(version=version, path=sys.executable),
        controller=True,
        virtualenv=False,
        command=None,
        ansible=False,
        cryptography=False,
        coverage=False,
        minimize=minimize,
        sanity=test,
    )
    label = "sanity." + test if commands else "sanity"
    digest: str = hash_pip_commands(commands)
    return pathlib.Path("~/.ansible/test/venv").expanduser() / label / version / digest


def seed(directory: pathlib.Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", str(directory)], check=True
    )
    # The files that ansible-test puts into an environment that it has made itself.
    (directory / "meta.install.json").write_text("[]")
    (directory / "meta.yaml.json").write_text("true")
    (directory / "marker.txt").touch()


def main() -> None:
    for directory in sorted({directory_of(test, minimize) for test in TESTS for minimize in (False, True)}):
        if not (directory / "marker.txt").exists():
            seed(directory)


if __name__ == "__main__":
    main()
