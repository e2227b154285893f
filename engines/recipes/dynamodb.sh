# shellcheck shell=bash
# DynamoDB Local 3.3.1, Amazon's own, from Maven: in memory, one database for all regions and keys.

port=${DBSPEC_DYNAMODB_PORT:-5480}
version=3.3.1
lib=$home/dynamodb/$version/lib

url() { echo "dynamodb://127.0.0.1:$port?region=us-east-1&access_key=local&secret_key=local"; }

install() {
    [ -f "$lib/complete" ] && return 0
    need java default-jre-headless
    need mvn maven
    mkdir -p "$lib"
    cat >"$home/dynamodb/$version/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>$version</version>
  </dependency></dependencies>
</project>
POM
    (cd "$home/dynamodb/$version" && mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >&2)
    touch "$lib/complete"
}

start() {
    local store=-inMemory
    if [ -n "${DBSPEC_ENGINES_DURABLE:-}" ]; then
        mkdir -p "$data"
        store="-dbPath $data"
    fi
    # shellcheck disable=SC2086
    launch java -Xmx768m -Djava.library.path="$lib" -cp "$lib/*" \
        software.amazon.dynamodb.services.local.main.ServerRunner $store -sharedDb -disableTelemetry -port "$port"
    say "$engine: DynamoDB Local $version on port $port"
}

ready() { listening "$port"; }

reset() {
    stop
    rm -rf "$data"
    start
    await 60
}
