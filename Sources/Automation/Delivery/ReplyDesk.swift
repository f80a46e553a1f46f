import Delivery
import Domain
import Foundation
import Postgres
import Store

/// What members answer by mail: a command that is carried out in their name.
///
/// A reply that cannot be taken changes nothing, and each sender is told why once a message at most; never a machine
/// (RFC 3834), so that no two programs write to each other for ever.
enum ReplyDesk {
    /// - Returns: false when this very mail was taken before.
    static func take(
        _ echo: Echo, _ hash: String, on message: QueuedMessage, at now: Date, in db: isolated Connection
    ) throws -> Bool {
        let before = try db.one(
            EchoesSQL.ReplyState(message: message.id, sha256: hash, sender: echo.sender?.mailbox ?? ""))
        guard !before.isKnown, case .reply(let words) = echo.kind else { return false }
        let command = ReplyCommand(words)
        var outcome = "taken"
        var problem: Problem?
        if echo.isAutomatic {
            outcome = "automatic"
        } else {
            do {
                if before.isUsed {
                    throw Problem(.refused, "answered_before", "this message was answered before")
                }
                try perform(command, of: echo, on: message, at: now, in: db)
            } catch let refusal as Problem {
                (outcome, problem) = (refusal.code, refusal)
            }
        }
        _ = try db.first(
            EchoesSQL.Note(
                message: message.id, kind: "reply", sha256: hash, sender: echo.from, subject: echo.subject,
                body: words.replacing("\0", with: ""), command: command?.description, outcome: outcome))
        if let problem, !before.isAnswered { try answer(problem, to: echo, on: message, in: db) }
        return true
    }

    /// - Throws: a `Problem`, before anything is written, when it cannot be done.
    private static func perform(
        _ command: ReplyCommand?, of echo: Echo, on message: QueuedMessage, at now: Date, in db: isolated Connection
    ) throws {
        let directory = try DirectoryStore.load(asOf: now, in: db)
        guard let sender = echo.sender?.mailbox, sender == message.recipient.lowercased(),
            let member = message.memberId.flatMap({ directory.member(id: $0) })
        else { throw Problem(.refused, "wrong_sender", "this message was written to somebody else") }
        guard let command else {
            throw Problem(
                .refused, "unknown_command", "the first line of your reply is none of: \(words(for: message))")
        }
        switch (command, message.subjectKind) {
        case (.done, "lead"):
            try db.execute(
                FollowUpsSQL.LogNote(
                    subjectKind: "lead", subject: message.subjectId, team: message.teamId, member: member.id, at: now,
                    note: "done"))
            try FollowUpWake.everybody(asOf: now, in: db)
        case (.claim, "lead"):
            try ClaimLead.claim(message.subjectId, by: member.code, actor: member.code, at: now, in: db)
        case (.claim, "reminder"):
            let reminder = try db.run(FollowUpsSQL.LockReminders(ids: [message.subjectId])).first
            guard let reminder, reminder.subjectKind == "lead" else { throw notHere(command, message) }
            try ClaimLead.claim(reminder.subjectId, by: member.code, actor: member.code, at: now, in: db)
        case (.done, DunningTask.subjectKind):
            let advice = "if this one went out, say when: ltc dunning confirm \(message.subjectId) --on DAY"
            if try db.one(DunningSQL.HasLaterTask(message: message.id)).hasLater {
                throw Problem(
                    .refused, "superseded", "a later message asks for another one, or it came back", advice: advice)
            }
            do {
                _ = try DunningDesk.confirm(
                    [message.subjectId], on: nil, actor: member.code, asOf: .instant(now), in: db)
            } catch var problem as Problem where problem.place == "--on" {
                problem.advice = advice
                throw problem
            }
        case (_, "reminder"), (_, "run"):
            let reminders = try reminders(of: message, member.id, in: db)
            guard !reminders.isEmpty, let answer = ReminderDesk.Answer(command) else { throw notHere(command, message) }
            _ = try ReminderDesk.answer(reminders, answer, actor: member.code, at: now, in: db)
        default: throw notHere(command, message)
        }
    }

    private static func reminders(
        of message: QueuedMessage, _ member: Int, in db: isolated Connection
    ) throws -> [Int] {
        guard message.subjectKind == "run" else { return [message.subjectId] }
        return try db.run(
            FollowUpsSQL.OpenOfMessage(run: message.subjectId, member: member, kind: message.kind)
        ).map(\.id)
    }

    private static func notHere(_ command: ReplyCommand, _ message: QueuedMessage) -> Problem {
        Problem(
            .refused, "not_for_this",
            "'\(command)' says nothing about this message, which takes: \(words(for: message))")
    }

    /// What may be answered to a message; empty where nothing may.
    static func words(for message: QueuedMessage) -> String {
        switch (message.subjectKind, message.kind) {
        case (_, OutgoingMessage.Kind.digest.rawValue): ""
        case ("lead", _): "done, claim"
        case ("reminder", _): "done, snooze 3d, waiting, claim"
        case ("run", _): "done, snooze 3d, waiting"
        case (DunningTask.subjectKind, _): "done"
        default: ""
        }
    }

    private static func answer(
        _ problem: Problem, to echo: Echo, on message: QueuedMessage, in db: isolated Connection
    ) throws {
        guard let sender = echo.sender else { return }
        let isChinese = message.language.hasPrefix("zh")
        let body =
            (isChinese ? "您的回复未被执行：\(problem.what)\n" : "Your reply was not taken: \(problem.what).\n")
            + (problem.advice.map { "\($0)\n" } ?? "")
        try Outbox.post(
            [
                OutgoingMessage(
                    kind: .answer, team: message.teamId, subjectKind: "message", subjectID: message.id,
                    recipient: sender.mailbox, subject: "Re: \(message.subject)", body: body,
                    language: message.language)
            ], in: db)
    }
}

extension ReminderDesk.Answer {
    /// Nil for a command that is no answer to a reminder.
    init?(_ command: ReplyCommand) {
        switch command {
        case .done: self = .done
        case .snooze(let span): self = .again(after: span, reason: .snoozed)
        case .waiting(let span): self = .again(after: span, reason: .waiting)
        case .claim: return nil
        }
    }
}
