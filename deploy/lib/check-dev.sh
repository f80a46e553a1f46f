#!/usr/bin/env bash
# Tries deploy/dev itself: what it promises about exit statuses, nesting, several at once, and unclean ends.
# What stands in single quotes is for an inner shell, and the directory's quotes are meant.
# shellcheck disable=SC2016,SC2089,SC2090
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
# A directory whose name has everything in it that shells and libpq stumble over.
LTC_DEV_DIR=$(mktemp -d)/"it's a \"directory\", 目录"
export LTC_DEV_DIR
dev=deploy/dev

finish() {
    local status=$?
    "$dev" stop
    rm -rf -- "$(dirname -- "$LTC_DEV_DIR")"
    [ "$status" -eq 0 ] || echo "deploy/lib/check-dev.sh: failed, see the last line above" >&2
    exit "$status"
}
trap finish EXIT

one() { psql -X -A -t -c 'SELECT 1'; }
export -f one

# Processes of the private server.
running() {
    local process count=0
    for process in /proc/[0-9]*; do
        if [ "$process/cwd" -ef "$LTC_DEV_DIR/data" ]; then count=$((count + 1)); fi
    done
    echo "$count"
}

expect() {
    local what=$1 wanted=$2 found=$3
    [ "$found" = "$wanted" ] || { echo "$what: expected $wanted, found $found" >&2; exit 1; }
    echo "  $what" >&2
}

status_of() {
    local status=0
    "$@" >/dev/null 2>&1 || status=$?
    echo "$status"
}

echo "deploy/dev:" >&2
expect "a command sees the database" "1" "$("$dev" run bash -c one)"
expect "the server ends with the command" 0 "$(running)"
expect "the command's status passes through" 7 "$(status_of "$dev" run bash -c 'exit 7')"
expect "a signal's status passes through" 143 "$(status_of "$dev" run bash -c 'kill -TERM $$')"
expect "standard input passes through" "hello" "$(echo hello | "$dev" run cat)"
expect "a shell sees it too" "1" "$(echo one | SHELL=bash "$dev" shell)"
expect "a run inside a run leaves the server to the outer one" "1" "$("$dev" run bash -c "'$dev' run true; one")"

"$dev" run bash -c 'read -r && one >"$LTC_DEV_DIR/outcome"' < <(status_of "$dev" run true)
expect "of two at once the first to leave leaves the server to the other" "1" "$(cat "$LTC_DEV_DIR/outcome")"
expect "the last one out stops it" 0 "$(running)"

"$dev" up >/dev/null 2>&1
"$dev" run true
expect "after up the server stays" "1" "$("$dev" run bash -c one)"
kill -KILL "$(head -n 1 "$LTC_DEV_DIR/data/postmaster.pid")"
expect "a killed server is started again" "1" "$("$dev" run bash -c one)"
echo "$$" >"$LTC_DEV_DIR/data/postmaster.pid"
expect "a pid file that names another program is not believed" "1" "$("$dev" run bash -c one)"

"$dev" up >/dev/null 2>&1
"$dev" stop
expect "stop ends the server" 0 "$(running)"
expect "stop again is fine" 0 "$(status_of "$dev" stop)"
