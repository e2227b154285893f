# shellcheck shell=bash
# engines: mongodb
# The protocol of MongoDB: FerretDB, built by Go, over the engine documentdb, which it starts. It has no transactions:
# those can be had below, by DocumentDB's own functions. The genuine MongoDB is in compose.yaml.

release=2.7.0
port=${DBSPEC_MONGODB_PORT:-17017}
built=$home/ferretdb/$release
release_of_client=2.12.0
shell=$home/mongosh/$release_of_client

# Names the engine below, since programs' transactions are made there.
url() {
    local below
    below=$("$here/urls" documentdb)
    below=${below#*=}
    below=${below//:/%3A}
    below=${below//\//%2F}
    echo "mongodb://127.0.0.1:$port/?documentdb=${below//@/%40}"
}

version() { echo "FerretDB $release"; }

install() {
    [ -d "$built" ] || fetch
}

# What Go builds on the way stays in its own cache.
fetch() {
    need go golang-go
    say "$engine: building $(version)"
    local part=$built.part
    rm -rf "$part"
    logged env GOBIN="$part" GOTOOLCHAIN=auto go install -p 1 "github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v$release"
    mv "$part" "$built"
}

start() {
    local below
    "$here/up" documentdb
    below=$("$here/urls" documentdb)
    mkdir -p "$data"
    launch "$built/ferretdb" --state-dir="$data" --listen-addr="127.0.0.1:$port" --postgresql-url="${below#*=}" \
        --no-auth --telemetry=disable --debug-addr=-
}

# shellcheck disable=SC2016
# Lists the databases: an OP_MSG of {listDatabases: 1, $db: "admin"}.
ready() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
        printf '%b' '\x3c\0\0\0\x01\0\0\0\0\0\0\0\xdd\x07\0\0' '\0\0\0\0\0' \
            '\x27\0\0\0\x10listDatabases\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0' >&3
        timeout 5 grep -qaz databases <&3
    ) 2>/dev/null
}

stop() { halt TERM; }

reset() { "$here/reset" documentdb; }

install_client() {
    [ ! -d "$shell" ] || return 0
    need npm npm
    say "$engine: fetching mongosh $release_of_client"
    local part=$shell.part
    rm -rf "$part"
    mkdir -p "$part"
    logged npm install --prefix "$part" --no-save --no-audit --no-fund --omit=optional "mongosh@$release_of_client"
    mv "$part" "$shell"
}

# Without arguments, and unless a person types, a script on the standard input: else mongosh would prompt for each line.
client() { # URL, argument…
    local script=()
    [ $# -gt 1 ] || [ -t 0 ] || script=(--file /dev/stdin)
    node "$shell/node_modules/mongosh/bin/mongosh.js" "${1%%\?*}" --norc --quiet "${script[@]}" "${@:2}"
}
