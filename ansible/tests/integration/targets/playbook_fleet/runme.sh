#!/usr/bin/env bash
# Six hosts, all of them this one, each with a store and an origin of its own: planned, approved, reverted by the
# playbook fleet, and then nothing is left to do. Then what one host refuses that was approved.
set -eu
ANSIBLE_PYTHON_INTERPRETER=$(python3 -c 'import sys; print(sys.executable)')
export ANSIBLE_PYTHON_INTERPRETER
set -- -e @../../integration_config.yml "$@"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A home of its own, as ansible-test's run may have, is not the one that async_status looks in.
export ANSIBLE_NOCOLOR=1 ANSIBLE_FORKS=10 ANSIBLE_ASYNC_DIR=$work/async

ansible-playbook prepare.yml -i localhost, -e "work=$work" "$@"
fleet=(ansible-playbook dmtools.dm_merge.fleet -i "$work/hosts.yml" -e fleet_become=false -e fleet_poll=1
  -e "fleet_plans=$work/plans.json" -e "fleet_summary=$work/summary.json" "$@")
state() { python3 state.py "$work" "$1"; }

echo "--- plan everywhere in check mode: nothing is kept"
"${fleet[@]}" --check
if [ -e "$work/plans.json" ] || [ -e "$work/host0/kept" ]; then
  echo "check mode kept something" >&2
  exit 1
fi

echo "--- plan everywhere: what is to be approved, and nothing is written"
"${fleet[@]}"
state before

echo "--- a digest that was not approved: nothing is written anywhere"
jq '.host2.approval_sha256 = ("0" * 64)' "$work/plans.json" > "$work/wrong.json"
if "${fleet[@]}" -e "fleet_approved=$work/wrong.json"; then
  echo "it went on without approval" >&2
  exit 1
fi
state refused

echo "--- approved, check mode: nothing is written but the summary"
"${fleet[@]}" -e "fleet_approved=$work/plans.json" -e fleet_serial=6 --check
state planned

echo "--- a host that cannot be planned: nothing is written anywhere"
if "${fleet[@]}" -e "fleet_approved=$work/plans.json" \
  -e "{\"fleet_output\": \"$work/{{ inventory_hostname }}/{{ 'lost' if inventory_hostname == 'host3' else 'origin' }}\"}"; then
  echo "it went on without a plan" >&2
  exit 1
fi
state unplanned

# Between its plan and its apply, host3 loses its origin.
cat > "$work/lost.json" << JSON
{"fleet_output":
  "$work/{{ inventory_hostname }}/{{ 'lost' if fleet_plan is defined and inventory_hostname == 'host3' else 'origin' }}"}
JSON
echo "--- a host whose origin is lost on the way: the first batch is done, the rest is not reached"
if "${fleet[@]}" -e "fleet_approved=$work/plans.json" -e fleet_serial=2 -e "@$work/lost.json"; then
  echo "it went on after a failure" >&2
  exit 1
fi
state stopped

echo "--- approved, applied"
"${fleet[@]}" -e "fleet_approved=$work/plans.json" -e '{"fleet_serial": [1, 5]}'
state applied

echo "--- once more: nothing changes"
"${fleet[@]}" -e "fleet_approved=$work/plans.json" -e fleet_serial=6 | tee "$work/again.log"
grep -c 'host. .*changed=0 ' "$work/again.log" | grep -qx 6
state unchanged

echo "--- one host: what it refuses that was approved for it"
bash ./one_host.sh "$work" "${fleet[@]}"
