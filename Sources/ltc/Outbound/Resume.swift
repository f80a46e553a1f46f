import ArgumentParser
import Automation
import Postgres

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let something go on that `ltc pause` stopped.", subcommands: [ResumeOutbound.self])
}

struct ResumeOutbound: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbound", abstract: "What waited is sent, as far as the daemon's own setting `outbound` allows.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    func run() async throws {
        try await database.withPool { pool in
            try await pool.transaction { db in try OutboundSwitch.resume(in: db) }
        }
        try Answer("resume.outbound", OutboundState(outbound: "on")) { "messages are sent again" }.print(as: format)
    }
}
