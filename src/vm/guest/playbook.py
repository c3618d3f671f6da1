"""The collection's playbooks, run in the guest against the guest itself."""

import os
import pathlib
import re

from guest import REPOSITORY, expect
from guest import run as command

_COLLECTIONS = pathlib.Path("/tmp/collections")
_VOLUME = ("vg=vg0", "volume=data", "snapshot=snap")


def revert(**variables):
    """Reverts vg0/data to vg0/snap by the collection's playbook; returns how many tasks changed something."""
    namespace = _COLLECTIONS / "ansible_collections/dmtools"
    if not namespace.exists():
        namespace.mkdir(parents=True)
        (namespace / "dm_merge").symlink_to(REPOSITORY / "ansible")
        os.environ["PATH"] = f"{os.path.dirname(os.environ['DM_MERGE'])}:{os.environ['PATH']}"
    os.environ.update(
        ANSIBLE_COLLECTIONS_PATH=str(_COLLECTIONS),
        ANSIBLE_PIPELINING="true",
        ANSIBLE_NOCOLOR="true",
        ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3",
        LC_ALL="C.UTF-8",
    )
    values = [f"revert_lvm_snapshot_{value}" for value in _VOLUME]
    values += [f"revert_lvm_snapshot_{name}={value}" for name, value in variables.items()]
    words = ["-i", "localhost,", "-c", "local", "-e", "revert_become=false"]
    for value in values:
        words += ["-e", value]
    said = command("ansible-playbook", "dmtools.dm_merge.revert", *words)
    recap = re.search(r"localhost .*changed=(\d+) .*failed=(\d+)", said)
    expect(recap is not None and recap[2] == "0", "the playbook does not say what became of localhost")
    return int(recap[1])
