import Domain
import Foundation
import Postgres
import Store

/// A dunning mail that waits for a person: finance is told why, and how to go on.
enum StuckNotice {
    static let subjectKind = "notice-stuck"

    /// In the transaction that records it. Once a run: what keeps one mail here may keep thousands.
    ///
    /// - Parameters:
    ///   - run: that proposed the notice
    ///   - fate: `held`, `failed` or `uncertain`
    ///   - reason: a stable code
    static func tell(
        _ message: QueuedMessage, of run: Int, _ fate: DeliveryHooks.Fate, because reason: String, at now: Date,
        in db: isolated Connection
    ) throws {
        // Another daemon may be about to tell of the same run.
        _ = try db.one(MessagesSQL.TakeTurnToTell(run: run))
        guard try db.run(MessagesSQL.AboutSubject(subjectKind: subjectKind, subject: run)).isEmpty else { return }
        let answer = try db.first(MessagesSQL.AnswerOf(id: message.id))?.answer
        let commands =
            fate == .uncertain
            ? ["ltc message resolve \(message.id) arrived|again|failed"]
            : ["ltc message retry \(message.id)", "ltc dunning confirm \(message.subjectId) --returned"]
        try Outbox.post(
            DirectoryStore.load(asOf: now, in: db).finance(of: message.teamId).compactMap { member in
                guard let email = member.email else { return nil }
                let words = member.language.hasPrefix("zh") ? Words.chinese : Words.english
                let lines =
                    ["\(fate == .uncertain ? words.isUncertain : words.isHere) (\(reason)): \(message.subject)"]
                    + (answer.map { [$0] } ?? []) + ["", words.others]
                    + ["held", "failed", "uncertain"].map { "ltc dunning list --run \(run) --state \($0)" }
                    + ["----", "ltc dunning show \(message.subjectId)"] + commands
                return OutgoingMessage(
                    kind: .reminder, team: message.teamId, subjectKind: subjectKind, subjectID: run, member: member.id,
                    recipient: email,
                    subject: "\(fate == .uncertain ? words.uncertainTitle : words.title): \(message.subject)",
                    body: lines.joined(separator: "\n") + "\n", language: member.language)
            }, in: db)
    }

    private struct Words {
        let title, uncertainTitle, isHere, isUncertain, others: String

        static let english = Words(
            title: "A dunning mail stays here", uncertainTitle: "A dunning mail may have arrived or not",
            isHere: "This dunning mail did not go out",
            isUncertain:
                "Nobody knows whether this dunning mail arrived: ask the customer or look into the mail server's log",
            others: "Others of the same run that wait:")
        static let chinese = Words(
            title: "催款函未发出", uncertainTitle: "催款函是否送达不明", isHere: "本封催款函未发出",
            isUncertain: "本封催款函是否送达不明：请询问客户或查看邮件服务器日志", others: "同一次催款中其他等待处理的：")
    }
}

extension Directory {
    /// Who answers for a team: its manager, or where there is none everybody in it.
    func finance(of team: Int) -> [Member] {
        manager(of: team).map { [$0] } ?? seats(of: team).compactMap { member(id: $0.member) }
    }
}
