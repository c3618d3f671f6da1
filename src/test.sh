#!/bin/sh
# Runs the tests; "sh src/test.sh help" prints how. Installs what they need (as root on Debian).
# target/site/jacoco has the coverage of the unit and property tests.
set -eu
cd "$(dirname "$0")/.."
. src/install.sh

usage() {
  cat << 'USAGE'
sh src/test.sh               runs everything except the slow tier
sh src/test.sh full          runs everything: the slow tier too, with the newest Java and the real kernel
sh src/test.sh only NAME...  runs single tests, of both tiers: a test class (PlannerTest, DevicesIT), an integration
                             target of the collection (dm_merge) or a scenario of the kernel suite (power_cuts)
sh src/test.sh names         lists the names
sh src/test.sh help          prints this text
USAGE
}

# What "only" can run.
test_classes() {
  find src/test/java -name '*Test.java' -o -name '*IT.java' | sed 's|.*/||; s|\.java$||' | sort
}

targets() {
  find ansible/tests/integration/targets -mindepth 1 -maxdepth 1 -type d ! -name 'setup_*' | sed 's|.*/||' | sort
}

scenarios() {
  find src/vm -path '*/scenarios/*.py' | sed 's|.*/||; s|\.py$||' | sort
}

# prints NAME LIST: whether the command LIST prints this line.
prints() {
  "$2" | grep -Fqx -e "$1"
}

# part NAME COMMAND...: runs a part of the tests and takes its time; the first part that fails ends the run.
started=$(date +%s)
times=
part() {
  name=$1
  shift
  echo "=== $(date +%T) $name"
  part_started=$(date +%s)
  status=0
  "$@" || status=$?
  seconds=$(($(date +%s) - part_started))
  [ "$status" -eq 0 ] || name="$name: FAILED"
  echo "=== $name: $seconds s"
  times="$times$(printf '%6d s  %s' "$seconds" "$name")
"
  if [ "$status" -ne 0 ]; then
    print_times
    exit "$status"
  fi
}

print_times() {
  printf '\n%s%6d s  in all\n' "$times" $(($(date +%s) - started))
}

maven() {
  mvn -B -ntp "$@"
}

# What a run that was killed may have left. dm-merge refuses to write while it cannot identify a swap space or a mount.
leftovers() {
  sed -n 's|^\(/[^ ]*/junit-[^ ]*\).*|swapoff \1|p' /proc/swaps
  findmnt --raw --noheadings --output TARGET | sed -n 's|.*/junit-.*|umount &|p' | tac
  losetup --raw --noheadings --output NAME,BACK-FILE | sed -n 's|^\([^ ]*\) .*/junit-.*|losetup --detach \1|p'
}

install_and_check() {
  need_programs java:default-jdk-headless javac:default-jdk-headless mvn:maven losetup:mount mkfs.ext4:e2fsprogs \
    mkfs.xfs:xfsprogs setpriv:util-linux flock:util-linux script:bsdutils sfdisk:fdisk python3:python3 \
    shellcheck:shellcheck mkfs.erofs:erofs-utils mkfs.btrfs:btrfs-progs qemu-img:qemu-utils podman:podman jq:jq
  if [ "$(id -u)" -ne 0 ]; then
    echo "the tests attach loop devices, mount and swap: run them as root" >&2
    exit 77
  fi
  left=$(leftovers)
  if [ -n "$left" ]; then
    printf 'Of another run. If it was killed, tests fail until these commands remove what it left:\n%s\n' "$left" >&2
  fi
}

# end_to_end OPTION...: in several processes, then in one those that need the system for themselves.
end_to_end() {
  maven failsafe:integration-test@together failsafe:integration-test@alone failsafe:verify "$@"
}

quick_tier() {
  part "lint" sh src/lint.sh
  # A run that was killed may have left half of a measurement.
  rm -f target/jacoco.exec
  part "build, unit and property tests" maven package
  part "the launcher" end_to_end jacoco:report
  part "the quickstart" sh src/quickstart.sh
  part "the collection: sanity and units" sh src/ansible/test.sh quick
}

# Java 17 built it; the newest Java here must run it as well.
newest_java() {
  newest=$(for jdk in /usr/lib/jvm/*/release; do
    sed -n "s|^JAVA_VERSION=\"\([0-9]*\).*|\1 ${jdk%/release}|p" "$jdk"
  done | sort -n | tail -n 1 | cut -d ' ' -f 2)
  echo "it is $newest"
  end_to_end -Ddmmerge.java="$newest" -Dit.test='FixturesIT,DevicesIT,EnvironmentIT'
}

slow_tier() {
  part "slow unit and property tests" maven -Pslow surefire:test
  part "slow tests of the launcher" end_to_end -Pslow
  part "the newest Java" newest_java
  part "the collection: integration" sh src/ansible/test.sh integration
  part "the real kernel" sh src/vm/run.sh
}

both_tiers='any() | none()'

# only NAME...: sorts the names by kind, and runs them.
only() {
  units=
  launcher_tests=
  chosen_targets=
  chosen_scenarios=
  for name in "$@"; do
    if prints "$name" test_classes; then
      case $name in
        *IT) launcher_tests=$launcher_tests,$name ;;
        *) units=$units,$name ;;
      esac
    elif prints "$name" targets; then
      chosen_targets="$chosen_targets $name"
    elif prints "$name" scenarios; then
      chosen_scenarios="$chosen_scenarios $name"
    else
      echo "no test has the name '$name': 'sh src/test.sh names' lists the names" >&2
      exit 64
    fi
  done
  install_and_check
  if [ -n "$units" ]; then
    part "units" maven test -Dtest="${units#,}" -Dtest.tier="$both_tiers"
  fi
  if [ -n "$launcher_tests$chosen_targets$chosen_scenarios" ]; then
    part "build" maven -q -DskipTests package
  fi
  if [ -n "$launcher_tests" ]; then
    part "the launcher" maven failsafe:integration-test failsafe:verify \
      -Dit.test="${launcher_tests#,}" -Dtest.tier="$both_tiers"
  fi
  if [ -n "$chosen_targets" ]; then
    # shellcheck disable=SC2086 # one word a target
    part "the collection: integration" sh src/ansible/test.sh integration $chosen_targets
  fi
  if [ -n "$chosen_scenarios" ]; then
    # shellcheck disable=SC2086 # one word a scenario
    part "the real kernel" sh src/vm/run.sh $chosen_scenarios
  fi
}

case ${1-}:$# in
  :0)
    install_and_check
    quick_tier
    ;;
  full:1)
    install_and_check
    quick_tier
    slow_tier
    ;;
  only:*)
    shift
    if [ $# -eq 0 ]; then
      usage >&2
      exit 64
    fi
    only "$@"
    ;;
  names:1)
    echo "test classes:"
    test_classes | sed 's/^/  /'
    echo "integration targets of the collection:"
    targets | sed 's/^/  /'
    echo "scenarios of the kernel suite:"
    scenarios | sed 's/^/  /'
    exit 0
    ;;
  help:1)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 64
    ;;
esac
print_times
