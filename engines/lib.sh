# shellcheck shell=bash
# Shared by up, down, reset and urls: where things lie, which engines there are, how servers are started and stopped.
# What a recipe (recipes/*.sh) must define is said in README.md.

umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(realpath -m "${DBSPEC_ENGINES_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/dbspec/engines}")
profile=fast
[ "${DBSPEC_ENGINES_DURABLE:-0}" = 0 ] || profile=durable

say() { echo "engines: $*" >&2; }
die() {
    say "$*"
    exit 1
}

# The engines that a recipe offers stand in its line `# engines: NAME…`.
offered() { sed -n 's/^# engines: *//p' "$@"; }

# Sets `names`, the engines that the arguments mean: none means all, a recipe's name all that it offers.
choose() {
    local all name
    all=" $(offered "$here"/recipes/*.sh | xargs) "
    read -ra names <<<"$all"
    [ $# -eq 0 ] || names=()
    for name in "$@"; do
        if [[ $all == *" $name "* ]]; then
            names+=("$name")
        elif [[ $name != */* && -f $here/recipes/$name.sh ]]; then
            read -ra offers <<<"$(offered "$here/recipes/$name.sh")"
            names+=("${offers[@]}")
        else
            die "no engine $name; there are:$all"
        fi
    done
}

# Loads the recipe of an engine.
use() {
    engine=$1
    variable=DBSPEC_TEST_${engine^^}_URL
    data=$home/data/$engine
    log=$home/$engine.log
    pidfile=$home/$engine.pid
    local recipe
    for recipe in "$here"/recipes/*.sh; do
        [[ " $(offered "$recipe") " == *" $engine "* ]] || continue
        # shellcheck source=/dev/null
        . "$recipe"
        return
    done
}

# Runs a function for all chosen engines at once, each in a shell of its own and alone with its engine: other callers wait.
each() { # function
    local name pid pids=() failed=0
    mkdir -p "$home/data"
    for name in "${names[@]}"; do
        (
            use "$name"
            exec 9>"$home/$engine.lock"
            flock -w 900 9 || die "$engine: another caller has held it for 15 minutes"
            "$1"
        ) &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || failed=1
    done
    return "$failed"
}

# Runs a command while no other engine runs one under the same name.
alone() { # name, command…
    (
        flock 8
        "${@:2}"
    ) 8>"$home/$1.lock"
}

# Whether the caller has an engine of his own.
given() { [ -n "${!variable:-}" ]; }

# Whether our server runs; sets its process id, port and profile. After a restart of the machine the number may be some
# other program's: ours has its data folder in the command line.
running() {
    pid='' on_port='' on_profile=''
    [ -f "$pidfile" ] || return 1
    read -r pid on_port on_profile <"$pidfile"
    grep -qaF -- "$data" "/proc/$pid/cmdline" 2>/dev/null
}

# Ends in an error and shows what the engine or its installation said last.
fail() {
    tail -n 20 "$log" >&2
    die "$engine: $*; all of its log: $log"
}

# Runs a command quietly: what it says goes to the log.
logged() { "$@" >>"$log" 2>&1 </dev/null || fail "failed: $*"; }

# Starts a server that outlives this shell and holds none of its streams. Its command line must name the data folder.
launch() { # command…
    (
        for fd in /proc/self/fd/*; do
            fd=${fd##*/}
            [ "$fd" -le 2 ] || eval "exec $fd>&-"
        done
        exec setsid "$@" >>"$log" 2>&1 </dev/null
    ) &
    echo "$! $port $profile" >"$pidfile"
}

# Waits until the engine started by `launch` is ready.
await() {
    local end=$((SECONDS + ${DBSPEC_ENGINES_TIMEOUT:-90})) began=$SECONDS
    until ready; do
        # The first moments belong to the shell that becomes the server.
        if [ "$SECONDS" -ge "$end" ] || { [ $((SECONDS - began)) -ge 2 ] && ! running; }; then
            stop
            fail "did not start"
        fi
        sleep 0.1
    done
    running || die "$engine: another program answers on port $port"
}

# Stops the server by its process id, by force after ten seconds; nothing happens where none runs.
halt() { # signal
    local signal tries
    for signal in "$1" KILL; do
        running || break
        kill -s "$signal" "$pid" || true
        for ((tries = 0; tries < 100; tries++)); do
            running || break 2
            sleep 0.1
        done
    done
    ! running || die "$engine: process $pid does not stop"
    rm -f "$pidfile"
}

# Starts the engine without any data.
anew() {
    stop
    rm -rf "$data"
    start
    await
}

# Makes a command available: by apt-get where that can be, else it is named.
need() { # command, Debian's package
    command -v "$1" >/dev/null || alone apt add_package "$@"
}
add_package() {
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        die "$engine needs the command $1: install it (Debian's package: $2)"
    fi
    say "$engine: installing $2"
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$2" >&2
}

# Brings a program of Java, with all that it needs, into FOLDER/lib.
maven() { # folder, group:name:version
    [ ! -d "$1/lib" ] || return 0
    local group name release
    IFS=: read -r group name release <<<"$2"
    need mvn maven
    say "$engine: fetching $name $release"
    mkdir -p "$1"
    rm -rf "$1/part"
    cat >"$1/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>local</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>$group</groupId><artifactId>$name</artifactId><version>$release</version>
  </dependency></dependencies>
</project>
POM
    logged mvn -q -B -f "$1/pom.xml" dependency:copy-dependencies -DoutputDirectory=part
    mv "$1/part" "$1/lib"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

# Takes a URL apart: sets url_user, url_password, url_host, url_port, url_path and url_query.
take() { # URL
    local rest=${1#*://}
    url_query='' url_path='' url_user='' url_password='' url_port=''
    [[ $rest != *\?* ]] || url_query=${rest#*\?}
    rest=${rest%%\?*}
    [[ $rest != */* ]] || url_path=$(unescape "${rest#*/}")
    rest=${rest%%/*}
    if [[ $rest == *@* ]]; then
        url_user=${rest%@*}
        [[ $url_user != *:* ]] || url_password=$(unescape "${url_user#*:}")
        url_user=$(unescape "${url_user%%:*}")
        rest=${rest##*@}
    fi
    url_host=${rest%:*}
    [[ $rest != *:* ]] || url_port=${rest##*:}
}
unescape() {
    local text=${1//\\/\\\\}
    printf '%b' "${text//%/\\x}"
}
