import Domain
import Foundation
import Store

/// What owners and managers read of what lies still: one mail a person and run, however much there is.
struct FollowUpMail {
    private let run: RunContext
    private let team: Team

    init(_ run: RunContext, _ team: Team) {
        self.run = run
        self.team = team
    }

    func messages(_ sayings: [(id: Int, saying: FollowUpStore.Saying)]) -> [OutgoingMessage] {
        let byKind = Dictionary(grouping: sayings) { $0.saying.kind }
        return [FollowUpStore.Saying.Kind.reminder, .escalation].flatMap { kind in
            let byMember = Dictionary(grouping: byKind[kind] ?? []) { $0.saying.member }
            return run.directory.members.compactMap { member in
                byMember[member.id].map { message(kind, to: member, $0) }
            }
        }
    }

    private func message(
        _ kind: FollowUpStore.Saying.Kind, to member: Member, _ sayings: [(id: Int, saying: FollowUpStore.Saying)]
    ) -> OutgoingMessage {
        let text = Text(
            kind: kind, isChinese: member.language == "zh", sayings: sayings.map(\.saying), run: run, team: team)
        let only = sayings.count == 1 ? sayings.first : nil
        return OutgoingMessage(
            kind: kind == .reminder ? .reminder : .escalation, team: team.id,
            subjectKind: only == nil ? "run" : "reminder", subjectID: only?.id ?? run.runID, member: member.id,
            recipient: member.email ?? "", subject: text.subject,
            body: text.body(to: member), language: member.language, run: run.runID)
    }

    private struct Text {
        let kind: FollowUpStore.Saying.Kind
        let isChinese: Bool
        let sayings: [FollowUpStore.Saying]
        let run: RunContext
        let team: Team

        private func word(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

        var subject: String {
            if let only = sayings.first, sayings.count == 1 {
                return kind == .reminder
                    ? word("Follow up: \(only.subject.name)", "请跟进：\(only.subject.name)")
                    : word("Not followed up: \(only.subject.name)", "未跟进：\(only.subject.name)")
            }
            return kind == .reminder
                ? word("\(sayings.count) follow-ups are due", "有\(sayings.count)项待跟进")
                : word("\(sayings.count) follow-ups were not done", "有\(sayings.count)项未及时跟进")
        }

        func body(to member: Member) -> String {
            let opening =
                kind == .reminder
                ? word("these of yours lie still and are due:", "以下线索或商机已到跟进时间：")
                : word("these lie still although their owners were reminded:", "以下事项已提醒负责人，仍未跟进：")
            return ([word("Hello \(member.name),", "\(member.name)，您好："), "", opening, ""] + sayings.map(line))
                .joined(separator: "\n") + "\n"
        }

        private func line(_ saying: FollowUpStore.Saying) -> String {
            let subject = saying.subject.subject
            let noun = subject.kind == .lead ? word("lead", "线索") : word("opportunity", "商机")
            var line = "- \(saying.subject.name) (\(noun) \(subject.id), \(subject.state))"
            if let since = subject.since {
                line += word(": still since ", "：最近进展 ") + since.told(in: team.clock.zone)
            }
            line += word("; due ", "；应于 ") + saying.dueAt.told(in: team.clock.zone)
            if kind == .escalation, let owner = run.directory.member(id: saying.subject.owner) {
                line += word("; owner: \(owner.name)", "；负责人：\(owner.name)")
            }
            return line
        }
    }
}
