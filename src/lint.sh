#!/bin/sh
# Checks the shell scripts and the Python of this repository, in seconds: shellcheck, black, pylint and mypy, with
# src/pyproject.toml. Installs what is missing (as root on Debian). ansible-test checks the collection's own Python.
set -eu
cd "$(dirname "$0")/.."
. src/install.sh

need_programs shellcheck:shellcheck black:black pylint:pylint mypy:mypy

shellcheck src/*.sh src/ansible/*.sh src/bench/run.sh src/vm/run.sh src/vm/guest/init \
  ansible/tests/integration/targets/*/*.sh src/main/dist/bin/dm-merge src/main/dist/lib/* .ci/run

black --quiet --check --diff src/ansible src/bench src/docs src/vm

# Modules import others of their own directory only: each directory is checked by itself.
config=$PWD/src/pyproject.toml
cache=$PWD/target/mypy
for directory in src/ansible src/bench src/docs src/vm/guest src/vm/host; do
  echo "pylint and mypy: $directory"
  (
    cd "$directory"
    pylint --rcfile "$config" --score n --recursive y .
    mypy --config-file "$config" --cache-dir "$cache/$directory" --no-error-summary .
  )
done
