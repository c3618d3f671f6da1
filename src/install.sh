# shellcheck shell=sh
# Sourced by the scripts beside it: installs Debian packages where programs are missing.

# need_programs PROGRAM:PACKAGE...
need_programs() {
  missing=
  for pair in "$@"; do
    command -v "${pair%%:*}" > /dev/null 2>&1 || case " $missing " in
      *" ${pair#*:} "*) ;;
      *) missing="$missing ${pair#*:}" ;;
    esac
  done
  [ -z "$missing" ] && return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null 2>&1; then
    echo "missing:$missing" >&2
    echo "install it first: apt-get install$missing" >&2
    exit 69
  fi
  echo "installing:$missing"
  # shellcheck disable=SC2086 # one word a package
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $missing; } > /dev/null || {
    echo "apt-get could not install:$missing" >&2
    exit 69
  }
}
