import ArgumentParser
import Jobs
import Postgres

struct SchedulePause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let nothing of a schedule fire until it is resumed.",
        discussion: "It lasts through restarts and ltc apply, and ends with the schedule itself.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The schedule's name.")
    var name: String

    func run() async throws {
        try await PauseAnswer.set(true, name, database).print(as: format)
    }
}

struct ScheduleResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused schedule fire again, from now on.",
        discussion: """
            What fell into the pause does not fire; the ledger has it as skipped (ltc schedule occurrences), and it can be \
            made by hand: ltc schedule backfill.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The schedule's name.")
    var name: String

    func run() async throws {
        try await PauseAnswer.set(false, name, database).print(as: format)
    }
}

private struct PauseAnswer: Encodable {
    let schedule: String
    let isPaused: Bool
    let wasPaused: Bool

    static func set(_ isPaused: Bool, _ name: String, _ database: DatabaseOptions) async throws -> Answer<PauseAnswer> {
        let before = try await database.withPool { pool in
            try await pool.transaction { try ScheduleBook.setPaused(isPaused, name, in: $0) }
        }
        guard let before else { throw ScheduleCommand.unknown(name) }
        return Answer(
            isPaused ? "schedule.pause" : "schedule.resume",
            PauseAnswer(schedule: name, isPaused: isPaused, wasPaused: before)
        ) {
            let state = isPaused ? "paused" : "running"
            return before == isPaused ? "\(name) was \(state) already" : "\(name) is \(state)"
        }
    }
}
