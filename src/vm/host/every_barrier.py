"""Every state that the barriers of an apply with undo and audit can leave: the host verifies the audit logs."""

from machine import Disk
from scenario_run import Failed, ScenarioRun

DISKS = [Disk("devices", 64), Disk("log", 256), Disk("durable", 64), Disk("spare", 64)]


def drive(run: ScenarioRun) -> str:
    barriers, states = run.boot("run", run.plain(DISKS))
    logs = sorted(path.name for path in run.directory.glob("audit-*.jsonl"))
    if len(logs) != states:
        raise Failed(f"{len(logs)} audit logs of {states} runs")
    for log in logs:
        run.require_good_audit(log)
    return (
        f"{barriers} barriers of origin and undo disk, {states} different states: what the audit log reports as "
        "written is written, the job resumed from there ends right, its undo store and its audit log are good"
    )
