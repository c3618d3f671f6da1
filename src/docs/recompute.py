"""Recomputes the digests of a plan and compares them with what it says: python3 recompute.py PLAN"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import sys


def number(value: int) -> bytes:
    return struct.pack("<q", value)


def text(value: str | None) -> bytes:
    data = (value or "").encode()
    return number(len(data)) + data


def sha256(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


name = sys.argv[1]
with gzip.open(name) if name.endswith(".gz") else open(name, "rb") as file:
    plan = json.load(file)
if plan["plan_sha256"] is None:
    sys.exit("the plan was made of the table alone, and has no digests")
chunk_bytes = number(plan["store"]["chunk_bytes"])
exceptions = [
    number(e["old_chunk"]) + number(e["new_chunk"]) + number(e["bytes"]) + bytes.fromhex(e["source_sha256"])
    for e in plan["exceptions"]
]
digests = {"plan_sha256": sha256(b"dm-merge plan 1\n", chunk_bytes, *exceptions)}
if plan["output"]:
    origins = [bytes.fromhex(e["origin_sha256"]) for e in plan["exceptions"]]
    digests["origins_sha256"] = sha256(b"dm-merge origins 1\n", *origins)
    devices = [number(d["bytes"]) + text(d["path"]) + text(d["lasting_name"]) for d in (plan["input"], plan["output"])]
    covered = [bytes.fromhex(digest) for digest in digests.values()]
    digests["approval_sha256"] = sha256(b"dm-merge approval 1\n", *covered, chunk_bytes, *devices)
for key, digest in digests.items():
    print(key, digest, "as the plan says" if plan[key] == digest else f"but the plan says {plan[key]}")
sys.exit(any(plan[key] != digest for key, digest in digests.items()))
