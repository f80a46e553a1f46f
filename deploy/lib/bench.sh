#!/usr/bin/env bash
# deploy/dev bench: the measurements, of programs that are built as they are installed.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
for product in ltcd ltc-bench; do
    swift build -c release --static-swift-stdlib --product "$product" >&2
done
exec .build/release/ltc-bench "$@"
