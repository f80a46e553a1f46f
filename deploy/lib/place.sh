# shellcheck shell=bash
# Where the private server lives, and as whom it runs.
#
#   place   .local/ or $LTC_DEV_DIR: locks, pids, and what the demo makes
#   home    where data, log and socket are: the same directory, but for one case (below)

choose_place() {
    place=${LTC_DEV_DIR:-$root/.local}
    case $place in /*) ;; *) place=$PWD/$place ;; esac
}

make_place() {
    mkdir -p -- "$place"
    [ -O "$place" ] || die "$place belongs to $(stat -c %U -- "$place"): work as that user, or set LTC_DEV_DIR"
    choose_account
    home=$place
    if [ ${#account[@]} -gt 0 ] && [ "${account[0]}" = runuser ]; then
        make_home_elsewhere
    fi
    data=$home/data
    mkdir -p -- "$home/log" "$home/run"
    chmod 0700 -- "$place" "$home/run"
    if [ "$home" != "$place" ]; then chown -R "$server_user:" "$home/log" "$home/run"; fi
    choose_socket
}

# PostgreSQL refuses to run as root. In a user namespace of its own it sees itself as an ordinary user and still
# owns root's files, wherever they lie. Where namespaces are forbidden it runs as the account `postgres` or `nobody`.
choose_account() {
    account=()
    [ "$EUID" -eq 0 ] || return 0
    server_user=postgres
    id -u "$server_user" >/dev/null 2>&1 || server_user=nobody
    account=(unshare --user "--map-user=$(id -u "$server_user")")
    if [ -e "$place/home" ] || ! "${account[@]}" test -w "$place" 2>/dev/null; then
        account=(runuser -u "$server_user" --)
    fi
}

# The account cannot reach a directory inside root's own, so the server gets one that it can, and it is remembered.
make_home_elsewhere() {
    if [ -s "$place/home" ]; then home=$(cat "$place/home"); fi
    if [ "$home" = "$place" ] || [ ! -d "$home" ]; then
        home=$(mktemp -d /var/tmp/ltc-dev.XXXXXX)
        chown "$server_user:" "$home"
        echo "$home" >"$place/home"
    fi
}

# A Unix socket's path has at most 107 bytes, and PostgreSQL and libpq read commas, quotes and blanks in it as their own.
choose_socket() {
    local LC_ALL=C
    socket=$home/run
    if [[ ${#socket} -le 90 && $socket =~ ^[A-Za-z0-9/._-]+$ ]]; then return; fi
    socket=
    if [ -s "$place/socket" ]; then socket=$(cat "$place/socket"); fi
    if [ -n "$socket" ] && [ -d "$socket" ] && [ ! -L "$socket" ] &&
        [ "$(stat -c %u "$socket")" = "$(stat -c %u "$home/run")" ]; then
        return
    fi
    socket=${TMPDIR:-/tmp}
    if [[ ${#socket} -gt 70 || ! $socket =~ ^/[A-Za-z0-9/._-]+$ ]]; then socket=/tmp; fi
    socket=$(mktemp -d "$socket/ltc-dev.XXXXXX")
    if [ "$home" != "$place" ]; then chown "$server_user:" "$socket"; fi
    echo "$socket" >"$place/socket"
}

# A directory made for the socket outside our own does not outlive the server.
forget_socket() {
    [ -s "$place/socket" ] || return 0
    rmdir -- "$(cat "$place/socket")" 2>/dev/null || true
    rm -f -- "$place/socket"
}
