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
    /// The inbox's folders, in the order of lead to cash; none where nothing is watched.
    let inbox: [WatchedFolder]
    private let runner: AutomationRunner
    private let asOf: AsOf?
    private let rates: [MessageChannel: JobControls.Rate]
    private let pool: Pool

    /// In the order of lead to cash, in which `--until-idle` runs them.
    private static let automations: [any Automated.Type] = [
        AssignLeads.self, RemindFollowUps.self, AlertRenewals.self, DunInvoices.self,
    ]
    /// Those that run when their schedule or somebody says so, and never because the program was started.
    private static let onlyScheduled: [any Automated.Type] = [SendReconciliations.self]

    init(settings: Settings, asOf: AsOf?, pool: Pool, logger: Logger) {
        let runner = AutomationRunner(pool: pool, logger: logger)
        var handlers = (Self.automations + Self.onlyScheduled).map { Self.handler($0, runner, pool, asOf) }
        handlers.append(FinancePackage.handler())
        handlers += Self.deliveries(settings, asOf, pool, logger).map(\.handler)
        let drop = PackageDrop(folder: settings.outputs.map { URL(filePath: $0) }, pool: pool, logger: logger)
        handlers.append(drop.handler)
        var options = EngineOptions()
        options.concurrency = settings.concurrency
        engine = Engine(
            pool: pool, listening: settings.listening, handlers: handlers, options: options, logger: logger)
        inbox = settings.inbox.map { Self.inbox(URL(filePath: $0), settings, asOf, pool, logger) } ?? []
        self.runner = runner
        self.asOf = asOf
        rates = [.mail: settings.smtpRate, .webhook: settings.webhooksRate].compactMapValues { $0 }
        self.pool = pool
    }

    private static func inbox(
        _ inbox: URL, _ settings: Settings, _ asOf: AsOf?, _ pool: Pool, _ logger: Logger
    ) -> [WatchedFolder] {
        let business = asOf?.everywhere
        let bank = BankInbox(
            inbox: inbox, map: settings.bankMap, encoding: settings.bankEncoding, asOf: business, pool: pool,
            logger: logger)
        let dunning = DecisionInbox(inbox: inbox, asOf: business, pool: pool, logger: logger)
        let mail = MailInbox(inbox.appending(path: "mail"), replies: settings.replies, pool: pool, logger: logger)
        return [
            WatchedFolder(name: "bank") { now in try await bank.look(at: now) },
            WatchedFolder(name: "dunning") { now in try await dunning.look(at: now) },
            WatchedFolder(name: "mail") { now in _ = try await mail.look(at: business ?? now) },
        ]
    }

    /// None while nothing may leave the house: what nobody can work waits in its queue.
    private static func deliveries(
        _ settings: Settings, _ asOf: AsOf?, _ pool: Pool, _ logger: Logger
    ) -> [DeliverMessage] {
        guard settings.outbound != .hold, let smtp = settings.smtp, let sender = settings.sender else { return [] }
        let redirection: MailAddress? = if case .redirect(let address) = settings.outbound { address } else { nil }
        let mails = MailCarrier(
            transport: SMTPTransport(smtp), sender: sender, redirection: redirection, replies: settings.replies,
            attachesUpTo: settings.attachmentsMaximumBytes, outputs: settings.outputs)
        let posts = WebhookCarrier(
            transport: WebhookTransport(), addresses: settings.webhooks, isRedirected: redirection != nil)
        return [
            DeliverMessage(by: mails, asOf: asOf?.everywhere, pool: pool, logger: logger),
            DeliverMessage(by: posts, asOf: asOf?.everywhere, pool: pool, logger: logger),
        ]
    }

    /// The daemon's life.
    func always(_ engine: Engine) async throws {
        try await setRates()
        await engine.run()
    }

    /// What lies in the inbox, each automation once, then whatever that set in motion.
    func untilIdle(_ engine: Engine) async throws {
        try await setRates()
        for folder in inbox { try await folder.look(Date()) }
        if let asOf {
            try await pool.transaction { db in try Outbox.bringForward(to: asOf.everywhere, in: db) }
        }
        let request = RunRequest(asOf: asOf ?? .instant(Date()), actor: Self.actor, followsClock: asOf == nil)
        for automation in Self.automations { try await Self.run(automation, request, runner) }
        _ = try await engine.runUntilIdle()
        // What a daemon held that died is nobody's until it is missed.
        while try await engine.awaitRescue() { _ = try await engine.runUntilIdle() }
    }

    /// For all daemons together. How many may run at a time stays as somebody has set it.
    private func setRates() async throws {
        guard !rates.isEmpty else { return }
        try await pool.transaction { [rates] db in
            let limits = try JobControls.list(in: db).filter { $0.what == "limit" && $0.scope == "kind" }
            for (kind, rate) in rates.map({ ($0.key.jobKind, $0.value) }).sorted(by: { $0.0 < $1.0 }) {
                let limit = limits.first { $0.name == kind }
                try JobControls.limit(.kind(kind), to: limit?.maximum, rate: rate, by: Self.actor, in: db)
            }
        }
    }

    private static let actor = "ltcd"

    /// A run as a job. Its business time is that of its occurrence, so that a run that died is repeated as it was; where
    /// there is none, now, and not before it was asked for or due, should this machine's clock be slower than the database's.
    private static func handler<A: Automated>(
        _ automation: A.Type, _ runner: AutomationRunner, _ pool: Pool, _ asOf: AsOf?
    ) -> Handler {
        .leased(A.name.rawValue, timeout: .seconds(3_600)) { job, _ in
            let arguments = try JSONDecoder().decode(Arguments.self, from: Data(job.arguments.utf8))
            let (followsClock, now) = (asOf == nil, asOf == nil ? Date() : nil)
            let asOf = asOf ?? .instant(job.occurrence ?? max(Date(), job.createdAt, job.dueAt))
            if A.name == .assignLeads, job.occurrence == nil, case .instant(let instant) = asOf {
                let hasNew = try await pool.transaction(.init(readOnly: true)) { db in
                    try db.one(AssignmentSQL.HasNew(asOf: instant)).hasNew
                }
                guard hasNew else { return }
            }
            try await run(
                automation,
                RunRequest(team: arguments.team, asOf: asOf, actor: actor, followsClock: followsClock, now: now),
                runner)
        }
    }

    private static func run<A: Automated>(
        _ automation: A.Type, _ request: RunRequest, _ runner: AutomationRunner
    ) async throws {
        _ = try await runner.run(automation, request)
    }

    private struct Arguments: Decodable {
        /// The code of the team whose part is run; all teams' without it.
        let team: String?
    }
}
