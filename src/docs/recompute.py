"""Recomputes the digests of a plan and compares them with what it says: python3 recompute.py PLAN"""
import gzip, hashlib, json, struct, sys

def number(value):
    return struct.pack("<q", value)

def text(value):
    data = (value or "").encode()
    return number(len(data)) + data

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()

name = sys.argv[1]
with (gzip.open if name.endswith(".gz") else open)(name, "rb") as file:
    plan = json.load(file)
if plan["plan_sha256"] is None:
    sys.exit("the plan was made of the table alone, and has no digests")
chunk_bytes, exceptions = number(plan["store"]["chunk_bytes"]), plan["exceptions"]
digests = {"plan_sha256": sha256(b"dm-merge plan 1\n", chunk_bytes, *(
    number(e["old_chunk"]) + number(e["new_chunk"]) + number(e["bytes"]) + bytes.fromhex(e["source_sha256"])
    for e in exceptions))}
if plan["output"]:
    digests["origins_sha256"] = sha256(
        b"dm-merge origins 1\n", *(bytes.fromhex(e["origin_sha256"]) for e in exceptions))
    digests["approval_sha256"] = sha256(
        b"dm-merge approval 1\n", *map(bytes.fromhex, digests.values()), chunk_bytes,
        *(number(d["bytes"]) + text(d["path"]) + text(d["lasting_name"]) for d in (plan["input"], plan["output"])))
for key, value in digests.items():
    print(key, value, "as the plan says" if plan[key] == value else "but the plan says %s" % plan[key])
sys.exit(any(plan[key] != value for key, value in digests.items()))
