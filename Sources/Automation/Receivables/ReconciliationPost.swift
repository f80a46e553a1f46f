import Delivery
import Domain
import Foundation
import Postgres
import Store

/// The messages with letters of reconciliation. The letter is printed when the first of them is sent.
enum ReconciliationPost {
    /// What such a message is about.
    static let subjectKind = "reconciliation"

    /// To the customer, or to who posts the letter; none where neither has an address.
    static func messages(
        for row: ReconciliationsSQL.ToSend.Row, _ month: CalendarMonth, _ dispatch: NoticeDispatch, run: Int?
    ) -> [OutgoingMessage] {
        let start = dispatch.dueAt(.init(team: row.team, country: row.country))
        guard let email = row.email else { return tasks(for: row, because: nil, dispatch, notBefore: start, run: run) }
        let mail = ReconciliationMail(
            number: row.number, creditor: row.creditorName, day: month.last, language: row.language)
        var message = OutgoingMessage(
            kind: .reconciliation, team: row.team, subjectKind: subjectKind, subjectID: row.id, customer: row.customer,
            recipient: email, subject: mail.subject, body: mail.text, language: row.language, run: run)
        message.notBefore = start
        return [message]
    }

    private static func tasks(
        for row: ReconciliationsSQL.ToSend.Row, because reason: String?, _ dispatch: NoticeDispatch, notBefore: Date?,
        run: Int?
    ) -> [OutgoingMessage] {
        dispatch.directory.finance(of: row.team).compactMap { member in
            guard let email = member.email else { return nil }
            let isChinese = member.language.hasPrefix("zh")
            let customer = "\(row.customerNumber) \(row.customerName)"
            let what = isChinese ? "请邮寄对账函 \(row.number)" : "Post the letter of reconciliation \(row.number)"
            let next = [
                "ltc reconciliation confirm \(row.number)",
                "ltc reconciliation differ \(row.number) --amount A --note TEXT",
            ]
            var message = OutgoingMessage(
                kind: .reconciliation, team: row.team, subjectKind: subjectKind, subjectID: row.id, member: member.id,
                recipient: email, subject: "\(what): \(customer)",
                body: "\(what): \(customer)\n\(reason.map { "(\($0))\n" } ?? "")\n"
                    + "\(isChinese ? "客户答复后执行" : "When they answer"):\n" + next.joined(separator: "\n") + "\n",
                language: member.language, run: run)
            message.notBefore = notBefore
            return message
        }
    }

    /// Just before it is sent: it still wants an answer, and is printed.
    static func look(_ message: QueuedMessage, in db: isolated Connection) throws -> DeliveryHooks.Verdict {
        let now = try db.one(ReconciliationsSQL.Standing(reconciliation: message.subjectId))
        if now.isAnswered { return .cancel(reason: "answered") }
        if now.isSuperseded { return .cancel(reason: "superseded") }
        guard !now.isPrinted else { return .send }
        do {
            try ReconciliationPress.keep(message.subjectId, in: db)
            return .send
        } catch let mistake as LetterMistake {
            return .hold(reason: mistake.reason, words: "\(mistake)")
        }
    }

    /// What does not reach the customer by mail is posted by somebody in the house.
    static func settled(
        _ message: QueuedMessage, _ fate: DeliveryHooks.Fate, reason: String?, at now: Date, in db: isolated Connection
    ) throws {
        guard fate == .failed || fate == .bounced, message.memberId == nil else { return }
        let row = try db.one(ReconciliationsSQL.ToSend(reconciliations: [message.subjectId]))
        let dispatch = try NoticeDispatch.current(at: now, in: db)
        try Outbox.post(
            tasks(for: row, because: reason ?? fate.rawValue, dispatch, notBefore: nil, run: nil), in: db)
    }
}
