#!/usr/bin/env bash
# deploy/dev demo: a company's lead to cash on one day, told on one screen. Called by deploy/dev with the private server up.
# It makes the database `ltc` anew each time, and keeps what it sends and writes under demo/ of the private directory.
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
# shellcheck source=deploy/lib/screen.sh
source deploy/lib/screen.sh
# shellcheck source=deploy/lib/processes.sh
source deploy/lib/processes.sh

day=2026-03-03
place=$LTC_DEV_DIR
made=$place/demo
story=deploy/lib/story.sql
log=$made/ltcd.log
# As they are typed from here.
shown=$(printf '%q' "${made#"$PWD"/}")
dev=deploy/dev
[ "$place" = "$PWD/.local" ] || dev="LTC_DEV_DIR=$(printf '%q' "$place") deploy/dev"

fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }
ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1"; }
part() { psql -X -q -A -t -v ON_ERROR_STOP=1 -v part="$1" -f "$story"; }
tell() { part "$1" | indent; }

# The daemon on the demo's day, until there is nothing left to do.
daemon() { LTC_OUTBOUND=$1 ltcd --config "$made/ltcd.yaml" --as-of "$day" --until-idle >>"$log" 2>&1; }

# Mails in the sink, and how many of them are copies of another (the same Message-ID).
mails() { find "$made/mail/new" -name '*.eml' | wc -l; }
copies() { grep -h -i -m 1 '^Message-ID:' -r "$made/mail/new" | sort | uniq -d | wc -l; }

build() {
    local words
    note "Building (the first time takes some minutes) …"
    words=$(swift build 2>&1) || { printf '%s\n' "$words" | tail -n 40 >&2; fail "the build failed"; }
}

# A database that is not ours is not thrown away.
fresh_database() {
    local owner
    owner=$(psql -X -A -t -d postgres -c "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = 'ltc'")
    if [ "$owner" != "made by deploy/dev demo" ] && [ "$(ask "SELECT to_regclass('ltc.customers') IS NOT NULL")" = t ] &&
        [ "$(ask 'SELECT EXISTS (SELECT FROM ltc.customers) OR EXISTS (SELECT FROM ltc.leads) OR EXISTS (SELECT FROM ltc.teams)')" = t ]; then
        fail "the database in $LTC_DEV_DIR holds something of yours. The demo makes it anew, so give it a place of its own:
    LTC_DEV_DIR=.local/demo deploy/dev demo"
    fi
    dropdb --if-exists --force ltc
    createdb ltc
    psql -X -q -d postgres -c "COMMENT ON DATABASE ltc IS 'made by deploy/dev demo'"
    rm -rf -- "$made"
    mkdir -p -- "$made"
    ltc migrate --bootstrap >>"$log" 2>&1 || { cat "$log" >&2; fail "ltc migrate failed"; }
    ltc apply config/company.yaml --as-of "$day" >>"$log" 2>&1 || { cat "$log" >&2; fail "ltc apply failed"; }
}

import() {
    ltc import "$1" "$made/sample/$1.csv" --as-of "$day" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "ltc import $1 failed"; }
}

start_mail_server() {
    deploy/smtp-sink "$made/mail" >>"$log" 2>&1 &
    sink=$!
    remember_process smtp-sink "$sink"
    trap 'kill "$sink" 2>/dev/null || true; rm -f "$place/pids/smtp-sink"' EXIT
    until [ -s "$made/mail/port" ]; do kill -0 "$sink" || fail "the mail server did not start: $log"; sleep 0.05; done
    cat >"$made/ltcd.yaml" <<END
mail: { from: ltc@acme.example, name: Lead to Cash }
smtp: { host: 127.0.0.1, port: $(cat "$made/mail/port"), tls: none }
http: { port: 0 }
engine: { concurrency: 8 }
END
}

