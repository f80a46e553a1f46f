package import Domain
package import Foundation
package import Postgres
import Store

/// What becomes of a notice after its approval, as far as people know it better than the program.
extension DunningDesk {
    /// The customer has it: a letter was posted, a task is done. Its levels are reached, and what it charges is owed, as the paper says
    /// that was in hand on that day: it may have been computed again or cancelled since.
    ///
    /// - Parameter day: from which the interval counts; nil is the business day of `asOf`
    /// - Throws: a `Problem` for a mail (its server confirms it), another state and no paper that was in hand, a day before the run or
    ///   in the future, or when all that it asks for was paid before that day.
    package static func confirm(
        _ notices: [Int], on day: CalendarDate?, actor: String, asOf: AsOf, in db: isolated Connection
    ) throws -> [DunInvoicesReport.Notice] {
        let rows = try lock(
            notices, in: ["approved", "proposed", "cancelled", "rejected"], because: "does not wait to be confirmed", db
        )
        if let row = rows.first(where: { $0.channel == DunningChannel.mail.rawValue }) {
            throw Problem(
                .refused, "is_mailed", "notice \(row.id) goes out by mail, which the customer's server confirms",
                advice: "ltc message list --kind dunning-notice")
        }
        for row in rows {
            let today = asOf.day(in: row.zone)
            let day = day ?? max(today, row.runDate)
            if day < row.runDate || day > today {
                throw Problem(
                    .refused, "date_out_of_range",
                    "notice \(row.id) of \(row.runDate) cannot have gone out on \(day): it is \(today)", place: "--on",
                    advice: "name a day from \(row.runDate) to \(today)")
            }
            if let back = try db.first(DunningSQL.LastReturn(notice: row.id))?.day, day < back {
                throw Problem(
                    .refused, "date_out_of_range", "notice \(row.id) came back on \(back)", place: "--on",
                    advice: row.state == "approved"
                        ? "it goes by \(row.channel) since: if that is done, name a day from \(back) to \(today)"
                        : "leave it: it is \(row.state)")
            }
            try restorePaper(of: row, inHandOn: day, db)
            // As when it is approved or sent: what has matured has paid.
            try AllocateReceipts.mature(
                customer: row.customer, through: today, actor: actor, at: asOf.instant(in: row.zone), in: db)
            guard try db.one(DunningSQL.WasOwed(notice: row.id, day: day)).isOwed else {
                throw Problem(
                    .refused, "nothing_owed", "all that notice \(row.id) asks for was paid before \(day)",
                    place: "--on",
                    advice: "name the day on which it went out; if it did not, leave it"
                        + (row.state == "cancelled" ? "" : ": the next run cancels it"))
            }
            let now = asOf.instant(in: row.zone)
            try db.execute(DunningSQL.SetNoticeState(notice: row.id, state: "sent", reason: nil))
            try accept(row.id, on: day, actor: actor, at: now, in: db)
            try record("notice_sent", from: [row], [row.id], actor, now, row.channel, in: db)
            // Others of the account ask for what is charged now, or build on another level.
            try reconsiderBeside([row.id], at: now, in: db)
        }
        return described(try NoticePaper.load(notices, in: db))
    }

    /// What went out is what was in hand on that day, whatever became of the notice since.
    private static func restorePaper(
        of row: DunningSQL.LockNotices.Row, inHandOn day: CalendarDate, _ db: isolated Connection
    ) throws {
        let paper = try db.first(DunningSQL.PaperInHand(notice: row.id, day: day))
        guard let paper else {
            guard row.state != "approved" else { return }
            throw Problem(
                .refused, "wrong_state", "notice \(row.id) is \(row.state), and nobody had it in hand on \(day)",
                place: "--on", advice: "name the day on which it went out; ltc dunning list --state approved")
        }
        if paper.isOvertaken {
            throw Problem(
                .refused, "superseded",
                "since notice \(row.id) was handed out, another one of the account reached its customer, and charged for both",
                advice: "leave it, or ltc dunning reject \(row.id) if it still waits")
        }
        if row.state != "approved", paper.isSuperseded {
            throw Problem(
                .refused, "superseded", "notice \(row.id) is \(row.state), and a later one has taken its place",
                advice: "ltc dunning reject that one if it has not gone out: ltc dunning list")
        }
        guard !paper.isCurrent else { return }
        try db.execute(DunningSQL.DropItems(notice: row.id, keeping: []))
        try db.execute(DunningSQL.RestorePaper(paper: paper.id))
    }

