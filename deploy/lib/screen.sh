# shellcheck shell=bash
# Words on a terminal: in colour when it is one, plain otherwise and under NO_COLOR.

bold='' dim='' accent='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\e[1m' dim=$'\e[2m' accent=$'\e[36m' plain=$'\e[0m'
fi

title() {
    printf '\n  %s%-70s%s%s%18s%s\n' "$bold$accent" "$1" "$plain" "$dim" "$2" "$plain"
    printf '  %s%s%s\n' "$dim" "────────────────────────────────────────────────────────────────────────────────────────" "$plain"
}

# A heading, and the command that does it.
scene() {
    printf '\n  %s%s%s' "$bold" "$1" "$plain"
    if [ -n "$2" ]; then printf '   %s%s%s' "$dim" "$2" "$plain"; fi
    printf '\n'
}

indent() { sed 's/^/    /'; }
note() { printf '    %s%s%s\n' "$dim" "$1" "$plain"; }
fact() { printf '    %s%7s%s  %s\n' "$accent" "$1" "$plain" "$2"; }
path() { printf '    %-12s %s%s%s\n' "$1" "$accent" "$2" "$plain"; }
try() { printf '    %s%s%s\n        %s%s%s\n' "$accent" "$1" "$plain" "$dim" "$2" "$plain"; }
