# shellcheck shell=bash
# A server of PostgreSQL, whoever built it. The superuser is postgres with the password postgres. A recipe sets `bin`, the
# folder of its programs, and `as_owner`, words before a command that run it as the user who owns the data; PostgreSQL
# refuses root. `owner` prints that user.

auth=scram-sha-256
settings=()

url() { echo "postgres://postgres:postgres@127.0.0.1:$port/postgres"; }

install_client() { need psql postgresql-client; }
client() { psql -X -v ON_ERROR_STOP=1 "$@"; } # URL, argument…

start() {
    settings+=(listen_addresses=127.0.0.1 unix_socket_directories= max_connections=200 shared_buffers=64MB timezone=UTC)
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
        if [ -z "$(find /proc -maxdepth 2 -name cwd -lname "*$data" 2>/dev/null)" ]; then
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
    [ "$(id -u)" != 0 ] || chown "$(owner)" "$part"
    logged "${as_owner[@]}" "$bin/initdb" -D "$part" -U postgres -A "$auth" --pwfile="$part.password" \
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
