import ArgumentParser
import Automation
import Postgres

struct MessageRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Send a failed or held message once more.",
        discussion: "What looks before every send looks again: a letter for a paid invoice stays held.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The message's id.")
    var id: Int

    func run() async throws {
        let id = id
        try await database.withPool { pool in
            try await pool.transaction { db in try MessageDesk.retry(id, in: db) }
        }
        try Answer("message.retry", MessageChange(message: id, done: "queued")) {
            "message \(id) waits to be sent"
        }.print(as: format)
    }
}