    /// It came back, or could not be sent: the levels that it reached are as before, its charges are taken back, and the next
    /// channel of its level is tried, with what is open now; unless nothing of it is asked for any more, when it is cancelled.
    ///
    /// - Parameter reason: `bounced`, `returned` or why a mail failed, a stable code
    /// - Throws: a `Problem` when it was not sent.
    package static func returned(
        _ notices: [Int], reason: String, actor: String, at now: Date, in db: isolated Connection
    ) throws -> [DunInvoicesReport.Notice] {
        let rows = try lock(notices, in: ["sent", "bounced", "failed"], because: "was not sent", db)
        for row in rows {
            try withdraw(row.id, because: reason, actor: actor, at: now, in: db)
            // What was rejected and had gone out all the same is left as it was rejected.
            if try db.first(DunningSQL.SentFrom(notice: row.id))?.fromState == "rejected" {
                try db.execute(DunningSQL.RejectNotices(notices: [row.id], reason: reason, at: now))
                try record("notice_returned", from: [row], [row.id], actor, now, reason, in: db)
                continue
            }
            let next = try level(of: row, in: db)?.channel(
                after: DunningChannel(rawValue: row.channel), hasEmail: row.hasEmail, hasAddress: row.hasAddress)
            try DunningGate.lookAgain(row.id, at: now, in: db) {
                try db.execute(
                    DunningSQL.SetChannel(notice: row.id, channel: (next ?? .call).rawValue, reason: reason))
                try record("notice_returned", from: [row], [row.id], actor, now, reason, in: db)
            }
        }
        try reconsiderBeside(notices, at: now, in: db)
        let papers = try NoticePaper.load(notices, in: db)
        try NoticeDispatch.current(at: now, in: db).publish(papers.map(\.head), run: nil, in: db)
        return described(papers)
    }

    /// What waits to go out of the same accounts may ask for what was taken back, or build on a level that is not reached.
    private static func reconsiderBeside(_ notices: [Int], at now: Date, in db: isolated Connection) throws {
        for notice in try db.run(DunningSQL.UnsentBeside(notices: notices)) {
            _ = try DunningGate.reconsider(notice.id, at: now, in: db)
        }
    }

    /// It was wrong: its levels are withdrawn, its charges are taken back, and its day is free for another notice.
    ///
    /// - Throws: a `Problem` when it was not sent (an unsent one is rejected).
    package static func reverse(
        _ notices: [Int], reason: String, actor: String, at now: Date, in db: isolated Connection
    ) throws -> [DunInvoicesReport.Notice] {
        let rows = try lock(notices, in: ["sent", "bounced", "uncertain", "failed"], because: "was not sent", db)
        for row in rows {
            try withdraw(row.id, because: "reversed", actor: actor, at: now, in: db)
            try db.execute(DunningSQL.SetNoticeState(notice: row.id, state: "reversed", reason: reason))
        }
        try record("notice_reversed", from: rows, notices, actor, now, reason, in: db)
        try reconsiderBeside(notices, at: now, in: db)
        return described(try NoticePaper.load(notices, in: db))
    }

    /// Whatever says that the customer has a notice: its levels are reached and its charges posted.
    ///
    /// - Parameter day: from which the interval counts
    static func accept(
        _ notice: Int, on day: CalendarDate, actor: String, at now: Date, in db: isolated Connection
    ) throws {
        try db.execute(DunningSQL.ReachLevels(notice: notice, at: now, actor: actor, onDay: day))
        try db.execute(ChargesSQL.PostCharges(notice: notice, at: now, actor: actor))
        // A payment that is known by now may show that not all of it is owed.
        let paid = try db.run(ChargesSQL.PaidItemsOf(notice: notice)).map(\.id)
        if !paid.isEmpty { try ExcessCharges.look(at: paid, actor: actor, at: now, in: db) }
        try AllocateReceipts.payCharges(of: notice, actor: actor, at: now, in: db)
    }

    private static func withdraw(
        _ notice: Int, because reason: String, actor: String, at now: Date, in db: isolated Connection
    ) throws {
        try db.execute(DunningSQL.WithdrawLevels(notice: notice, at: now, actor: actor, reason: reason))
        try db.execute(ChargesSQL.ReverseCharges(notice: notice, at: now, actor: actor, reason: reason))
        try db.execute(ChargesSQL.WithdrawWriteOffs(notice: notice, at: now, actor: actor, reason: reason))
    }

    /// The level as the configuration of the notice's run describes it.
    private static func level(
        of row: DunningSQL.LockNotices.Row, in db: isolated Connection
    ) throws -> DunningLevel? {
        guard let document = try db.first(DunningSQL.ConfigurationOf(run: row.run))?.document else { return nil }
        let policy = try JSONDecoder().decode(Company.self, from: Data(document.utf8)).dunning
        return policy.procedures.first { $0.name == row.procedure }?.at(row.level)
    }
}

extension DunningDesk {
    /// The instant of a business time for whom notices belong to: a day's last in their zones, and where these are several, in
    /// the one in which it ends first.
    package static func instant(_ asOf: AsOf, of notices: [Int], in db: isolated Connection) throws -> Date {
        let zones = Set(try db.run(DunningSQL.LockNotices(notices: notices)).map(\.zone))
        return zones.map(asOf.instant).min() ?? asOf.instant(on: .plain)
    }
}

extension AsOf {
    /// The instant for what may be of any team: of a day its end where it ends first.
    package func instant(ofAll db: isolated Connection) throws -> Date {
        let teams = try DirectoryStore.load(asOf: Date(), in: db).teams
        return teams.map { instant(on: $0.clock) }.min() ?? instant(on: .plain)
    }

    /// The instant in a zone; a zone that this machine lacks counts as GMT.
    package func instant(in zone: String) -> Date {
        instant(
            on: WorkingClock(
                zone: TimeZone(identifier: zone) ?? .gmt, hours: .officeHours, calendar: BusinessCalendar(nil)))
    }
}
