#!/bin/sh
# Runs dm-merge on a real kernel: a stock Debian kernel with device-mapper and LVM, booted by QEMU without hardware
# acceleration.
#
#   sh src/vm/run.sh [SCENARIO...]     all of them, or those that are named (the files in src/vm/guest/scenarios)
#
# Prints one line for each scenario and 'N passed, N failed'; fails if any scenario failed or could not run. The
# console, documents and disks of a failed scenario stay in target/vm/SCENARIO. Run it as root on Debian; it installs
# what it needs.
set -eu
cd "$(dirname "$0")/../.."
. src/install.sh

need_programs java:default-jdk-headless javac:default-jdk-headless mvn:maven python3:python3 \
  qemu-system-x86_64:qemu-system-x86 busybox:busybox-static depmod:kmod cpio:cpio lvm:lvm2 dmsetup:dmsetup \
  thin_check:thin-provisioning-tools mdadm:mdadm sfdisk:fdisk mkfs.ext4:e2fsprogs ansible-playbook:ansible-core

if [ "$(id -u)" -ne 0 ]; then
  echo "the virtual machines read all files of this machine: run them as root" >&2
  exit 77
fi
if [ ! -x target/dm-merge/bin/dm-merge ]; then
  mvn -B -q -ntp -DskipTests package
fi
exec python3 -B src/vm/host/suite.py "$@"
