import ArgumentParser
import Foundation

/// Injects faults into a working engine and checks that nothing was lost or doubled: `deploy/dev faults [NAME…]`.
@main
struct Faults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ltc-faults",
        abstract: "Work jobs with real processes on a server of our own, break both, and check what came of each job.",
        subcommands: [Run.self, Worker.self], defaultSubcommand: Run.self)

    /// Usage is 2, as everywhere in ltc.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
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

    static func say(_ words: String) { FileHandle.standardError.write(Data("\(words)\n".utf8)) }
}
