package import Domain
package import Foundation
package import Postgres
import Store

/// What people answer to reminders.
package enum ReminderDesk {
    package enum Answer: Sendable, Hashable {
        /// It was followed up: the rules count from now on.
        case done
        /// Again after so much working time of whom it tells; the manager hears of it no earlier.
        case again(after: WorkingSpan, reason: Reason)
    }

    package enum Reason: String, Sendable {
        case snoozed
        /// Somebody else has to move first.
        case waiting
    }

    package struct Answered: Encodable, Sendable {
        package let reminder: Int
        package let state: String
        package let reason: String
        package let until: Date?
    }

    /// - Throws: a `Problem` when there is no such reminder, or one is over; then none is answered.
    package static func answer(
        _ reminders: [Int], _ answer: Answer, actor: String, at now: Date, in db: isolated Connection
    ) throws -> [Answered] {
        let rows = try db.run(FollowUpsSQL.LockReminders(ids: reminders))
        if let missing = Set(reminders).subtracting(rows.map(\.id)).min() {
            throw Problem(.refused, "no_such_reminder", "there is no reminder \(missing)", advice: "ltc reminder list")
        }
        let states: Set = answer == .done ? ["due", "sent", "escalated"] : ["due", "sent"]
        if let over = rows.first(where: { !states.contains($0.state) }) {
            throw Problem(
                .refused, "reminder_is_over",
                "reminder \(over.id) is \(over.state)" + (over.reason.map { " (\($0))" } ?? ""),
                advice: "ltc reminder list --state sent")
        }
        let directory = try DirectoryStore.load(asOf: now, in: db)
        let answered = try rows.map { row in
            switch answer {
            case .done: try done(row, actor, now, in: db)
            case .again(let span, let reason): try again(row, after: span, reason, directory, actor, now, in: db)
            }
        }
        try FollowUpWake.everybody(asOf: now, in: db)
        return answered
    }

    private static func done(
        _ row: FollowUpsSQL.LockReminders.Row, _ actor: String, _ now: Date, in db: isolated Connection
    ) throws -> Answered {
        try db.execute(FollowUpsSQL.Answer(id: row.id, state: "acknowledged", reason: "done", snoozedUntil: nil))
        try db.execute(
            FollowUpsSQL.LogNote(
                subjectKind: row.subjectKind, subject: row.subjectId, team: row.team, member: row.member, at: now,
                note: "done"))
        try record("reminder_acknowledged", row, "done", nil, actor, now, in: db)
        return Answered(reminder: row.id, state: "acknowledged", reason: "done", until: nil)
    }

    private static func again(
        _ row: FollowUpsSQL.LockReminders.Row, after span: WorkingSpan, _ reason: Reason, _ directory: Directory,
        _ actor: String, _ now: Date, in db: isolated Connection
    ) throws -> Answered {
        guard ReplyCommand.isSensible(span) else {
            throw Problem(
                .usage, "bad_span", "\(span) is nothing, or longer than a quarter of a year", place: "--for",
                advice: "name working time such as 4h or 3d")
        }
        let until = directory.clock(of: row.member, in: row.team).instant(after: span, from: now)
        try db.execute(FollowUpsSQL.Answer(id: row.id, state: "due", reason: reason.rawValue, snoozedUntil: until))
        try record("reminder_snoozed", row, reason.rawValue, until, actor, now, in: db)
        let isChinese = row.language.hasPrefix("zh")
        let name = "\(row.name) (\(row.subjectKind) \(row.subjectId))"
        var message = OutgoingMessage(
            kind: row.kind == "escalation" ? .escalation : .reminder, team: row.team, subjectKind: "reminder",
            subjectID: row.id, member: row.member, recipient: row.email ?? "",
            subject: isChinese ? "再次提醒：\(row.name)" : "Again: \(row.name)",
            body: isChinese
                ? "您曾要求再次提醒：\(name)\n详情：ltc \(row.subjectKind) show \(row.subjectId)\n"
                : "You wanted to hear of this again: \(name)\nltc \(row.subjectKind) show \(row.subjectId)\n",
            language: row.language)
        message.notBefore = until
        try Outbox.post([message], in: db)
        return Answered(reminder: row.id, state: "due", reason: reason.rawValue, until: until)
    }

    private static func record(
        _ kind: String, _ row: FollowUpsSQL.LockReminders.Row, _ reason: String, _ until: Date?, _ actor: String,
        _ now: Date, in db: isolated Connection
    ) throws {
        let detail = ["reminder": "\(row.id)", "until": until?.ISO8601Format()].compactMapValues { $0 }
        try db.execute(
            FollowUpsSQL.RecordAnswer(
                subjectKind: row.subjectKind, subject: row.subjectId, team: row.team, kind: kind, member: row.member,
                at: now, actor: actor, rule: row.rule, reason: reason,
                detail: String(decoding: try JSONEncoder().encode(detail), as: UTF8.self)))
    }
}
