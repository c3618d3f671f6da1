#!/bin/sh
# Measures what a task costs for each of 20 hosts that are all this machine, with 10 forks: a bare command, and dm_merge
# with nothing to write. It needs what "sh src/ansible/test.sh quick" makes.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ANSIBLE_COLLECTIONS_PATH=$root/target/ansible
ANSIBLE_FORKS=10
ANSIBLE_NOCOLOR=1
LC_ALL=C.UTF-8
export ANSIBLE_COLLECTIONS_PATH ANSIBLE_FORKS ANSIBLE_NOCOLOR LC_ALL
set -- -e "dm_merge_executable=$root/target/dm-merge/bin/dm-merge" -e "dm_merge_stores=$root/src/test/resources/stores"
ansible-playbook "$root/ansible/tests/integration/targets/playbook_fleet/prepare.yml" -i localhost, \
  -e "work=$work" -e host_count=20 "$@" > "$work/log" || {
  cat "$work/log" >&2
  exit 1
}
# The first round reverts, the second one finds nothing to write.
for _ in 1 2; do
  ansible-playbook "$root/src/ansible/measure.yml" -i "$work/hosts.yml" "$@" > "$work/log" || {
    cat "$work/log" >&2
    exit 1
  }
done
grep 'ms a host' "$work/log"
