# shellcheck shell=bash
# engines: dynamodb
# DynamoDB Local, Amazon's own, from Maven: one database for all regions and keys, in memory unless durable.

release=3.3.1
port=${DBSPEC_DYNAMODB_PORT:-5480}
built=$home/dynamodb/$release
release_of_client=1.46.3
aws=$home/aws/$release_of_client

url() { echo "dynamodb://127.0.0.1:$port?region=us-east-1&access_key=local&secret_key=local"; }

version() { echo "DynamoDB Local $release"; }

install() {
    need java default-jre-headless
    [ ! -f "$built/classes/Loopback.class" ] || return 0
    need javac default-jdk-headless
    maven "$built" software.amazon.dynamodb:DynamoDBLocal:$release
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

reset() { anew; }

# The AWS CLI.
install_client() {
    [ ! -d "$aws" ] || return 0
    need python3 python3
    python3 -c 'import ensurepip' 2>/dev/null || need pip3 python3-venv
    say "$engine: fetching the AWS CLI $release_of_client"
    # An environment of Python can't be moved: its last link tells that it is whole.
    rm -rf "$aws.env"
    logged python3 -m venv "$aws.env"
    logged "$aws.env/bin/pip" install --quiet --disable-pip-version-check "awscli==$release_of_client"
    ln -sfn "$aws.env" "$aws"
}

client() { # URL, argument…
    local query setting region='' access_key='' secret_key=''
    take "$1"
    IFS='&' read -ra query <<<"$url_query"
    for setting in "${query[@]}"; do
        case $setting in
            region=* | access_key=* | secret_key=*) printf -v "${setting%%=*}" %s "$(unescape "${setting#*=}")" ;;
        esac
    done
    AWS_ACCESS_KEY_ID=$access_key AWS_SECRET_ACCESS_KEY=$secret_key AWS_REGION=$region AWS_DEFAULT_REGION=$region \
        AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_PAGER='' \
        "$aws/bin/aws" --endpoint-url "http://$url_host:$url_port" "${@:2}"
}
