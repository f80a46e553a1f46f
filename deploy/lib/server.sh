# shellcheck shell=bash
# The private server's life. Each `run` holds a shared lock on the file `users` while it lasts (descriptor 8), so that the
# kernel counts the runs, a killed one included; starting and stopping take turns on the file `lock` (descriptor 9).

find_server_programs() {
    if [ -n "${LTC_PG_BIN:-}" ]; then
        programs=$LTC_PG_BIN
        [ -x "$programs/initdb" ] || die "no initdb in LTC_PG_BIN=$programs"
        return
    fi
    programs=$(newest_server_programs) || die "no PostgreSQL server programs found"
}

begin_use() {
    exec 8>>"$place/users"
    flock -s 8
    with_lock start_server
}

# The last one out turns off the light. Trying for the exclusive lock gives up the shared one: of two that leave at
# once, one gets it.
end_use() {
    local status=$?
    trap - EXIT
    if flock -n -x 8 && [ ! -e "$place/keep" ]; then with_lock stop_server; fi
    exit "$status"
}

with_lock() {
    exec 9>>"$place/lock"
    flock -x 9
    "$@"
    exec 9>&-
}

start_server() {
    # Once more: whoever stopped the server while we waited took its directory along.
    choose_socket
    if ! server_answers; then
        rm -f "$place/keep"
        make_cluster
        clear_remains
        as_server "$programs/pg_ctl" -D data -l log/postgresql.log -s -w -t 120 start ||
            { tail -n 20 "$home/log/postgresql.log" >&2; die "PostgreSQL did not start: $home/log/postgresql.log"; }
    fi
    local has_ltc="SELECT 1 FROM pg_database WHERE datname = 'ltc'"
    [ "$(query "$has_ltc")" = 1 ] || query 'CREATE DATABASE ltc'
}

stop_server() {
    local pids postmaster
    mapfile -t pids < <(server_processes)
    if [ ${#pids[@]} -gt 0 ]; then
        postmaster=$(head -n 1 "$data/postmaster.pid" 2>/dev/null || true)
        # Fast shutdown: sessions are ended, everything committed is on disk.
        case " ${pids[*]} " in *" $postmaster "*) kill -INT "$postmaster" 2>/dev/null || true ;; esac
        await_end "${pids[@]}" || clear_remains
    fi
    forget_socket
}

# What is written here holds for every start; fsync and friends stay at their safe defaults, so that measurements mean something.
make_cluster() {
    local version
    version=$("$programs/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    if [ ! -e "$data/PG_VERSION" ]; then
        rm -rf -- "$data.new"
        # Made beside and renamed: an interrupted initdb leaves nothing that looks like a cluster.
        as_server "$programs/initdb" -D data.new -U ltc_dev -A trust -E UTF8 --locale=C.UTF-8 >"$home/log/initdb.log" 2>&1 ||
            { tail -n 20 "$home/log/initdb.log" >&2; die "initdb failed: $home/log/initdb.log"; }
        rm -rf -- "$data"
        mv -- "$data.new" "$data"
    fi
    if [ "$(cat "$data/PG_VERSION")" != "$version" ]; then
        [ -z "${LTC_PG_BIN:-}" ] || die "$data was made by PostgreSQL $(cat "$data/PG_VERSION"), LTC_PG_BIN is $version"
        programs=/usr/lib/postgresql/$(cat "$data/PG_VERSION")/bin
        [ -x "$programs/postgres" ] ||
            die "$data was made by PostgreSQL $(cat "$data/PG_VERSION"), which is gone: remove that directory to start anew"
    fi
    cat >"$data/postgresql.auto.conf" <<END
listen_addresses = ''
unix_socket_directories = '$socket'
unix_socket_permissions = 0700
port = 5432
max_connections = 200
shared_buffers = 256MB
max_wal_size = 4GB
log_line_prefix = '%m [%p] %a %d '
timezone = 'UTC'
END
    if [ "$home" != "$place" ]; then chown "$server_user:" "$data/postgresql.auto.conf"; fi
}

# After a kill -9 or a reboot: a pid file whose number may meanwhile be another program's, children without their parent.
clear_remains() {
    local pids
    mapfile -t pids < <(server_processes)
    if [ ${#pids[@]} -gt 0 ]; then
        kill -QUIT "${pids[@]}" 2>/dev/null || true
        await_end "${pids[@]}" || kill -KILL "${pids[@]}" 2>/dev/null || true
        await_end "${pids[@]}" || die "PostgreSQL processes ${pids[*]} do not end"
    fi
    rm -f -- "$data/postmaster.pid" "$socket/.s.PGSQL.5432" "$socket/.s.PGSQL.5432.lock"
}

# Every process of this cluster has the data directory as its working directory, and no other process has.
server_processes() {
    local process
    for process in /proc/[0-9]*; do
        if [ "$process/cwd" -ef "$data" ] && [ "$(cat "$process/comm" 2>/dev/null)" = postgres ]; then
            echo "${process#/proc/}"
        fi
    done
}

server_answers() {
    "$programs/pg_isready" -q -h "$socket" -p 5432 -t 3
}

query() {
    PGOPTIONS='' "$programs/psql" -X -q -A -t -h "$socket" -p 5432 -U ltc_dev -d postgres -c "$1"
}

# Runs a PostgreSQL program in `home` as whom it may run, with none of our locks in its hands. It is given paths relative to
# there: pg_ctl hands its own to a shell, which would trip over quotes in them.
as_server() {
    (cd "$home" && exec env -u LC_ALL LC_MESSAGES=C "${account[@]}" "$@" 8>&- 9>&- </dev/null)
}

# What CMD sees.
use_environment() {
    unset PGHOSTADDR PGSERVICE PGSERVICEFILE PGPASSFILE PGPASSWORD PGOPTIONS PGSSLMODE PGTARGETSESSIONATTRS PGREQUIREAUTH
    export PGHOST=$socket PGPORT=5432 PGUSER=ltc_dev PGDATABASE=ltc LTC_DEV_DIR=$place
    export PATH=$root/.build/debug:$programs:$PATH
}
