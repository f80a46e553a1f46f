#!/usr/bin/env bash
# The program of docs/jobs.md, built as a package of its own that depends on this one, does what the page says.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/other"
sed -n '/^```swift$/,/^```$/p' docs/jobs.md | sed '1d;$d' >"$made/other/main.swift"
cat >"$made/Package.swift" <<PACKAGE
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
    name: "other",
    dependencies: [
        .package(name: "ltc", path: "$PWD"), .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    ],
    targets: [
        .executableTarget(
            name: "other",
            dependencies: [.product(name: "Jobs", package: "ltc"), .product(name: "Logging", package: "swift-log")],
            path: "other")
    ])
PACKAGE
swift build --package-path "$made" >&2
createdb other
said=$("$made/.build/debug/other")
printf '%s\n' "$said"
dropdb other
grep -q 'claimed: 1001, completed: 1001' <<<"$said" || { echo "check-jobs: the program of docs/jobs.md did not work its jobs" >&2; exit 1; }
