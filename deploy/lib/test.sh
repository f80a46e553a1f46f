#!/usr/bin/env bash
# deploy/dev test: builds everything, then runs every test against the private server.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
swift build --build-tests
swift test --skip-build "$@"
