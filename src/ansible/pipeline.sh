#!/bin/sh
# pipeline.sh DM_MERGE STORE: runs the pipeline of the collection's README, unchanged, on a copy of a bundled store, and
# compares the origin with the kernel's.
set -eu
cd "$(dirname "$0")/../.."
readme=$PWD/ansible/README.md
PATH=$(dirname "$(readlink -f "$1")"):$PATH
export PATH
store=$(readlink -f "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

gzip -dc "$store/cow.gz" > cow
gzip -dc "$store/origin-before.gz" > origin
printf '{"input": "%s/cow", "output": "%s/origin", "label": "CHG-1234"}\n' "$work" "$work" > job.json
# The first block of shell under the heading.
# shellcheck disable=SC2016 # backquotes of Markdown
sed -n '/^## In a pipeline/,$p' "$readme" | sed -n '/^```sh$/,/^```$/p' | sed '1d; /^```$/,$d' > pipeline
grep -q 'dm-merge apply' pipeline

sh -x pipeline
gzip -dc "$store/origin-after.gz" | cmp - origin

# Its rules must reject a plan whose fields are all null.
grep "^jq -e .* plan.json$" pipeline > rules
[ "$(wc -l < rules)" -eq 2 ]
mkdir unknown
jq '.summary |= map_values(null) | .warnings = null' plan.json > unknown/plan.json
while read -r rule; do
  if (cd unknown && sh -c "$rule"); then
    echo "this rule accepts a plan whose fields are all null: $rule" >&2
    exit 1
  fi
done < rules

# A second run has nothing to do.
sh pipeline
jq -e '.status == "unchanged"' report.json
