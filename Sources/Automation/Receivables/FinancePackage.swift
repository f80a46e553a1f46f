import Delivery
import Domain
import Foundation
package import Jobs
package import Postgres
import Store

/// What finance is handed after a run: the register and a chart of the ageing, kept, and a digest by mail with both.
///
/// Made by a job of its own, or when somebody asks for the package before that: a register of a million lines takes
/// longer than the decisions.
package enum FinancePackage {
    /// The kind of job that makes the package of one run.
    package static let jobKind = "finance-package"

    package static func handler() -> Handler {
        .leased(jobKind, timeout: .seconds(3_600)) { job, context in
            let run = try JSONDecoder().decode(Arguments.self, from: Data(job.arguments.utf8)).run
            try await context.complete { db in try make(of: run, in: db) }
        }
    }

    private struct Arguments: Decodable {
        let run: Int
    }

    /// Has one made in the run's transaction, unless the day's is and nothing is new.
    static func order(
        of run: RunContext, _ team: Team, on day: CalendarDate, hasNotices: Bool, heldBecause: String?,
        in db: isolated Connection
    ) throws {
        let known = DunningSQL.HasPackage(team: team.id, day: day, wasHeld: heldBecause != nil)
        guard try hasNotices || !db.one(known).hasPackage else { return }
        try db.execute(DunningSQL.HandOver(run: run.runID))
        try JobQueue.enqueue([NewJob(kind: jobKind, arguments: "{\"run\": \(run.runID)}")], in: db)
    }

    /// Makes it, unless it is made or the run has none.
    package static func make(of run: Int, in db: isolated Connection) throws {
        guard let order = try db.first(DunningSQL.RunToPack(run: run)), !order.isPacked else { return }
        let directory = try DirectoryStore.load(asOf: order.asOf, in: db)
        let readers = directory.seats(of: order.team).compactMap { directory.member(id: $0.member) }
        let digest = try digest(order, in: db)
        var files = [try keepRegister(order, in: db)]
        if !digest.ageing.isEmpty {
            let chart = try DunningSQL.KeepArtefact(
                team: order.team, run: run, name: "ageing-\(order.code)-\(order.day).png", mediaType: "image/png",
                content: AgeingChart(digest.ageing, language: readers.first?.language ?? "en").png())
            files.append(try db.one(chart).id)
        }
        try Outbox.post(mail(digest, to: readers, files: files, order), in: db)
        try PackageDrop.ask(for: run, in: db)
    }

    private typealias Order = DunningSQL.RunToPack.Row

    private static func keepRegister(_ order: Order, in db: isolated Connection) throws -> Int {
        try KeptFile.keep(
            "dunning-\(order.code)-\(order.day).csv", "text/csv; charset=utf-8", of: order.run, team: order.team, in: db
        ) { write in
            var register = DunningRegister()
            try write(register.takeBytes())
            try db.stream(DunningSQL.RegisterLines(run: order.run)) { rows in
                for row in rows { register.add(try DunningRegister.Line(row)) }
                try write(register.takeBytes())
            }
        }
    }

    private static func digest(_ order: Order, in db: isolated Connection) throws -> FinanceDigest {
        let counts = try JSONDecoder().decode([String: Int].self, from: Data(order.counts.utf8))
        let skipped = "skipped_"
        var digest = FinanceDigest(team: order.name, day: order.day)
        digest.heldBecause = order.heldBecause
        for (name, count) in counts where name.hasPrefix(skipped) {
            digest.skipped[String(name.dropFirst(skipped.count))] = count
        }
        digest.notices = counts.filter { ["approved", "proposed"].contains($0.key) }
        digest.asked = try db.run(DunningSQL.AskedByRun(run: order.run)).map {
            Money(minor: $0.minor, currency: try Currency(stored: $0.currency))
        }
        for row in try db.run(DunningSQL.ChannelsOfRun(run: order.run)) {
            digest.channels[DunningChannel(rawValue: row.channel) ?? .call] = row.notices
        }
        digest.tasks = try db.run(DunningSQL.TasksOfRun(run: order.run, most: FinanceDigest.namedTasks)).map {
            FinanceDigest.Task(
                channel: DunningChannel(rawValue: $0.channel) ?? .call, reason: $0.channelReason, notice: $0.key,
                customer: $0.customer, total: Money(minor: $0.totalMinor, currency: try Currency(stored: $0.currency)))
        }
        digest.waiting = try db.one(DunningSQL.CountWaiting(team: order.team)).notices
        digest.ageing = try AgeingStore.ageing(
            team: order.team, on: order.day, buckets: AgeingStore.buckets(team: order.code, in: db), in: db)
        return digest
    }

    private static func mail(
        _ digest: FinanceDigest, to readers: [Member], files: [Int], _ order: Order
    ) -> [OutgoingMessage] {
        readers.compactMap { member in
            guard let email = member.email else { return nil }
            return OutgoingMessage(
                kind: .digest, team: order.team, subjectKind: "run", subjectID: order.run, member: member.id,
                recipient: email, subject: digest.subject(in: member.language), body: digest.text(in: member.language),
                language: member.language, run: order.run, attachments: files)
        }
    }
}

extension DunningRegister.Line {
    fileprivate init(_ row: DunningSQL.RegisterLines.Row) throws {
        self.init(
            notice: row.notice, legalNumber: row.legalNumber, state: row.state, reason: row.reason,
            runDate: row.runDate, channel: DunningChannel(rawValue: row.channel) ?? .call,
            channelReason: row.channelReason, creditor: row.creditor, customer: row.customer,
            customerName: row.customerName,
            noticeLevel: row.noticeLevel, currency: try Currency(stored: row.currency), feeMinor: row.feeMinor,
            chargesMinor: row.chargesMinor, creditMinor: row.creditMinor, number: row.number, issuedOn: row.issuedOn,
            dueOn: row.dueOn,
            daysOverdue: row.daysOverdue, levelBefore: row.levelBefore, level: row.level, openMinor: row.openMinor,
            interestMinor: row.interestMinor, compensationMinor: row.compensationMinor)
    }
}
