#!/usr/bin/env bash
# deploy/dev test: builds everything, then runs every test against the private server. What tests write is removed with its folder.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."
swift build --build-tests
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
swift test --skip-build "$@"
