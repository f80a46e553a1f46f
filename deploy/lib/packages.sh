# shellcheck shell=bash
# The system packages ltc is built and tried with: found by what they provide, installed by apt when root.

require_packages() {
    local missing=()
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    pkg-config --exists libpq 2>/dev/null || missing+=(libpq-dev)
    pkg-config --exists libcurl 2>/dev/null || missing+=(libcurl4-openssl-dev)
    pkg-config --exists pangocairo 2>/dev/null || missing+=(libpango1.0-dev)
    pkg-config --exists libqrencode 2>/dev/null || missing+=(libqrencode-dev)
    pkg-config --exists xlsxwriter 2>/dev/null || missing+=(libxlsxwriter-dev)
    # Letters in Latin, Greek, Cyrillic and Chinese script.
    [ -d /usr/share/fonts/truetype/liberation ] || missing+=(fonts-liberation)
    [ -d /usr/share/fonts/truetype/dejavu ] || missing+=(fonts-dejavu-core)
    [ -f /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] || missing+=(fonts-wqy-microhei)
    # With which the tests read what was printed.
    command -v pdftotext >/dev/null || missing+=(poppler-utils)
    command -v zbarimg >/dev/null || missing+=(zbar-tools)
    [ -d /usr/lib/python3/dist-packages/openpyxl ] || missing+=(python3-openpyxl)
    pkg-config --exists libxml-2.0 2>/dev/null || missing+=(libxml2-dev)
    newest_server_programs >/dev/null || missing+=(postgresql)
    [ -d /usr/lib/python3/dist-packages/aiosmtpd ] || missing+=(python3-aiosmtpd)
    # Only the tests use it, as a program of their own; it is in sbin, which is not everybody's PATH.
    [ -x /usr/sbin/pgbouncer ] || command -v pgbouncer >/dev/null || missing+=(pgbouncer)
    [ ${#missing[@]} -gt 0 ] || return 0

    command -v apt-get >/dev/null || die "please install what provides: ${missing[*]}"
    if [ "$EUID" -ne 0 ]; then
        say "deploy/dev needs these packages first:"
        say "    sudo apt-get install --no-install-recommends ${missing[*]}"
        exit 1
    fi
    say "Installing ${missing[*]} …"
    install_packages "${missing[@]}"
}

# Debian's postgresql makes and starts a cluster on port 5432 when it is first installed, and its pgbouncer a service on
# 6432. Ours are private, so both are declined during the installation; afterwards the settings read as if we had never been
# here, and nothing of the kind starts with the machine.
# shellcheck disable=SC2317 # restore is called by the trap
install_packages() (
    setting=/etc/postgresql-common/createcluster.conf
    packaged=/usr/share/postgresql-common/createcluster.conf
    saved=$(mktemp -d)
    restore() {
        if [ -e "$saved/setting" ]; then cp -p "$saved/setting" "$setting"
        elif [ -e "$packaged" ]; then cp "$packaged" "$setting"
        fi
        case " $* " in *" pgbouncer "*)
            rm -f "$unit" /etc/systemd/system/multi-user.target.wants/pgbouncer.service /etc/rc?.d/S??pgbouncer ;;
        esac
        rm -rf "$saved"
    }
    unit=/etc/systemd/system/pgbouncer.service
    trap 'restore "$@"' EXIT
    case " $* " in *" pgbouncer "*) mkdir -p "$(dirname "$unit")" && ln -sf /dev/null "$unit" ;; esac
    if [ -e "$setting" ]; then cp -p "$setting" "$saved/setting"; fi
    mkdir -p "$(dirname "$setting")"
    echo 'create_main_cluster = false' >"$setting"

    export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    install=(apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "$@")
    log=$saved/log
    "${install[@]}" >"$log" 2>&1 </dev/null && exit 0
    # A fresh machine has no package lists, an old one has stale ones.
    { apt-get update -q && "${install[@]}"; } >"$log" 2>&1 </dev/null && exit 0
    tail -n 20 "$log" >&2
    die "apt-get could not install $*"
)

require_swift() {
    command -v swift >/dev/null || die "no Swift toolchain in PATH: install Swift 6.2 or newer (https://www.swift.org/install/linux)"
}

# The directory of the newest PostgreSQL server programs, 15 to 18.
newest_server_programs() {
    local directory version
    while read -r version; do
        directory=/usr/lib/postgresql/$version/bin
        if [ -x "$directory/initdb" ] && [ -x "$directory/postgres" ]; then
            echo "$directory"
            return
        fi
    done < <(printf '%s\n' 18 17 16 15)
    directory=$(command -v initdb) && dirname -- "$(readlink -f -- "$directory")"
}
