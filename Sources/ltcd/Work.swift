import Automation
import Delivery
import Domain
import Foundation
import Jobs
import Logging
import Postgres
import Store

/// What the engine is given to do: the automations by the clock, and the messages they write.
struct Work: Sendable {
    let engine: Engine
    private let runner: AutomationRunner
    private let asOf: AsOf?

    init(settings: Settings, asOf: AsOf?, pool: Pool, logger: Logger) {
        let runner = AutomationRunner(pool: pool, logger: logger)
        var handlers = [
            Self.handler(AssignLeads.self, runner, asOf), Self.handler(RemindFollowUps.self, runner, asOf),
        ]
        if let delivery = Self.delivery(settings, pool, logger) { handlers.append(delivery.handler) }
        var options = EngineOptions()
        options.concurrency = settings.concurrency
        engine = Engine(
            pool: pool, listening: settings.listening, handlers: handlers, options: options, logger: logger)
        self.runner = runner
        self.asOf = asOf
    }

    /// Nil while nothing may leave the house: what nobody can work waits in its queue.
    private static func delivery(_ settings: Settings, _ pool: Pool, _ logger: Logger) -> DeliverMessage? {
        guard settings.outbound != .hold, let smtp = settings.smtp, let sender = settings.sender else { return nil }
        let redirection: MailAddress? = if case .redirect(let address) = settings.outbound { address } else { nil }
        return DeliverMessage(
            transport: SMTPTransport(smtp), sender: sender, redirection: redirection, pool: pool, logger: logger)
    }

    /// The daemon's life.
    func always(_ engine: Engine) async throws { await engine.run() }

    /// Each automation once, then whatever that set in motion.
    func untilIdle(_ engine: Engine) async throws {
        let request = RunRequest(asOf: asOf ?? .instant(Date()), actor: Self.actor)
        _ = try await runner.run(AssignLeads.self, request)
        _ = try await runner.run(RemindFollowUps.self, request)
        _ = try await engine.runUntilIdle()
    }

    private static let actor = "ltcd"

    /// A run as a job. Its business time is that of its occurrence, so that a run that died is repeated as it was.
    private static func handler<A: Automated>(_ automation: A.Type, _ runner: AutomationRunner, _ asOf: AsOf?)
        -> Handler
    {
        .leased(A.name.rawValue, timeout: .seconds(3_600)) { job, _ in
            let arguments = try JSONDecoder().decode(Arguments.self, from: Data(job.arguments.utf8))
            let request = RunRequest(
                team: arguments.team, asOf: asOf ?? .instant(job.occurrence ?? Date()), actor: actor)
            _ = try await runner.run(automation, request)
        }
    }

    private struct Arguments: Decodable {
        /// The code of the team whose part is run; all teams' without it.
        let team: String?
    }
}
