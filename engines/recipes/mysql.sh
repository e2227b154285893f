# shellcheck shell=bash
# engines: mysql
# MySQL, the genuine one, from Debian sid. The superuser is root with the password mysql.

. "$here/parts/sid.sh"
port=${DBSPEC_MYSQL_PORT:-13306}

url() { echo "mysql://root:mysql@127.0.0.1:$port/"; }

version() { inside mysqld --version | sed 's/.*Ver \([^ ]*\).*/MySQL \1/'; }

install() { sid_packages mysql-server-core mysql-client-core tzdata; }
install_client() { sid_packages mysql-client-core; }

start() {
    local settings=(bind-address=127.0.0.1 port="$port" socket="$data/mysql.sock" pid-file="$data/mysql.pid"
        mysqlx=OFF secure-file-priv=NULL max-connections=200 default-time-zone=+00:00)
    [ "$profile" = durable ] || settings+=(innodb-flush-log-at-trx-commit=0 innodb-doublewrite=OFF disable-log-bin)
    [ -d "$data" ] || initialise
    launch "${inside[@]}" mysqld --no-defaults --user=root --datadir="$data" "${settings[@]/#/--}"
}

# The time zones are those that the vendor's image has too.
initialise() {
    local part=$data.part
    rm -rf "$part" "$part.sql"
    {
        echo 'use mysql;'
        inside mysql_tzinfo_to_sql /usr/share/zoneinfo 2>/dev/null
        echo "alter user root@localhost identified by 'mysql';"
        echo "create user root@'%' identified by 'mysql';"
        echo "grant all on *.* to root@'%' with grant option;"
    } >"$part.sql"
    logged inside mysqld --no-defaults --user=root --datadir="$part" --initialize-insecure --init-file="$part.sql"
    rm "$part.sql"
    mv "$part" "$data"
}

sql() { client "$(url)" --batch --skip-column-names --connect-timeout=5 "$@"; }

ready() { sql -e 'select 1' >/dev/null 2>&1; }

stop() { halt TERM; }

reset() {
    sql <<'SQL' | sql
select concat('drop database `', replace(schema_name, '`', '``'), '`;') from information_schema.schemata
 where schema_name not in ('mysql', 'information_schema', 'performance_schema', 'sys');
select concat('drop user ', quote(user), '@', quote(host), ';') from mysql.user
 where user not in ('root', 'mysql.infoschema', 'mysql.session', 'mysql.sys');
select 'reset persist;';
SQL
}

client() { # URL, argument…
    take "$1"
    MYSQL_PWD=$url_password inside mysql --no-defaults --protocol=TCP --host="$url_host" --port="${url_port:-3306}" \
        --user="$url_user" ${url_path:+--database="$url_path"} "${@:2}"
}
