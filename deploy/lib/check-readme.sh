#!/usr/bin/env bash
# Tries the README's first commands as they stand there: the demo, whose screen must look as it is shown, and after it the
# first hour. What follows in the README is tried by ReadmeTests, deploy/dev test by .ci/run.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
made=$(mktemp -d)
export LTC_DEV_DIR=$made/place

finish() {
    local status=$?
    deploy/dev stop
    [ "$status" -eq 0 ] || echo "deploy/lib/check-readme.sh: failed, see the last lines above" >&2
    rm -rf -- "$made"
    exit "$status"
}
trap finish EXIT

# The first block of a language below a heading of the README.
block() {
    awk -v heading="## $1" -v fence="\`\`\`$2" '
        $0 == heading { below = 1 }
        inside && /^```/ { exit }
        inside
        below && $0 == fence { inside = 1 }' README.md
}

# Figures depend on the moment of the kill, and columns on the figures. So does whether a message was just being sent: then
# it has a line of its own.
masked() {
    sed -E 's/[0-9][0-9,.]*/#/g; s/[[:blank:]]+/ /g; s/^ //; s/ $//; /^# messages (sending|uncertain)$/d'
}

echo "README.md:" >&2
deploy/dev demo >"$made/screen"
block "Two commands" text | masked >"$made/shown"
[ -s "$made/shown" ] || { echo "the README shows no screen of the demo below 'Two commands'" >&2; exit 1; }
# The README leaves out that it builds first, and at the end where the demo's files are and what to try next.
sed -n '/^  To look at$/q; /^  ltc · /,$p' "$made/screen" | masked | sed -e '${/^$/d}' >"$made/seen"
diff -u --label "README.md, figures masked" --label "deploy/dev demo" "$made/shown" "$made/seen" ||
    { echo "the demo's screen is not what the README shows" >&2; exit 1; }
echo "  the demo's screen is the README's" >&2

block "A first hour" sh >"$made/first-hour"
[ -s "$made/first-hour" ] || { echo "the README has no commands below 'A first hour'" >&2; exit 1; }
bash -eu "$made/first-hour" >"$made/output" 2>&1 || { cat "$made/output" >&2; exit 1; }
echo "  the first hour's commands work" >&2
