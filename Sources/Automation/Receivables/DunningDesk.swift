import Domain
package import Foundation
package import Postgres
import Store

/// What people decide about notices.
package enum DunningDesk {
    /// Ids of the notices named by id or legal number; of all that wait for approval when none is named.
    ///
    /// - Throws: a `Problem` that names the first one that does not exist.
    package static func find(_ keys: [String], team: String? = nil, in db: isolated Connection) throws -> [Int] {
        let rows = try db.run(DunningSQL.NoticesByKey(keys: keys, team: team))
        if let missing = keys.first(where: { key in !rows.contains { "\($0.id)" == key || $0.key == key } }) {
            throw Problem(.refused, "no_such_notice", "there is no notice '\(missing)'", advice: "ltc dunning list")
        }
        return rows.map(\.id)
    }

    /// Draws the legal numbers, prints the letters again with them, and puts them into the outbox.
    ///
    /// - Throws: a `Problem` when one of them does not wait for approval; then none is approved.
    package static func approve(
        _ notices: [Int], actor: String, at now: Date, isPreview: Bool = false, in db: isolated Connection
    ) throws -> [DunInvoicesReport.Notice] {
        let rows = try lock(notices, in: db)
        if let row = rows.first(where: { !$0.hasAddress }) {
            throw Problem(
                .refused, "no_address", "the customer of notice \(row.id) has no e-mail address",
                advice: "import the customer again with an address, then approve")
        }
        try db.execute(DunningSQL.ApproveNotices(notices: notices, actor: actor, now: now, drawsNumbers: !isPreview))
        try record("notice_approved", from: rows, notices, actor, now, nil, in: db)
        let papers = try NoticePaper.load(notices, in: db)
        try NoticePaper.publish(papers, run: nil, in: db)
        return described(papers)
    }

    /// The account is left alone until the next day's run.
    package static func reject(
        _ notices: [Int], reason: String?, actor: String, at now: Date, in db: isolated Connection
    ) throws -> [DunInvoicesReport.Notice] {
        let rows = try lock(notices, in: db)
        try db.execute(DunningSQL.RejectNotices(notices: notices, reason: reason))
        try record("notice_rejected", from: rows, notices, actor, now, reason, in: db)
        return described(try NoticePaper.load(notices, in: db))
    }

    private static func lock(_ notices: [Int], in db: isolated Connection) throws -> [DunningSQL.LockNotices.Row] {
        let rows = try db.run(DunningSQL.LockNotices(notices: notices))
        if let row = rows.first(where: { $0.state != "proposed" && $0.state != "held" }) {
            throw Problem(
                .refused, "wrong_state", "notice \(row.id) is \(row.state) and does not wait for a decision",
                advice: "ltc dunning list --state proposed")
        }
        return rows
    }

    private static func record(
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

    private static func described(_ papers: [NoticePaper]) -> [DunInvoicesReport.Notice] {
        var report = DunInvoicesReport()
        for paper in papers { report.add(paper) }
        return report.notices
    }
}
