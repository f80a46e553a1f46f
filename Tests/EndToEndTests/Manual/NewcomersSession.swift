import Foundation
import TestSupport
import Testing

/// A shell in a copy of the project's files, in which `deploy/dev run` runs the built programs on databases of the test's:
/// the first, or the second where LTC_DEV_DIR names another place.
///
/// What `deploy/dev` itself does is tried by deploy/lib/check-dev.sh, the demo's screen by deploy/lib/check-readme.sh.
final class NewcomersSession {
    private let folder: URL
    private let databases: [String]
    private var script: String
    private var expected: [(after: String, place: String, text: String)] = []

    init(databases: [String]) throws {
        self.databases = databases
        folder = FileManager.default.temporaryDirectory.appending(path: "ltc-readme-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Manual.root.appending(path: "config"), to: folder.appending(path: "config"))
        if Manual.hasMaven {
            // Rejects are written beside the file.
            try FileManager.default.copyItem(at: Manual.maven, to: folder.appending(path: "maven-crm"))
        }
        script = """
            set -eu
            cd "$FOLDER"
            unset LTC_DEV_DIR
            deploy/dev() {
                case $1 in
                    up | stop | demo | test) ;;
                    run)
                        shift
                        local database=$FIRST
                        if [ -n "${LTC_DEV_DIR:-}" ]; then database=$SECOND; fi
                        PGDATABASE=$database PATH="$PROGRAMS:$PATH" "$@" ;;
                    *) echo "the test knows no way to run deploy/dev $1"; return 1 ;;
                esac
            }

            """
    }

    func remove() {
        #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) }
    }

    /// - Parameter printed: what stands below the block; the demo's screen is not ours to print.
    func add(_ block: Manual.Block, of page: String, printing printed: Manual.Block?) {
        guard Manual.hasMaven || !block.text.contains("maven-crm") else { return }
        for line in block.lines {
            script += "echo '\(Self.mark)\(page):\(line.number)'\n\(line.text)\n"
        }
        guard let printed, let last = block.lines.last, !block.text.contains("deploy/dev demo") else { return }
        expected.append(("\(page):\(last.number)", "\(page):\(printed.lines.first?.number ?? 0)", printed.text))
    }

    /// Runs all of it, and stops at the first line that fails.
    func run() async throws {
        // The programs are in reach of `deploy/dev run` alone.
        let environment = try [
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "FOLDER": folder.path, "PROGRAMS": URL(filePath: product("ltc")).deletingLastPathComponent().path,
            "FIRST": databases[0], "SECOND": databases[1], "LTC_HTTP_PORT": "0",
        ]
        let shell = try ChildProcess("bash", ["-c", script], environment: environment)
        var output = ""
        while case let more = await shell.nextOutput(), !more.isEmpty { output += more }
        let steps = output.components(separatedBy: Self.mark).dropFirst().map { step in
            let parts = step.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return (place: String(parts[0]), output: parts.count > 1 ? String(parts[1]) : "")
        }
        let code = await shell.exit()
        #expect(code == 0, "\(steps.last?.place ?? "the beginning") failed:\n\(steps.last?.output ?? output)")
        for (after, place, text) in expected {
            let found = steps.first { $0.place == after }?.output ?? ""
            #expect(found.contains(text), "\(place) says otherwise than \(after) prints:\n\(found)")
        }
    }

    /// Before each line's output.
    private static let mark = "\u{1}"
}
