# shellcheck shell=bash
# A Debian sid of our own, for engines that are nowhere else. Root alone can make and enter it.

sid=$home/sid

# Installs packages there; what is there already stays as it is, though sid moves.
sid_packages() { # package…
    lacks_none "$@" || alone sid add_to_sid "$@"
}

lacks_none() { # package…
    local package
    for package in "$@"; do
        [ -e "$sid/var/lib/dbspec/$package" ] || return
    done
}

add_to_sid() { # package…
    # Another engine may have brought them meanwhile.
    ! lacks_none "$@" || return 0
    [ "$(id -u)" = 0 ] || die "$engine runs in a Debian of its own, which root alone can make; or set $variable"
    need debootstrap debootstrap
    need unshare util-linux
    [ -d "$sid" ] || make_sid
    say "$engine: installing in Debian sid: $*"
    cp -L /etc/resolv.conf "$sid/etc/resolv.conf"
    echo '127.0.0.1 localhost' >"$sid/etc/hosts"
    # The clock of a mirror may be another than ours.
    logged inside apt-get -q -o Acquire::Check-Valid-Until=false update
    logged inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"
    logged inside apt-get clean
    local package
    for package in "$@"; do
        : >"$sid/var/lib/dbspec/$package"
    done
}

make_sid() {
    local part=$sid.part
    say "$engine: making a Debian sid"
    rm -rf --one-file-system "$part"
    logged debootstrap --variant=minbase sid "$part"
    # Packages must not start servers, nor make data.
    printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d"
    chmod +x "$part/usr/sbin/policy-rc.d"
    mkdir -p "$part/etc/postgresql-common" "$part/var/lib/dbspec" "$part$home/data"
    chmod o+x "$part/root"
    echo 'create_main_cluster = false' >"$part/etc/postgresql-common/createcluster.conf"
    mv "$part" "$sid"
}

# Words before a command that run it there.
inside=("$here/parts/inside" "$sid" "$home/data")

inside() { "${inside[@]}" "$@"; } # command…
