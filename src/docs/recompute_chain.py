"""Recomputes an audit log's chain, and with a plan the digests of its extents, without dm-merge.

Usage: python3 recompute_chain.py LOG [PLAN]. Prints what it counted, or the first line that is wrong.
"""

import gzip
import hashlib
import json
import sys

TAIL = len(',"dm_merge.line_sha256":"') + 64 + len('"}')  # 91 bytes that a line's digest does not cover
log, plan = sys.argv[1], None
if sys.argv[2:]:
    with gzip.open(sys.argv[2]) if sys.argv[2].endswith(".gz") else open(sys.argv[2], "rb") as file:
        plan = json.load(file)
chunk = plan["store"]["chunk_bytes"] if plan else 0
digests = {e["old_chunk"]: (e["origin_sha256"], e["source_sha256"]) for e in plan["exceptions"]} if plan else {}
previous, lines, compared, other = "0" * 64, 0, 0, 0
for line in open(log, "rb"):
    lines += 1
    text, event = line[:-1], json.loads(line)
    if not line.endswith(b"}\n") or event["dm_merge.seq"] != lines or event["dm_merge.prev_sha256"] != previous:
        sys.exit(f"line {lines} does not follow the line before")
    previous = hashlib.sha256(text[:-TAIL]).hexdigest()
    if text[-TAIL:].decode() != f',"dm_merge.line_sha256":"{previous}"}}':
        sys.exit(f"line {lines} is not as it was written")
    if plan and "dm_merge.chunks_sha256.after" in event:
        first, size = event["dm_merge.origin.offset"] // chunk, event["dm_merge.origin.bytes"]
        sides = list(zip(*(digests.get(first + i, ("", "")) for i in range(-(-size // chunk)))))
        before, after = (hashlib.sha256(bytes.fromhex("".join(side))).hexdigest() for side in sides)
        same = (event["dm_merge.chunks_sha256.before"], event["dm_merge.chunks_sha256.after"]) == (before, after)
        compared, other = compared + same, other + (not same)
print(f"{lines} lines, the last one {previous}; {compared} extents as the plan has them, {other} others")
sys.exit(1 if other else 0)
