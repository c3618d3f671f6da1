#!/bin/sh
# Runs all tests: installs what they need (as root on Debian), builds, runs the unit and property tests, then the
# packaged launcher on real stores, loop devices and mounts, then once more on the newest Java of the machine.
# Coverage is in target/site/jacoco, of everything that ran.
set -eu
cd "$(dirname "$0")/.."
. src/install.sh

if [ "$(id -u)" -ne 0 ]; then
  echo "the tests attach loop devices, mount and swap: run them as root" >&2
  exit 77
fi
need_programs java:openjdk-17-jdk-headless javac:openjdk-17-jdk-headless mvn:maven losetup:mount mkfs.ext4:e2fsprogs \
  setpriv:util-linux flock:util-linux script:bsdutils sfdisk:fdisk python3:python3 shellcheck:shellcheck

shellcheck src/*.sh src/main/dist/bin/dm-merge .ci/run

# The launcher's runs are measured too, by an agent that Maven puts into its repository first.
agent_version=$(sed -n 's/.*<jacoco.version>\(.*\)<\/jacoco.version>.*/\1/p' pom.xml)
mvn -B -q -ntp dependency:copy -Dartifact="org.jacoco:org.jacoco.agent:$agent_version:jar:runtime" \
  -DoutputDirectory=target/coverage -Dmdep.stripVersion=true
agent="-javaagent:$PWD/target/coverage/org.jacoco.agent-runtime.jar=destfile=$PWD/target/jacoco.exec,append=true"
mvn -B -ntp verify -Ddmmerge.coverage="$agent"

# Java 17 built it; the newest Java here must run it as well.
newest=$(for jdk in /usr/lib/jvm/*/release; do
  sed -n "s|^JAVA_VERSION=\"\([0-9]*\).*|\1 ${jdk%/release}|p" "$jdk"
done | sort -n | tail -n 1 | cut -d ' ' -f 2)
echo "the launcher on $newest"
mvn -B -ntp failsafe:integration-test failsafe:verify -Ddmmerge.java="$newest" -Dit.test='FixturesIT,DevicesIT,EnvironmentIT'
