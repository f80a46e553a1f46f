import ArgumentParser
import Foundation

/// Measures ltc beside a reference of the same run on the same machine: `deploy/dev bench [NAME…]`.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ltc-bench", abstract: "Measure ltc. Needs a server in the libpq environment.",
        subcommands: [Run.self, Peer.self], defaultSubcommand: Run.self)

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure, where there is one beside a reference of the same run.")

        @Argument(help: "Which to run, by name or the beginning of it; otherwise all: \(names).")
        var chosen: [String] = []

        @Option(help: "How long the queue works beside an open snapshot.")
        var minutes = 3

        private static func all(minutes: Int) -> [Measurement] {
            [
                .idle, .arrival, .assignment, .importLeads, .importStatement, .dunning, .letters, .engineDrain,
                .engineLeased,
                .engineEnqueue, .enginePickup,
                .engineCrowd, .engineSnapshot(minutes: minutes),
            ]
        }
        private static var names: String { all(minutes: 1).map(\.name).joined(separator: ", ") }

        func validate() throws {
            for name in chosen where !Self.all(minutes: minutes).contains(where: { $0.name.hasPrefix(name) }) {
                throw ValidationError("there is no measurement '\(name)'; there are \(Self.names)")
            }
            guard minutes >= 1 else { throw ValidationError("--minutes must be 1 or more") }
        }

        /// One that fails does not stop the others, but the whole has failed.
        func run() async throws {
            var failed: [String] = []
            write(Table.head, to: .standardOutput)
            for measurement in Self.all(minutes: minutes)
            where chosen.isEmpty || chosen.contains(where: { measurement.name.hasPrefix($0) }) {
                say("\(measurement.name): \(measurement.what) …")
                do {
                    for figure in try await measurement.measure() {
                        write(Table.line(measurement.name, figure), to: .standardOutput)
                    }
                } catch {
                    say("\(measurement.name) failed: \(error)")
                    failed.append(measurement.name)
                }
            }
            if !failed.isEmpty { throw ExitCode(70) }
        }
    }

    /// Usage is 2, as everywhere in ltc.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch  where exitCode(for: error) == .validationFailure {
            say(fullMessage(for: error))
            Foundation.exit(2)
        } catch {
            exit(withError: error)
        }
    }
}

private func say(_ words: String) { write(words, to: .standardError) }

/// At once: a line is seen when it is known, also through a pipe.
private func write(_ line: String, to file: FileHandle) { file.write(Data("\(line)\n".utf8)) }

/// One thing that is measured.
struct Measurement: Sendable {
    let name: String
    let what: String
    let measure: @Sendable () async throws -> [Figure]
}
