#!/usr/bin/env bash
# deploy/dev faults: breaks things on purpose and checks what comes of it.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
swift build --product ltc-faults >&2
exec .build/debug/ltc-faults "$@"
