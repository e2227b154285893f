# shellcheck shell=bash
# engines: neo4j
# Neo4j Community from Maven, without passwords.

release=5.26.12
port=${DBSPEC_NEO4J_PORT:-17687}
built=$home/neo4j/$release
shell=$home/cypher-shell/$release

url() { echo "neo4j://127.0.0.1:$port"; }

version() { echo "Neo4j Community $release"; }

install() {
    need java default-jre-headless
    maven "$built" org.neo4j:neo4j:$release
}

start() {
    mkdir -p "$data/conf"
    cat >"$data/conf/neo4j.conf" <<CONF
dbms.security.auth_enabled=false
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:$port
server.bolt.advertised_address=127.0.0.1:$port
server.http.enabled=false
server.https.enabled=false
server.memory.heap.max_size=512m
server.memory.pagecache.size=64m
dbms.usage_report.enabled=false
db.temporal.timezone=UTC
CONF
    local package opens=()
    for package in java.nio java.io sun.nio.ch java.lang java.util.concurrent; do
        opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
    done
    launch java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Duser.timezone=UTC "${opens[@]}" -cp "$built/lib/*" \
        org.neo4j.server.CommunityEntryPoint --home-dir="$data" --config-dir="$data/conf"
}

# Sends messages of Bolt 4.4: HELLO, RUN "RETURN 1", PULL; a record with 1 comes back.
ready() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
        printf '%b' '\x60\x60\xb0\x17' '\0\0\x04\x04\0\0\0\0\0\0\0\0\0\0\0\0' \
            '\0\x23\xb1\x01\xa2\x8auser_agent\x88dbspec/1\x86scheme\x84none\0\0' \
            '\0\x0d\xb3\x10\x88RETURN 1\xa0\xa0\0\0' '\0\x06\xb1\x3f\xa1\x81n\xff\0\0' >&3
        LC_ALL=C timeout 5 grep -qazP '\xb1\x71\x91\x01' <&3
    ) 2>/dev/null
}

stop() { halt TERM; }

# Community has one database: its nodes, indexes and constraints go with its files.
reset() { anew; }

install_client() {
    need java default-jre-headless
    maven "$shell" org.neo4j:cypher-shell:$release
}

client() { # URL, argument…
    take "$1"
    java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$shell/lib/*" org.neo4j.shell.Main -a "${1%%\?*}" \
        -u "$url_user" -p "$url_password" "${@:2}"
}
