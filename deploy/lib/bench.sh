#!/usr/bin/env bash
# deploy/dev bench: the measurements, as a release build.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
grep -q '"ltc-bench"' Package.swift || { echo "no measurements yet" >&2; exit 1; }
swift build -c release --product ltc-bench
exec .build/release/ltc-bench "$@"
