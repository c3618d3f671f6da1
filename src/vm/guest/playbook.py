"""The collection's playbooks, run in the guest against the guest itself."""

import os
import pathlib
import re

from commands import REPOSITORY, Failure, command

_COLLECTIONS = pathlib.Path("/tmp/collections")
_VARIABLES = ("vg=vg0", "volume=data", "snapshot=snap")


def revert() -> int:
    """Reverts vg0/data to vg0/snap by the collection's playbook; returns how many tasks changed something."""
    namespace = _COLLECTIONS / "ansible_collections/dmtools"
    if not namespace.exists():
        namespace.mkdir(parents=True)
        (namespace / "dm_merge").symlink_to(REPOSITORY / "ansible")
    os.environ.update(
        ANSIBLE_COLLECTIONS_PATH=str(_COLLECTIONS),
        ANSIBLE_PIPELINING="true",
        ANSIBLE_NOCOLOR="true",
        ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3",
        LC_ALL="C.UTF-8",
    )
    words = ["-i", "localhost,", "-c", "local", "-e", "revert_become=false"]
    for variable in _VARIABLES:
        words += ["-e", f"revert_lvm_snapshot_{variable}"]
    output = command("ansible-playbook", "dmtools.dm_merge.revert", *words)
    recap = re.search(r"localhost .*changed=(\d+) .*failed=(\d+)", output)
    if recap is None or recap[2] != "0":
        raise Failure("the playbook's recap has no line for localhost, or reports a failure")
    return int(recap[1])
