import ArgumentParser
import Automation
import Postgres

struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop something at once, whatever the daemons' settings say.", subcommands: [PauseOutbound.self])
}

struct PauseOutbound: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbound",
        abstract: "Nothing leaves the house any more; messages wait until `ltc resume outbound`.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    func run() async throws {
        try await database.withPool { pool in
            try await pool.transaction { db in try OutboundSwitch.pause(in: db) }
        }
        try Answer("pause.outbound", OutboundState(outbound: "paused")) {
            "messages wait from now on; ltc resume outbound sends them"
        }.print(as: format)
    }
}

struct OutboundState: Encodable {
    let outbound: String
}
