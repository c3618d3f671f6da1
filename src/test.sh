#!/bin/sh
# Runs all tests: installs what they need (as root on Debian), builds, runs the unit and property tests, then the
# packaged launcher on real stores, loop devices and mounts, then once more on the newest Java of the machine; then the
# quickstart, the Ansible collection's tests, and last the scenarios on a real kernel in virtual machines.
# target/site/jacoco holds the coverage of the unit and property tests.
set -eu
cd "$(dirname "$0")/.."
. src/install.sh

need_programs java:default-jdk-headless javac:default-jdk-headless mvn:maven losetup:mount mkfs.ext4:e2fsprogs \
  mkfs.xfs:xfsprogs setpriv:util-linux flock:util-linux script:bsdutils sfdisk:fdisk python3:python3 shellcheck:shellcheck \
  mkfs.erofs:erofs-utils mkfs.btrfs:btrfs-progs qemu-img:qemu-utils podman:podman jq:jq

if [ "$(id -u)" -ne 0 ]; then
  echo "the tests attach loop devices, mount and swap: run them as root" >&2
  exit 77
fi
shellcheck src/*.sh src/ansible/*.sh src/bench/run.sh src/vm/run.sh src/vm/init ansible/tests/integration/targets/*/*.sh \
  src/main/dist/bin/dm-merge src/main/dist/lib/* .ci/run

# A run that was killed may have left half of a measurement.
rm -f target/jacoco.exec
mvn -B -ntp verify

# Java 17 built it; the newest Java here must run it as well.
newest=$(for jdk in /usr/lib/jvm/*/release; do
  sed -n "s|^JAVA_VERSION=\"\([0-9]*\).*|\1 ${jdk%/release}|p" "$jdk"
done | sort -n | tail -n 1 | cut -d ' ' -f 2)
echo "the launcher on $newest"
mvn -B -ntp failsafe:integration-test failsafe:verify -Ddmmerge.java="$newest" -Dit.test='FixturesIT,DevicesIT,EnvironmentIT'

echo "the quickstart"
sh src/quickstart.sh

echo "the Ansible collection"
sh src/ansible/test.sh

echo "the real kernel"
sh src/vm/run.sh
