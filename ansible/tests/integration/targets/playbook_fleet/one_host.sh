#!/usr/bin/env bash
# one_host.sh WORK PLAYBOOK...: host0, whose plan is approved in WORK/plans.json, and what has changed since.
set -eu
work=$1
shift
host=$work/host0
origin=$host/origin
plan=$host/kept/plan.json.gz
one=("$@" --limit host0)
tool=$(sed -n 's/^dm_merge_executable: //p' ../../integration_config.yml)

reset() { cp "$work/origin" "$origin"; }
digest() { sha256sum < "$1"; }
fail() {
  echo "$*" >&2
  exit 1
}

# refused CODE MESSAGE FILE OPTION...: the playbook fails and says why, and FILE stays as it is.
refused() {
  local code=$1 message=$2 file=$3 before
  shift 3
  before=$(digest "$file")
  if "${one[@]}" -e "fleet_approved=$work/plans.json" "$@"; then
    fail "it went on: $code $message"
  fi
  [ "$(digest "$file")" = "$before" ] || fail "$file was written to: $code $message"
  jq -e --arg code "$code" --arg message "$message" \
    '.host0 | .status == "failed" and (.changed | not) and (.code // "") == $code and (.message | contains($message))' \
    "$work/summary.json" || fail "the summary has something else than $code, $message"
}

# applied STATUS OPTION...: the playbook is done, and the origin is reverted.
applied() {
  local status=$1
  shift
  "${one[@]}" -e "fleet_approved=$work/plans.json" "$@"
  cmp "$work/after" "$origin" || fail "it is not reverted"
  jq -e --arg status "$status" --slurpfile plans "$work/plans.json" \
    '.host0 | .status == $status and .message == null and .approval_sha256 == $plans[0].host0.approval_sha256' \
    "$work/summary.json" || fail "the summary is not $status"
}

reset
# A byte that the store changes.
place=$(cmp "$work/origin" "$work/after" | sed 's/.* byte \([0-9]*\),.*/\1/')
write_since() { printf 'newer data' | dd of="$origin" bs=1 seek=$((place - 1)) conv=notrunc status=none; }

echo "--- fleet_output is another file of the same size and the same bytes"
cp "$work/origin" "$host/elsewhere"
refused plan.other_target elsewhere "$host/elsewhere" -e "fleet_output=$host/elsewhere"

echo "--- fleet_input is another file of the same bytes"
cp "$host/cow" "$host/other-cow"
refused plan.other_target other-cow "$origin" -e "fleet_input=$host/other-cow"

echo "--- the store is another one"
cp "$host/cow" "$work/kept-cow"
at=$(gzip -dc "$plan" | jq '.exceptions[0].new_chunk * .store.chunk_bytes')
printf 'other data' | dd of="$host/cow" bs=1 seek="$at" conv=notrunc status=none
refused plan.stale cow "$origin"
cp "$work/kept-cow" "$host/cow"

echo "--- the origin was written to since"
write_since
refused plan.foreign origin "$origin"

echo "--- the same, and planned again without an approval: the plan on the host is another one"
"${one[@]}" -e "fleet_plans=$work/other-plans.json"
refused '' 'is not the approved one' "$origin"

echo "--- the origin is as it was, and planned again: the approval holds again"
reset
"${one[@]}" -e "fleet_plans=$work/other-plans.json"
jq -e --slurpfile plans "$work/plans.json" '.host0 == $plans[0].host0' "$work/other-plans.json" > /dev/null ||
  fail "the same plan is not the same"

echo "--- the plan was removed from the host"
mv "$plan" "$work/kept-plan"
refused path.missing 'plan and approve again' "$origin"
mv "$work/kept-plan" "$plan"

echo "--- the origin is gone"
mv "$origin" "$work/gone"
if "${one[@]}" -e "fleet_approved=$work/plans.json"; then
  fail "it went on without an origin"
fi
jq -e '.host0.code == "path.missing" and (.host0.message | contains("plan and approve again") | not)' "$work/summary.json"
mv "$work/gone" "$origin"

echo "--- what was approved is a plan's digest alone, as files of old have it"
jq 'map_values(.plan_sha256)' "$work/plans.json" > "$work/old.json"
refused '' 'nothing but the digest of a plan' "$origin" -e "fleet_approved=$work/old.json"

echo "--- what was shown to who approved it is not what the digest stands for"
jq '.host0.output.path = "/dev/vg0/scratch"' "$work/plans.json" > "$work/shown.json"
refused '' 'shows something else' "$origin" -e "fleet_approved=$work/shown.json"

echo "--- nothing was approved for the host"
jq 'del(.host0)' "$work/plans.json" > "$work/none.json"
refused '' 'no plan was approved for this host' "$origin" -e "fleet_approved=$work/none.json"

echo "--- a run that fails halfway, and is run again with the same approval"
cat > "$work/halfway" << TOOL
#!/bin/sh
ulimit -f $(($(stat -c %s "$origin") / 2 / 512))
exec $tool "\$@"
TOOL
chmod 0700 "$work/halfway"
if "${one[@]}" -e "fleet_approved=$work/plans.json" -e "dm_merge_executable=$work/halfway"; then
  fail "it wrote past the limit"
fi
jq -e '.host0 | .status == "failed" and .changed and .counts.written > 0 and .counts.failed > 0' "$work/summary.json"
! cmp -s "$work/origin" "$origin" || fail "it wrote nothing"
applied applied
jq -e '.host0.counts.unchanged > 0' "$work/summary.json"

echo "--- and once more"
applied unchanged

echo "--- the origin is written to and the plan is replaced between the check and the apply: it is told"
reset
cp "$plan" "$work/kept-plan"
write_since
"${one[@]}" -e "fleet_plans=$work/other-plans.json"
mv "$plan" "$work/replacing"
cp "$work/kept-plan" "$plan"
cp "$origin" "$work/newer"
reset
# Is called to check the plan first, and then to apply it.
cat > "$work/replaces" << TOOL
#!/bin/sh
if [ -e "$work/called" ]; then
  cp "$work/replacing" "$plan"
  cp "$work/newer" "$origin"
fi
touch "$work/called"
exec $tool "\$@"
TOOL
chmod 0700 "$work/replaces"
if "${one[@]}" -e "fleet_approved=$work/plans.json" -e "dm_merge_executable=$work/replaces"; then
  fail "the plan was replaced, and that was applied"
fi
jq -e '.host0.code == "plan.stale"' "$work/summary.json"
cmp "$work/newer" "$origin"
cp "$work/kept-plan" "$plan"

echo "--- without fleet_plan_file the plan is kept in /var/lib/dm-merge"
reset
jq 'del(.all.hosts[].fleet_plan_file)' "$work/hosts.yml" > "$work/default-hosts.json"
default=("${one[@]/#$work\/hosts.yml/$work/default-hosts.json}")
"${default[@]}" -e "fleet_plans=$work/default.json"
kept=$(jq -r .host0.plan_file "$work/default.json")
trap 'rm -f "$kept"; rmdir --ignore-fail-on-non-empty /var/lib/dm-merge' EXIT
case $kept in
  /var/lib/dm-merge/origin-*.plan.json.gz) ;;
  *) fail "the plan is kept in $kept" ;;
esac
gzip -dc "$kept" | jq -e --slurpfile plans "$work/default.json" '.approval_sha256 == $plans[0].host0.approval_sha256'
"${default[@]}" -e "fleet_approved=$work/default.json"
cmp "$work/after" "$origin"
