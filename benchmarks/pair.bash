# Compares the CPU time of a request through two proxies that run at the same time, so that whatever else the machine does is done
# to both. To be sourced. Needs nginx (the node), wrk and Linux.
# shellcheck shell=bash

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
processes=()
trap 'kill "${processes[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
port=$((20000 + RANDOM % 10000))
# The JVMs' compilers work for up to a minute of CPU time, the one that has more to compile for longer.
warm_up_seconds=${WARM_UP:-120}

start_node() {
  cat >"$work/nginx.conf" <<CONF
pid $work/nginx.pid;
error_log $work/nginx.log;
worker_processes 1;
daemon off;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; server { listen 127.0.0.1:$port reuseport; location / { return 200 "ok"; } } }
CONF
  nginx -c "$work/nginx.conf" -p "$work" &
  processes+=($!)
}

# port_of first|second: prints a proxy's port; its admin's is the next.
port_of() {
  if [ "$1" = first ]; then echo $((port + 1)); else echo $((port + 3)); fi
}

# configure first|second YAML: writes a proxy's configuration file: these lines beside what both have.
configure() {
  local own
  own=$(port_of "$1")
  cat >"$work/$1.yaml" <<YAML
listeners: [{ name: public, address: "127.0.0.1:$own" }]
admin: { address: "127.0.0.1:$((own + 1))" }
nodes: [{ id: "1", cookie: node-1, url: "http://127.0.0.1:$port" }]
$2
YAML
}

# start_proxy first|second [OPTIONS]: starts the proxy with these options of the JVM, and sets $first or $second to its process.
start_proxy() {
  JAVA_OPTS="${JAVA_OPTS:-} ${2:-}" "$home/bin/cobrowse-proxy" run --config "$work/$1.yaml" >"$work/$1.out" 2>&1 &
  processes+=($!)
  printf -v "$1" %s $!
  await "$1" readyz 200 || {
    cat "$work/$1.out" >&2
    return 1
  }
}

# await first|second PATH STATUS: waits until the admin of a proxy answers so.
await() {
  local url status
  url=http://127.0.0.1:$(($(port_of "$1") + 1))/$2
  for ((tries = 0; tries < 150; tries++)); do
    status=$(curl -s -o /dev/null -w '%{http_code}' "$url" || true)
    [ "$status" != "$3" ] || return 0
    sleep 0.2
  done
  echo "$url answers $status instead of $3" >&2
  return 1
}

# load first|second: prints how many requests were answered.
load() {
  wrk -t1 -c16 -d"${seconds}s" -H 'Cookie: BAYEUX_BROWSER=abc; gcbSessionServer=node-1' "http://127.0.0.1:$(port_of "$1")/cobrowse/page" |
    awk '/requests in/ {print $1} /Non-2xx/ {exit 1}'
}

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }

# round: prints the CPU time of a request in microseconds, through the first proxy and through the second.
round() {
  local one two
  one=$(ticks "$first")
  two=$(ticks "$second")
  load first >"$work/first.requests" &
  load second >"$work/second.requests"
  wait $!
  one=$(($(ticks "$first") - one))
  two=$(($(ticks "$second") - two))
  awk -v one=$one -v two=$two -v hz="$(getconf CLK_TCK)" -v first="$(<"$work/first.requests")" -v second="$(<"$work/second.requests")" \
    'BEGIN {printf "%.3f %.3f\n", 1e6 * one / hz / first, 1e6 * two / hz / second}'
}

warm_up() {
  for ((left = warm_up_seconds; left > 0; left -= seconds)); do
    echo "Warming up: $left s left" >&2
    round >/dev/null
  done
}

# summarize WHAT: copies lines that end in a ratio, and adds the ratios' median and quartiles.
summarize() {
  tee /dev/stderr | awk '{print $NF}' | sort -n | awk -v what="$1" '{r[NR] = $1} END {
    printf "%s: median %.3f, quartiles %.3f to %.3f, of %d rounds\n", what,
      (r[int((NR + 1) / 2)] + r[int(NR / 2) + 1]) / 2, r[int((NR + 3) / 4)], r[int((3 * NR + 1) / 4)], NR}'
}
