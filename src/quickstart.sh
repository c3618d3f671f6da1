#!/bin/sh
# From nothing to a successful merge: installs what is missing (as root on Debian), builds dm-merge, and runs plan, apply,
# apply again and verify on a copy of a bundled store that LVM and a real kernel made.
set -eu
cd "$(dirname "$0")/.."
. src/install.sh

need_programs java:default-jdk-headless javac:default-jdk-headless mvn:maven

# run WORD...: prints the command as a user would type it, and runs it.
run() {
  echo "\$ dm-merge $*"
  "$dm_merge" "$@"
}

# show FILE PATTERN...: prints the first match of each pattern in a document, without jq. Every pattern must match.
show() {
  document=$1
  shift
  for pattern in "$@"; do
    part=$(grep -o "$pattern" "$document")
    printf '%s\n' "$part" | head -n 1 | sed 's/,"/, "/g; s/":/": /g' | fold -s -w 90 | sed 's/^/    /'
  done
}

echo "1. Build (the first time, Maven downloads what it needs)"
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

echo "2. What would the merge change? The plan's summary, its first exception, and the dd command for it:"
echo "\$ cat job.json"
cat job.json
run plan job.json -o plan.json
show plan.json '"summary":{[^}]*}' '"old_chunk":[^}]*"state":"pending"'
sed -n 's/^{"index":0,.*"dd":"\(.*\)","source_sha256.*/    \1/p' plan.json | sed "s|$demo/||g"

echo "3. Merge the snapshot into its origin:"
run apply job.json -o report.json
show report.json '"status":"applied","changed":true' '"counts":{[^}]*}' '"bytes":{"total[^}]*}'
sha256sum < origin | cmp -s - expected
echo "    The origin now has the same bytes as after lvconvert --merge."

echo "4. Run it again: nothing is left to do, and nothing is written."
run apply job.json -o report-again.json
show report-again.json '"status":"unchanged","changed":false' '"counts":{[^}]*}'

echo "5. Does the origin hold what the store says? Exit status 0: yes."
run verify job.json -o verify.json
show verify.json '"status":"unchanged","changed":false'

echo "The program is $dm_merge, the job and the documents are in $demo"
