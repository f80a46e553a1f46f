import Domain
import Foundation
import Postgres
import Store

/// A dunning mail that stays here and waits for a person: finance is told why.
enum StuckNotice {
    static let subjectKind = "notice-stuck"

    /// In the transaction that records it. Once a run: what keeps one mail here may keep thousands.
    ///
    /// - Parameters:
    ///   - run: that proposed the notice
    ///   - reason: a stable code
    static func tell(
        _ message: QueuedMessage, of run: Int, because reason: String, at now: Date, in db: isolated Connection
    ) throws {
        guard try db.run(MessagesSQL.AboutSubject(subjectKind: subjectKind, subject: run)).isEmpty else { return }
        let words = try db.first(MessagesSQL.AnswerOf(id: message.id))?.answer
        let notice = message.subjectId
        try Outbox.post(
            DirectoryStore.load(asOf: now, in: db).finance(of: message.teamId).compactMap { member in
                guard let email = member.email else { return nil }
                let isChinese = member.language.hasPrefix("zh")
                let body =
                    (isChinese
                        ? "本封催款函未发出（\(reason)）：\(message.subject)\n"
                        : "This dunning mail did not go out (\(reason)): \(message.subject)\n")
                    + (words.map { "\($0)\n" } ?? "") + "\n"
                    + (isChinese ? "同一次催款中其他未发出的：\n" : "Others of the same run that did not:\n")
                        + """
                        ltc dunning list --run \(run) --state held
                        ltc dunning list --run \(run) --state failed
                        ----
                        ltc dunning show \(notice)
                        ltc message retry \(message.id)
                        ltc dunning confirm \(notice) --returned

                        """
                return OutgoingMessage(
                    kind: .reminder, team: message.teamId, subjectKind: subjectKind, subjectID: run, member: member.id,
                    recipient: email,
                    subject: isChinese ? "催款函未发出：\(message.subject)" : "A dunning mail stays here: \(message.subject)",
                    body: body, language: member.language)
            }, in: db)
    }
}

extension Directory {
    /// Who answers for a team: its manager, or where there is none everybody in it.
    func finance(of team: Int) -> [Member] {
        manager(of: team).map { [$0] } ?? seats(of: team).compactMap { member(id: $0.member) }
    }
}
