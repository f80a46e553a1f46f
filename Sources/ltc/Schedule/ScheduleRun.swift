import ArgumentParser
import Jobs
import Postgres

struct ScheduleRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Make one job of a schedule now; its next occurrence stays as it is.",
        discussion: "A running ltcd picks the job up at once. To run an automation here and now: ltc run.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var format: FormatOptions

    @Argument(help: "The schedule's name.")
    var name: String

    private struct Body: Encodable {
        let schedule: String
        let job: Int
    }

    func run() async throws {
        let job = try await database.withPool { pool in
            try await pool.transaction { try ScheduleBook.runNow(name, in: $0) }
        }
        guard let job else { throw ScheduleCommand.unknown(name) }
        try Answer("schedule.run", Body(schedule: name, job: job)) { "job \(job)" }.print(as: format)
    }
}
