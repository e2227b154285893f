# shellcheck shell=bash
# engines: dynamodb
# DynamoDB Local, Amazon's own, from Maven: one database for all regions and keys, in memory unless durable.

release=3.3.1
port=${DBSPEC_DYNAMODB_PORT:-5480}
built=$home/dynamodb/$release

url() { echo "dynamodb://127.0.0.1:$port?region=us-east-1&access_key=local&secret_key=local"; }

version() { echo "DynamoDB Local $release"; }

install() {
    need java default-jre-headless
    [ ! -f "$built/classes/Loopback.class" ] || return 0
    need javac default-jdk-headless
    need mvn maven
    say "$engine: fetching $(version)"
    mkdir -p "$built"
    cat >"$built/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>$release</version>
  </dependency></dependencies>
</project>
POM
    logged mvn -q -B -f "$built/pom.xml" dependency:copy-dependencies -DoutputDirectory=lib
    # Its command line can't name an address, and it would listen on all of them.
    cat >"$built/Loopback.java" <<'JAVA'
import org.eclipse.jetty.server.*;
import software.amazon.dynamodb.services.local.main.ServerRunner;

class Loopback {
    public static void main(String[] arguments) throws Exception {
        var dynamodb = ServerRunner.createServerFromCommandLineArgs(arguments);
        var field = dynamodb.getClass().getDeclaredField("server");
        field.setAccessible(true);
        for (var connector : ((Server) field.get(dynamodb)).getConnectors()) {
            ((ServerConnector) connector).setHost("127.0.0.1");
        }
        dynamodb.start();
    }
}
JAVA
    logged javac -cp "$built/lib/*" -d "$built/classes" "$built/Loopback.java"
}

start() {
    local store=(-inMemory)
    mkdir -p "$data"
    [ "$profile" = fast ] || store=(-dbPath "$data")
    launch java -Xmx768m -Djava.io.tmpdir="$data" -Djava.library.path="$built/lib" -cp "$built/classes:$built/lib/*" \
        Loopback -port "$port" -sharedDb -disableTelemetry "${store[@]}"
}

# Lists the tables.
ready() {
    (
        exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
        cat >&3 <<REQUEST
POST / HTTP/1.1
Host: 127.0.0.1
Connection: close
Content-Type: application/x-amz-json-1.0
X-Amz-Target: DynamoDB_20120810.ListTables
Authorization: AWS4-HMAC-SHA256 Credential=local/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0
Content-Length: 2

{}
REQUEST
        timeout 5 grep -q TableNames <&3
    ) 2>/dev/null
}

stop() { halt TERM; }

reset() {
    stop
    rm -rf "$data"
    start
    await
}
