import Domain
package import Foundation
import Store

/// `ltc.run.remind-follow-ups`.
package struct RemindFollowUpsReport: AutomationReport {
    package struct Reminder: Encodable, Sendable, Hashable {
        package struct Subject: Encodable, Sendable, Hashable {
            package var kind: String
            package var id: Int
            package var name: String
        }

        package var subject: Subject
        /// Who is told: the owner, or the manager of an escalation.
        package var member: String
        package var rule: String
        package var dueAt: Date
        package var kind: String
    }

    /// A lead that went back to the pool; no rule does that yet.
    package struct Reclaimed: Encodable, Sendable, Hashable {
        package var lead: Int
        package var from: String
        package var reason: String
    }

    package private(set) var reminders: [Reminder] = []
    package private(set) var reclaimed: [Reclaimed] = []
    /// When the first of those that wait falls due.
    package private(set) var nextDueAt: Date?

    package init() {}

    init(_ sayings: [FollowUpStore.Saying], nextDueAt: Date?, _ directory: Directory) {
        self.nextDueAt = nextDueAt == .distantFuture ? nil : nextDueAt
        reminders = sayings.map { saying in
            let subject = saying.subject
            return Reminder(
                subject: .init(kind: subject.subject.kind.rawValue, id: subject.subject.id, name: subject.name),
                member: directory.member(id: saying.member)?.code ?? "", rule: saying.rule, dueAt: saying.dueAt,
                kind: saying.kind.rawValue)
        }
    }

    package mutating func add(_ other: RemindFollowUpsReport) {
        reminders += other.reminders
        reclaimed += other.reclaimed
        nextDueAt = [nextDueAt, other.nextDueAt].compactMap(\.self).min()
    }

    package var counts: [String: Int] {
        [
            "reminders": reminders.count { $0.kind == "reminder" },
            "escalations": reminders.count { $0.kind == "escalation" }, "reclaimed": reclaimed.count,
        ]
    }
}
