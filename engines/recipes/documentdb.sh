# shellcheck shell=bash
# engines: documentdb
# PostgreSQL 18 with DocumentDB from Debian sid: what lies below the engine mongodb. DocumentDB connects to its own server
# without a password, to make indexes.

. "$here/parts/sid.sh"
. "$here/parts/postgres.sh"
port=${DBSPEC_DOCUMENTDB_PORT:-15432}
bin=/usr/lib/postgresql/18/bin
auth=trust
settings=('shared_preload_libraries=pg_cron,pg_documentdb_core,pg_documentdb' cron.database_name=postgres)
owner() { inside id -u postgres; }
as_owner=("${inside[@]}" setpriv --reuid=postgres --regid=postgres --clear-groups)

install() {
    install_client
    sid_packages postgresql-18-documentdb
}

version() { sql -d postgres -c "select 'PostgreSQL ' || split_part(version(), ' ', 2) || ', DocumentDB ' || extversion from pg_extension where extname = 'documentdb'"; }

ready() { sql -d postgres -c 'create extension if not exists documentdb cascade' >/dev/null 2>&1; }

reset() {
    sql -d postgres <<'SQL'
select documentdb_api.drop_database(database_name)
  from (select distinct database_name from documentdb_api_catalog.collections) as databases;
SQL
}
