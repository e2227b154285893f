# shellcheck shell=bash
# Shared by up, down, reset and urls: where things lie, which engines there are, and how a recipe is called.
# A recipe (recipes/ENGINE.sh) defines install, start, ready, reset and url for the engine named in $engine.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${DBSPEC_ENGINES_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/dbspec/engines}
all_engines="postgres18 postgres17 postgres16 postgres15 postgres14 postgres13 dynamodb"

say() { echo "engines: $*" >&2; }
die() { say "$*"; exit 1; }

# The engines that the arguments name: none means all, `postgres` all its versions.
chosen() {
    [ $# -gt 0 ] || set -- $all_engines
    local name known found
    for name in "$@"; do
        found=no
        for known in $all_engines; do
            if [ "$known" = "$name" ] || { [ "$name" = postgres ] && [[ "$known" == postgres* ]]; }; then
                echo "$known"
                found=yes
            fi
        done
        [ "$found" = yes ] || die "unknown engine $name; there are: postgres $all_engines"
    done
}

# Loads the recipe of an engine: the file of its name without the version.
use() {
    engine=$1
    data=$home/data/$engine
    log=$home/$engine.log
    pidfile=$home/$engine.pid
    # shellcheck source=/dev/null
    . "$here/recipes/${engine%%[0-9]*}.sh"
}

variable() { echo "DBSPEC_TEST_${1^^}_URL"; }

# Whether the caller names an engine of his own.
given() {
    local name
    name=$(variable "$1")
    [ -n "${!name:-}" ]
}

running() { [ -f "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }

# Starts a server that outlives this shell and holds none of its streams.
launch() {
    setsid nohup "$@" >>"$log" 2>&1 </dev/null &
    echo $! >"$pidfile"
}

await() { # seconds
    local left=$(($1 * 5))
    until ready; do
        left=$((left - 1))
        if [ "$left" -le 0 ] || ! running; then
            tail -n 20 "$log" >&2 || true
            die "$engine did not start; its log is $log"
        fi
        sleep 0.2
    done
}

# Stops a server by its process id; nothing happens where none runs.
stop() {
    running || { rm -f "$pidfile"; return 0; }
    kill "$(cat "$pidfile")" 2>/dev/null || true
    local left=50
    while running && [ "$left" -gt 0 ]; do
        left=$((left - 1))
        sleep 0.2
    done
    running && kill -9 "$(cat "$pidfile")"
    rm -f "$pidfile"
}

# Makes a command available, by Debian's package where this is root on Debian.
need() { # command, package
    command -v "$1" >/dev/null && return 0
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || die "$1 is missing: install it (Debian: $2)"
    say "installing $2"
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >&2
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
