#!/usr/bin/env bash
# The modules' EXAMPLES, as ansible-doc shows them, on a real store in the places that they name.
set -eu
ANSIBLE_PYTHON_INTERPRETER=$(python3 -c 'import sys; print(sys.executable)')
export ANSIBLE_PYTHON_INTERPRETER
set -- -e @../../integration_config.yml "$@"
if [ -e /srv/images ]; then
  echo "/srv/images is there already" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work" /srv/images' EXIT
for module in dm_merge dm_merge_info; do
  ansible-doc -j "dmtools.dm_merge.$module" > "$work/$module.json"
done
python3 plays.py "$work"
ansible-playbook "$work/play.yml" -i localhost, "$@"
