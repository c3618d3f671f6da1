#!/bin/sh
# Times dm-merge and its alternatives on stores that it makes itself, and prints medians and ratios. Leaves results.json
# and plan.svg (time against table size) in target/bench. Run it as root: it mounts file systems, attaches loop devices
# and drops caches. Options: --help. `run.sh loops` times the inner loops with JMH instead.
set -eu
cd "$(dirname "$0")/../.."
. src/install.sh

need_programs java:default-jdk-headless javac:default-jdk-headless mvn:maven gcc:build-essential python3:python3 \
  qemu-img:qemu-utils mkfs.xfs:xfsprogs losetup:mount cmp:diffutils gnuplot:gnuplot-nox time:time

if [ "$(id -u)" -ne 0 ]; then
  echo "the benchmark mounts file systems and drops caches: run it as root" >&2
  exit 77
fi
[ -x target/dm-merge/bin/dm-merge ] || mvn -B -ntp -q -DskipTests package
mkdir -p target/bench

if [ "${1:-}" = loops ]; then
  # The product's jars are next to its launcher; JMH's come from a pom of their own.
  jmh=target/bench/jmh
  mvn -B -ntp -q -f src/bench/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$jmh/lib"
  rm -rf "$jmh/classes"
  mkdir -p "$jmh/classes"
  path="$jmh/classes:$jmh/lib/*:target/dm-merge/lib/*"
  javac -cp "$path" -d "$jmh/classes" src/bench/java/io/github/dmtools/dmmerge/bench/*.java
  exec java -cp "$path" -Ddmmerge.home="$PWD/target/dm-merge" org.openjdk.jmh.Main -rf json -rff target/bench/loops.json
fi

gcc -O2 -Wall -Wextra -Werror -o target/bench/loops src/bench/loops.c
exec python3 -B src/bench/bench.py "$@"
