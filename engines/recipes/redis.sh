# shellcheck shell=bash
# engines: redis rediscluster
# Redis from Debian sid: one server, and a cluster of three on this port and the next two, whose bus has the ports 10000
# higher.

. "$here/parts/sid.sh"
case $engine in
    redis) port=${DBSPEC_REDIS_PORT:-16379} nodes=("$port") ;;
    rediscluster) port=${DBSPEC_REDISCLUSTER_PORT:-17001} nodes=("$port" $((port + 1)) $((port + 2))) ;;
esac

url() { echo "redis://127.0.0.1:$port"; }

version() { inside redis-server --version | sed 's/.*v=\([^ ]*\).*/Redis \1/'; }

install() { sid_packages redis-server; }
install_client() { sid_packages redis-server; }

# The cluster's nodes are children of a shell, and end with it.
start() {
    local node settings=(--bind 127.0.0.1 --save '' --set-proc-title no)
    [ "$profile" = fast ] || settings+=(--appendonly yes --appendfsync always)
    for node in "${nodes[@]}"; do
        mkdir -p "$data/$node"
    done
    if [ "$engine" = redis ]; then
        launch "${inside[@]}" redis-server --port "$port" --dir "$data/$port" "${settings[@]}"
        return
    fi
    # Without data there is no cluster to go on with.
    [ "$profile" = durable ] || rm -f "$data"/*/nodes.conf
    # shellcheck disable=SC2016
    launch "${inside[@]}" bash -c '
        trap "kill \$(jobs -p); wait" TERM
        data=$1 port=$2
        for node in "$port" $((port + 1)) $((port + 2)); do
            setpriv --pdeathsig KILL redis-server --port "$node" --dir "$data/$node" --cluster-enabled yes "${@:3}" &
        done
        wait' nodes "$data" "$port" "${settings[@]}"
}

cli() { timeout 5 "${inside[@]}" redis-cli -h 127.0.0.1 -p "$@" </dev/null 2>/dev/null; } # port, argument…

ready() {
    local node
    for node in "${nodes[@]}"; do
        [ "$(cli "$node" ping)" = PONG ] || return
    done
    [ "$engine" = redis ] || for node in "${nodes[@]}"; do
        whole "$node" || { join && return 1; }
    done
}

# Whether a node knows the whole cluster.
whole() { # port
    local info
    info=$(cli "$1" cluster info) && [[ $info == *cluster_state:ok* && $info == *cluster_known_nodes:3* ]]
}

# Makes a cluster of nodes that are still alone.
join() {
    [[ $(cli "$port" cluster info) != *cluster_known_nodes:1[!0-9]* ]] ||
        logged inside redis-cli --cluster create "${nodes[@]/#/127.0.0.1:}" --cluster-yes
}

stop() { halt TERM; }

reset() { anew; }

client() { # URL, argument…
    local cluster=()
    [ "$engine" = redis ] || cluster=(-c)
    inside redis-cli -e "${cluster[@]}" --no-auth-warning -u "$1" "${@:2}"
}
