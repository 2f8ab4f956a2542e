# Functions that the launchers share. To be sourced, with home and command_name set.
# shellcheck shell=bash

fail() {
  printf '%s: %s\n' "$command_name" "$1" >&2
  exit 1
}

# Sets $java to a Java that is recent enough, and $java_build to its version. The version is read from Java's file "release"; asking
# the JVM itself would take a tenth of a start.
find_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  local path release said
  path=$(command -v "$java") || fail "No Java at '$java': install Java 17 or later, or set JAVA_HOME."
  path=$(readlink -f "$path" 2>/dev/null || true)
  release=${path%/bin/java}/release
  if [ -r "$release" ]; then
    said=$(<"$release")
  else
    said=$("$java" -XshowSettings:properties -version 2>&1 || true)
  fi
  # JAVA_RUNTIME_VERSION="17.0.15+6" in the file, java.runtime.version = 17.0.15+6 of the JVM.
  java_build=
  if [[ $said =~ (JAVA_(RUNTIME_)?VERSION=\"|java\.runtime\.version\ =\ )([0-9][^\"[:space:]]*) ]]; then
    java_build=${BASH_REMATCH[3]}
  fi
  java_version=${java_build%%[!0-9]*}
  [ "${java_version:-0}" -ge 17 ] || fail "Java 17 or later is needed; '$java' is version ${java_build:-unknown}."
}

# Sets $jar to a module's runnable jar: in an installation the one in lib/, in a checkout the built one, which is built if missing.
runnable() {
  find_jar "$1" && return
  [ -f "$home/pom.xml" ] || fail "$1 is no part of this installation: there is no $home/lib/$1.jar."
  build "$1"
  find_jar "$1" || fail "The build left no $1/target/*-runnable.jar."
}

find_jar() {
  for jar in "$home/lib/$1.jar" "$home/$1"/target/*-runnable.jar; do
    [ -f "$jar" ] && return
  done
  return 1
}

# Sets $cache to the file in which the JVM keeps the classes that it loaded from this jar, for faster starts, and $cached and $caching
# to the options that read and write it. The file belongs to one build of Java; any other JVM ignores it.
find_cache() {
  cache="$home/cache/${1##*/}-$java_build"
  if [ "$java_version" -ge 25 ]; then # JEP 514
    cached="-XX:AOTCache=$cache" caching="-XX:AOTCacheOutput=$cache"
  else # JEP 350
    cached="-XX:SharedArchiveFile=$cache" caching="-XX:ArchiveClassesAtExit=$cache"
  fi
}

build() {
  local maven=mvn
  if ! command -v mvn >/dev/null; then
    maven=$home/mvnw
    [ -x "$maven" ] || fail "$1 is not built yet, and there is no Maven (mvn) to build it with."
  fi
  local log
  log=$(mktemp)
  printf 'Building %s, once ' "$1" >&2
  if ! (cd "$home" && "$maven" -B -pl "$1" -am -DskipTests package 2>&1) | tee "$log" | show_progress; then
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
