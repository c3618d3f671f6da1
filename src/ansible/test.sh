#!/bin/sh
# Tests a copy of the Ansible collection in target/ansible: ansible-test sanity, units and integration, ansible-lint,
# and the archive that galaxy would get. Run it as root: the integration tests attach loop devices, mount, and install into
# /opt/dm-merge. Installs what it needs from Debian.
#
#   sh src/ansible/test.sh                            all tests
#   sh src/ansible/test.sh quick                      all but the integration tests
#   sh src/ansible/test.sh integration [TARGET...]    the integration tests alone, or some targets
set -eu
cd "$(dirname "$0")/../.."
# shellcheck source=src/install.sh
. src/install.sh
root=$PWD
# Debian's Python and its ansible, whatever else is on PATH.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH

which=${1:-all}
case $which:$# in
  all:0 | quick:1) targets= ;;
  integration:*)
    shift
    targets=$*
    ;;
  *)
    echo "usage: sh src/ansible/test.sh [quick | integration [TARGET...]]" >&2
    exit 64
    ;;
esac
# need_programs looks for programs only: for each Python module that cannot be imported, it is given the package's name.
set --
for pair in voluptuous:python3-voluptuous pytest:python3-pytest xdist:python3-pytest-xdist yaml:python3-yaml \
  pytest_forked:python3-pytest-forked pytest_mock:python3-pytest-mock mock:python3-mock jsonschema:python3-jsonschema venv:python3-venv; do
  python3 -c "import ${pair%%:*}" 2> /dev/null || set -- "$@" "${pair#*:}:${pair#*:}"
done
need_programs python3:python3 ansible-test:ansible-core ansible-galaxy:ansible-core ansible-lint:ansible-lint \
  yamllint:yamllint pylint:pylint pycodestyle:pycodestyle shellcheck:shellcheck git:git losetup:mount \
  java:default-jre-headless jq:jq "$@"
if [ "$(id -u)" -ne 0 ]; then
  echo "the tests attach loop devices and mount: run them as root" >&2
  exit 77
fi

step() {
  echo "=== $(date +%T) $*"
}

if [ ! -x target/dm-merge/bin/dm-merge ]; then
  step "building dm-merge"
  need_programs mvn:maven javac:default-jdk-headless
  mvn -B -q -ntp -DskipTests package
fi

# ansible-test needs such a path, and a git repository there: this repository ignores target/.
copy=$root/target/ansible/ansible_collections/dmtools/dm_merge
rm -rf target/ansible
mkdir -p "$(dirname "$copy")" target/ansible/home target/ansible/installed
cp -R ansible "$copy"
# ansible-test writes its files to the home directory.
HOME=$root/target/ansible/home
LC_ALL=C.UTF-8
ANSIBLE_NOCOLOR=1
export HOME LC_ALL ANSIBLE_NOCOLOR
cd "$copy"
git init -q
cat > tests/integration/integration_config.yml << CONFIG
---
dm_merge_executable: $root/target/dm-merge/bin/dm-merge
dm_merge_archive: $(echo "$root"/target/dm-merge-*.tar.gz)
dm_merge_stores: $root/src/test/resources/stores
CONFIG
python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')

if [ "$which" != integration ]; then
  step "ansible-test sanity"
  "$root/src/ansible/seed_venvs.py"
  # The changelog's test needs antsibull-changelog, which Debian does not package.
  ansible-test sanity --python "$python" --skip-test changelog

  step "ansible-test units"
  ansible-test units --python "$python"

  step "ansible-lint"
  ANSIBLE_COLLECTIONS_PATH=$root/target/ansible ansible-lint --offline --strict --profile production --nocolor -p

  step "ansible-galaxy collection build and install; ansible-doc and a syntax check of the installed collection"
  ansible-galaxy collection build --output-path "$root/target/ansible" .
  ansible-galaxy collection install --offline -p "$root/target/ansible/installed" \
    "$root"/target/ansible/dmtools-dm_merge-*.tar.gz
  (
    cd /
    ANSIBLE_COLLECTIONS_PATH=$root/target/ansible/installed
    export ANSIBLE_COLLECTIONS_PATH
    for module in dm_merge dm_merge_info; do
      ansible-doc -t module "dmtools.dm_merge.$module" | grep -q -i 'examples:'
    done
    for role in install revert_lvm_snapshot commit_dm_snapshot; do
      ansible-doc -t role "dmtools.dm_merge.$role" | grep -q 'ENTRY POINT: main'
    done
    for playbook in revert fleet; do
      ansible-playbook --syntax-check -i localhost, "dmtools.dm_merge.$playbook"
    done
  )

  step "the rules in the collection's README"
  sh "$root/src/ansible/pipeline.sh" "$root/target/dm-merge/bin/dm-merge" "$root/src/test/resources/stores/lvm-ext4"
fi

if [ "$which" != quick ]; then
  step "ansible-test integration"
  # shellcheck disable=SC2086 # one word a target
  ansible-test integration --python "$python" --allow-destructive $targets \
    > "$root/target/ansible/integration.log" 2>&1 || {
    tail -n 60 "$root/target/ansible/integration.log"
    exit 1
  }
  grep -E 'Running .* integration test role|Running .* integration test script|^localhost|^testhost' \
    "$root/target/ansible/integration.log"
  # ansible-test passes even if it skips a target.
  ! grep -E 'Excluding|skipped tests' "$root/target/ansible/integration.log" || exit 1
fi
step "all passed"