# Sends, and is killed without warning when part of it is out.
daemon_killed_midway() {
    LTC_OUTBOUND=on ltcd --config "$made/ltcd.yaml" --as-of "$day" --until-idle >>"$log" 2>&1 &
    local pid=$! goal=$1
    while kill -0 "$pid" 2>/dev/null && [ "$(mails)" -lt "$goal" ]; do sleep 0.02; done
    kill -KILL "$pid" 2>/dev/null || fail "ltcd ended before it could be killed: $log"
    wait "$pid" 2>/dev/null || true
}

# A job of the killed daemon is taken over when its lease is over.
send_the_rest() {
    local deadline=$((SECONDS + 90))
    note "A new ltcd takes over; what was in the dead one's hands comes free with its lease, within half a minute."
    while daemon on || fail "ltcd failed after the kill: $log"; do
        [ "$(ask "SELECT count(*) FROM ltc.messages WHERE state IN ('queued', 'sending')")" -gt 0 ] || return 0
        [ "$SECONDS" -lt "$deadline" ] || fail "messages are left: $log"
        sleep 1
    done
}

# What the bank reports, as a file of its own.
payment() {
    {
        echo "reference,booked_on,amount,currency,creditor,customer,remittance"
        echo "BANK-0303-17,$day,86000.00,CNY,acme-cn,C-10001,R-10001"
    } >"$made/bank.csv"
    ltc import receipts "$made/bank.csv" --as-of "$day" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "the payment was not taken"; }
}

[ "${1:-}" = --skip-build ] || build
started=$SECONDS
fresh_database
title "ltc · lead to cash, run by the clock" "Tuesday $day"

scene "A company" "ltc apply config/company.yaml · ltc import leads, contracts, invoices …"
ltc sample --config config/company.yaml --out "$made/sample" --on "$day" --leads 1500 >>"$log"
for file in customers leads opportunities contracts activities invoices; do import "$file"; done
tell company

scene "One morning of ltcd" "ltcd --as-of $day --until-idle"
start_mail_server
daemon hold || { tail -n 20 "$log" >&2; fail "ltcd failed"; }
tell runs
note "Nothing has left the house: a fresh installation holds its messages until outbound is on."

scene "One customer: 华光精密仪器 Huaguang Precision Instruments" ""
tell customer

scene "The bank reports a payment" "ltc import receipts bank.csv"
payment
tell paid

scene "Sending, and kill -9 in the middle of it" "ltcd, with outbound: on"
waiting=$(ask "SELECT count(*) FROM ltc.messages WHERE state IN ('queued', 'held')")
daemon_killed_midway $((waiting / 3))
fact "$(mails)" "mails were out when ltcd was killed"
send_the_rest
tell sent
fact "$(mails)" "mails arrived; $(copies) came twice, under the same Message-ID"

scene "To the cent" ""
tell ageing

scene "To look at" ""
digest=$(grep -l -r -e '^Subject: .*finance\|^Subject: Dunning Receivables' "$made/mail/new" | sort | tail -n 1) || true
letter=$(part letter)
register=$(part register)
if [ -n "$letter" ]; then
    ltc dunning show "$letter" --pdf "$made/letter.pdf" 2>>"$log" || fail "the letter $letter was not printed"
    path "a letter" "$shown/letter.pdf"
fi
if [ -n "$register" ]; then
    package=$(ltc dunning package --run "$register" --into "$made" 2>>"$log") || fail "run $register left no package"
    workbook=$(grep '\.xlsx$' <<<"$package")
    path "the register" "$shown/${workbook#"$made"/}"
fi
if [ -n "$digest" ]; then path "the digest" "$shown/mail/new/$(basename "$digest")"; fi
path "every mail" "$shown/mail/new/"

scene "Next" ""
try "$dev run ltc message list" "what was sent, to whom, and what became of it"
try "$dev run ltc import leads $shown/sample/leads-with-mistakes.csv" "what is wrong is told by line"
try "$dev run ltc run assign-leads --as-of 2026-03-04 --dry-run" "tomorrow, previewed"
try "$dev run ltc schedule list" "what the clock starts, and when"
try "$dev run ltc export" "the rules in force, ready to be changed and applied"
printf '\n'
note "$((SECONDS - started)) seconds. Nothing is left running."
