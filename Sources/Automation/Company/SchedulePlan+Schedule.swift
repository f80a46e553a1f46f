import Domain
import Foundation
import Jobs

extension SchedulePlan {
    /// What a job of an automation carries; its kind is the automation's name.
    private struct Arguments: Codable {
        /// The team whose part is run; all teams' without it.
        let team: String?
    }

    /// The schedule as the engine keeps it.
    func schedule(isPaused: Bool) throws -> Schedule {
        let arguments = try JSONEncoder().encode(Arguments(team: team))
        return Schedule(
            name: name, cron: cron, zone: zone, kind: automation.rawValue,
            arguments: String(decoding: arguments, as: UTF8.self), isPaused: isPaused)
    }

    /// The plan that a schedule was made from; nil when it runs something else than an automation.
    init?(_ schedule: Schedule) throws {
        guard let automation = AutomationName(rawValue: schedule.kind) else { return nil }
        let arguments = try JSONDecoder().decode(Arguments.self, from: Data(schedule.arguments.utf8))
        self.init(
            name: schedule.name, automation: automation, cron: schedule.cron, zone: schedule.zone, team: arguments.team)
    }
}
