#!/usr/bin/python3
"""Lets ansible-test run its sanity tests without a download.

For each test ansible-test makes a virtual environment and lets pip fill it. This makes the same environments, under the
names that ansible-test looks for, and lets them see Debian's packages instead. Run it inside
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
    'ansible-doc',
    'import',
    'import.plugin',
    'pep8',
    'pylint',
    'runtime-metadata',
    'validate-modules',
    'yamllint',
)


def folder_of(test, minimize):
    """Where ansible-test looks for the environment of a test: its name holds a digest of what pip would be told."""
    version = '%d.%d' % sys.version_info[:2]
    commands = collect_requirements(
        python=VirtualPythonConfig(version=version, path=sys.executable),
        controller=True, virtualenv=False, command=None, ansible=False, cryptography=False, coverage=False,
        minimize=minimize, sanity=test)
    label = 'sanity.' + test if commands else 'sanity'
    return pathlib.Path('~/.ansible/test/venv').expanduser() / label / version / hash_pip_commands(commands)


def seed(folder):
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        [sys.executable, '-m', 'venv', '--system-site-packages', '--without-pip', str(folder)], check=True)
    # What ansible-test notes in an environment that it made itself.
    (folder / 'meta.install.json').write_text('[]')
    (folder / 'meta.yaml.json').write_text('true')
    (folder / 'marker.txt').touch()


def main():
    for folder in sorted({folder_of(test, minimize) for test in TESTS for minimize in (False, True)}):
        if not (folder / 'marker.txt').exists():
            seed(folder)


if __name__ == '__main__':
    main()
