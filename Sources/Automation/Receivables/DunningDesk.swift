import Domain
package import Foundation
package import Postgres
import Store

/// What people decide about notices.
package enum DunningDesk {
    /// Ids of the notices named by id or legal number; of all that wait for approval when none is named.
    ///
    /// - Throws: a `Problem` that names the first one that does not exist, or for an unknown team.
    package static func find(_ keys: [String], team: String? = nil, in db: isolated Connection) throws -> [Int] {
        if let team, try DirectoryStore.load(asOf: Date(), in: db).team(code: team) == nil {
            throw AutomationRunner.unknownTeam(team)
        }
        let rows = try db.run(DunningSQL.NoticesByKey(keys: keys, team: team))
        if let missing = keys.first(where: { key in !rows.contains { "\($0.id)" == key || $0.key == key } }) {
            throw Problem(.refused, "no_such_notice", "there is no notice '\(missing)'", advice: "ltc dunning list")
        }
        return rows.map(\.id)
    }

    /// What somebody saw of a notice before approving it, in minor units; nil is not said.
    package struct Seen {
        var totalMinor: Int?
        var openMinor: Int?

        package init(totalMinor: Int?, openMinor: Int? = nil) {
            (self.totalMinor, self.openMinor) = (totalMinor, openMinor)
        }

        fileprivate func covers(_ notice: DunningSQL.LockNotices.Row) -> Bool {
            notice.totalMinor <= totalMinor ?? .max && notice.openMinor <= openMinor ?? .max
        }
    }

    /// Draws the legal numbers, and puts the letters into the outbox. One of which nothing is left to ask for is cancelled, and one that
    /// asks for more by now stays proposed, with its new total: nobody approves what nobody saw.
    ///
    /// Four eyes: who started the run that proposed a notice does not approve it.
    ///
    /// - Parameters:
    ///   - seen: what was seen of some; the total that was last proposed if nothing is said
    ///   - leavesOwn: what `actor` proposed is left to somebody else, as far as there are others.
    /// - Throws: a `Problem` when one of them does not wait for approval, or was proposed by `actor`; then none is approved.
    package static func approve(
        _ notices: [Int], seen: [Int: Seen] = [:], actor: String, at now: Date, leavesOwn: Bool = false,
        isPreview: Bool = false,
        in db: isolated Connection
    ) throws -> [DunInvoicesReport.Notice] {
        var rows = try lock(notices, db)
        if leavesOwn, rows.contains(where: { $0.proposer != actor }) { rows.removeAll { $0.proposer == actor } }
        if let row = rows.first(where: { $0.proposer == actor }) {
            throw Problem(
                .refused, "own_proposal", "\(actor) started run \(row.run), which proposed notice \(row.id)",
                advice: "let somebody else approve it")
        }
        // What fell away since it was proposed is not approved.
        let looked = rows.map(\.id)
        var over = Set(
            try db.run(DunningSQL.ChangedAmong(notices: looked)).map(\.id).filter { notice in
                try !DunningGate.reconsider(notice, at: now, in: db)
            })
        for (row, current) in zip(rows, try db.run(DunningSQL.LockNotices(notices: looked))) {
            let seen = seen[row.id] ?? Seen(totalMinor: row.totalMinor)
            if !seen.covers(current) { over.insert(row.id) }
        }
        rows.removeAll { over.contains($0.id) }
        let notices = rows.map(\.id)
        try db.execute(DunningSQL.ApproveNotices(notices: notices, actor: actor, now: now, drawsNumbers: !isPreview))
        try record("notice_approved", from: rows, notices, actor, now, nil, in: db)
        let papers = try NoticePaper.load(looked, in: db)
        try NoticeDispatch.current(at: now, in: db).publish(papers.map(\.head), run: nil, in: db)
        return described(papers)
    }

    /// The account is left alone until the next day's run. What was approved is taken back as long as it has not gone out; who has it in
    /// hand is told to leave it.
    package static func reject(
        _ notices: [Int], reason: String?, actor: String, at now: Date, in db: isolated Connection
    ) throws -> [DunInvoicesReport.Notice] {
        let rows = try lock(notices, in: ["proposed", "held", "approved"], db)
        try db.execute(DunningSQL.RejectNotices(notices: notices, reason: reason, at: now))
        try record("notice_rejected", from: rows, notices, actor, now, reason, in: db)
        for row in rows where try db.one(DunningSQL.IsInHand(notice: row.id)).isInHand {
            try NoticeNews.isOver(row.id, because: reason ?? "rejected", at: now, in: db)
        }
        return described(try NoticePaper.load(notices, in: db))
    }

    /// - Throws: a `Problem` when one is in none of the states.
    static func lock(
        _ notices: [Int], in states: [String] = ["proposed", "held"],
        because what: String = "does not wait for a decision",
        _ db: isolated Connection
    ) throws -> [DunningSQL.LockNotices.Row] {
        let rows = try db.run(DunningSQL.LockNotices(notices: notices))
        if let row = rows.first(where: { !states.contains($0.state) }) {
            throw Problem(
                .refused, "wrong_state", "notice \(row.id) is \(row.state) and \(what)",
                advice: row.state == "approved" && row.channel != DunningChannel.mail.rawValue
                    ? "ltc dunning confirm \(row.id) --on DAY if it has gone out, ltc dunning reject \(row.id) if it is not to"
                    : "ltc dunning list --state \(states[0])")
        }
        return rows
    }

    static func record(
        _ kind: String, from rows: [DunningSQL.LockNotices.Row], _ notices: [Int], _ actor: String, _ now: Date,
        _ reason: String?, in db: isolated Connection
    ) throws {
        for state in Set(rows.map(\.state)).sorted() {
            try db.execute(
                DunningSQL.RecordNoticeEvents(
                    notices: rows.filter { $0.state == state }.map(\.id), kind: kind, fromState: state, actor: actor,
                    at: now, run: nil, version: nil, reason: reason))
        }
    }

    static func described(_ papers: [NoticePaper]) -> [DunInvoicesReport.Notice] {
        papers.map(DunInvoicesReport.Notice.init)
    }
}
