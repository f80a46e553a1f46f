# shellcheck shell=bash
# Processes started here. Each has a file under `pids` that says when it began, so that a number used again later is not mistaken for it.

# Runs CMD with our terminal and standard input, passes signals on, and returns CMD's own status.
run_in_foreground() {
    local status child
    (
        # A shell without job control starts background commands deaf to Ctrl-C; they shall hear it.
        trap - INT QUIT
        export LTC_DEV_RUNS="${LTC_DEV_RUNS:-} $BASHPID"
        exec "$@" 8>&- 9>&-
    ) <&0 &
    child=$!
    trap : INT QUIT
    trap 'kill -TERM "$child" 2>/dev/null || true' TERM
    trap 'kill -HUP "$child" 2>/dev/null || true' HUP
    remember_process "run.$$" "$child"
    # A trapped signal ends a wait early; the child is waited for until it is gone.
    while :; do
        wait "$child" && status=0 || status=$?
        kill -0 "$child" 2>/dev/null || break
    done
    rm -f "$place/pids/run.$$"
    return "$status"
}

remember_process() {
    mkdir -p "$place/pids"
    echo "$2 $(began "$2")" >"$place/pids/$1"
}

# When a process began, in clock ticks since the machine's start; empty when there is none.
began() {
    [ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# Ends what was started here, but not the command this very script was called from.
stop_processes() {
    local file pid start pids=()
    for file in "$place"/pids/*; do
        [ -e "$file" ] || continue
        read -r pid start <"$file" || continue
        if [ "$(began "$pid" || true)" = "$start" ]; then
            case " ${LTC_DEV_RUNS:-} " in *" $pid "*) continue ;; esac
            kill -TERM "$pid" 2>/dev/null || true
            pids+=("$pid")
        fi
        rm -f -- "$file"
    done
    [ ${#pids[@]} -gt 0 ] || return 0
    await_end "${pids[@]}" || kill -KILL "${pids[@]}" 2>/dev/null || true
}

# Waits until none of the processes is left; fails after ten seconds.
await_end() {
    local tries pid alive
    for ((tries = 0; tries < 200; tries++)); do
        alive=
        for pid in "$@"; do
            if [ -d "/proc/$pid" ] && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null; then alive=1; fi
        done
        [ -n "$alive" ] || return 0
        sleep 0.05
    done
    return 1
}
