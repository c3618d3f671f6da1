#!/bin/sh
# From nothing to a merge that worked: installs what is missing (as root on Debian), builds dm-merge, and runs plan,
# apply, apply again and verify on a copy of a bundled store that LVM and a real kernel made.
set -eu
cd "$(dirname "$0")/.."
. src/install.sh

need_programs java:default-jdk-headless javac:default-jdk-headless mvn:maven

echo "1. building (the first time, Maven fetches what it needs)"
mvn -B -q -ntp -DskipTests package

dm_merge=$PWD/target/dm-merge/bin/dm-merge
demo=$PWD/target/quickstart
rm -rf "$demo"
mkdir -p "$demo"
store=src/test/resources/stores/lvm-ext4
gzip -dc "$store/cow.gz" > "$demo/snapshot-cow"
gzip -dc "$store/origin-before.gz" > "$demo/origin"
gzip -dc "$store/origin-after.gz" | sha256sum > "$demo/expected"
cd "$demo"

cat > job.json <<'JOB'
{"input": "snapshot-cow", "output": "origin", "force": true, "label": "quickstart"}
JOB

echo "2. plan: what would the snapshot change in its origin?"
"$dm_merge" plan job.json -o plan.json
echo "   $(grep -c '"index":' plan.json) exceptions, each with the dd line that does the same; the origin is untouched"

echo "3. apply: put the snapshot's chunks back"
"$dm_merge" apply job.json -o report.json
grep -q '"status":"applied","changed":true' report.json
sha256sum < origin | cmp -s - expected
echo "   done: the origin is, to the byte, what lvconvert --merge made of it"

echo "4. apply again: nothing is left to do"
"$dm_merge" apply job.json -o report-again.json
grep -q '"status":"unchanged","changed":false' report-again.json
echo "   changed: false, and nothing was written"

echo "5. verify: does the origin hold what the snapshot says?"
"$dm_merge" verify job.json -o verify.json
echo "   yes"
echo "The program is $dm_merge, the job and the documents are in $demo"
