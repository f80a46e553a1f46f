#!/usr/bin/env bash
# Fails when systemd has anything to say about ltcd.service. It exits 0 on a misspelt key, so any word is a failure.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
command -v systemd-analyze >/dev/null || { echo "no systemd here: ltcd.service is not checked" >&2; exit 0; }
unit=$(mktemp -d)
trap 'rm -rf "$unit"' EXIT
# The program the unit starts need not be installed where the unit is checked.
sed -E 's|^(Exec[A-Za-z]+=)/usr/bin/ltcd?|\1/bin/true|' ltcd.service >"$unit/ltcd.service"
words=$(systemd-analyze verify "$unit/ltcd.service" 2>&1) || true
[ -z "$words" ] || { printf '%s\n' "$words" >&2; exit 1; }
