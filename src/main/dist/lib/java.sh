# shellcheck shell=sh
# Sourced: sets java to the Java that there is, version to its major version (0 if it does not say), and
# archive to the name that lib/cds has for its classes (empty if it does not say).
# $1 is a function that is called with a sentence if there is none that fits.
find_java() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    java=$JAVA_HOME/bin/java
  else
    java=$(command -v java) || "$1" 'no java was found, neither by JAVA_HOME nor on PATH'
  fi

  # A Java that is too old would answer with a stack trace; its release file says the version without a start.
  version=0
  archive=
  real=$(readlink -f -- "$java")
  release=${real%/bin/java}/release
  [ -r "$release" ] || return 0
  while IFS='=' read -r key value; do
    value=${value#\"}
    value=${value%\"}
    case $key in
      JAVA_VERSION)
        version=${value%%[!0-9]*}
        [ "${version:-0}" -ge 17 ] || "$1" 'the java that was found is older than version 17'
        ;;
      JAVA_RUNTIME_VERSION) archive=$value ;;
    esac
  done < "$release"
  case $archive in
    */*) archive= ;;
  esac
}
