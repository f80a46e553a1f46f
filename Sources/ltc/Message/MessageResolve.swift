import ArgumentParser
import Automation
import Foundation
import Postgres

struct MessageResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Say what became of an uncertain message.",
        discussion: """
            A message is uncertain when the connection to the mail server broke after its whole text was sent: it may \
            have arrived or not. Ask the recipient or look into the mail server's log, then say: arrived; again, to \
            send it once more; or failed, to give it up.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var asOf: AsOfOptions

    @Argument(help: "The message's id.")
    var id: Int

    @Argument(help: "arrived, again or failed.")
    var outcome: Outcome

    enum Outcome: String, ExpressibleByArgument, CaseIterable {
        case arrived, again, failed

        var resolution: MessageDesk.Resolution {
            switch self {
            case .arrived: .arrived
            case .again: .again
            case .failed: .failed
            }
        }
    }

    func run() async throws {
        let (id, resolution, when) = (id, outcome.resolution, asOf.value)
        try await database.withPool { pool in
            try await pool.transaction { db in
                try MessageDesk.resolve(id, resolution, at: when.instant(ofAll: db), in: db)
            }
        }
        try Answer("message.resolve", MessageChange(message: id, done: outcome.rawValue)) {
            "message \(id): \(outcome.rawValue)"
        }.print(as: format)
    }
}

/// What a command did to a message.
struct MessageChange: Encodable {
    let message: Int
    let done: String
}
