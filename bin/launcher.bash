# What the launchers share. To be sourced, with home and command_name set.
# shellcheck shell=bash

fail() {
  printf '%s: %s\n' "$command_name" "$1" >&2
  exit 1
}

# Sets $java to a Java that is recent enough.
find_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  command -v "$java" >/dev/null || fail "No Java at '$java': install Java 17 or later, or set JAVA_HOME."
  local version
  version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' || true)
  [ "${version:-0}" -ge 17 ] || fail "Java 17 or later is needed; '$java' is version ${version:-unknown}."
}

# Sets $jar to a module's runnable jar, which is built where it is missing.
runnable() {
  find_jar "$1" && return
  build "$1"
  find_jar "$1" || fail "The build left no $1/target/*-runnable.jar."
}

find_jar() {
  for jar in "$home/$1"/target/*-runnable.jar; do
    [ -f "$jar" ] && return
  done
  return 1
}

build() {
  command -v mvn >/dev/null || fail "$1 is not built yet, and there is no Maven (mvn) to build it with."
  local log
  log=$(mktemp)
  printf 'Building %s, once ' "$1" >&2
  if ! (cd "$home" && mvn -B -pl "$1" -am -DskipTests package 2>&1) | tee "$log" | show_progress; then
    printf '%s: The build of %s failed. The end of %s:\n' "$command_name" "$1" "$log" >&2
    tail -n 30 "$log" >&2
    exit 1
  fi
  rm -f "$log"
}

# Shows a dot for each plugin that runs and for every 20 files that Maven downloads.
show_progress() {
  local line files=0
  while IFS= read -r line; do
    case $line in
      '[INFO] --- '*) printf . ;;
      *Downloaded*) files=$((files + 1)); [ $((files % 20)) -ne 0 ] || printf . ;;
    esac
  done >&2
  printf '\n' >&2
}
