import Domain
import Foundation
import Store

/// What an owner reads when a lead becomes theirs, in their language.
struct LeadMail {
    private let run: RunContext
    private let followUps: FollowUps

    init(_ run: RunContext) {
        self.run = run
        followUps = FollowUps(run.company.followUps)
    }

    /// Nil when the lead has no owner.
    func message(on lead: AssignmentStore.NewLead, _ placement: LeadPlacement) -> OutgoingMessage? {
        guard let owner = placement.owner.flatMap({ run.directory.member(id: $0) }),
            let team = run.directory.team(id: placement.team)
        else { return nil }
        let isChinese = owner.language == "zh"
        return OutgoingMessage(
            kind: .leadAssigned, team: team.id, subjectKind: "lead", subjectID: lead.id, member: owner.id,
            recipient: owner.email ?? "", subject: isChinese ? "新线索：\(lead.company)" : "New lead: \(lead.company)",
            body: body(lead, placement, owner, team, isChinese: isChinese), language: owner.language, run: run.runID)
    }

    private func body(
        _ lead: AssignmentStore.NewLead, _ placement: LeadPlacement, _ owner: Member, _ team: Team, isChinese: Bool
    ) -> String {
        func word(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }
        let facts: [(String, String?)] = [
            (word("Company", "公司"), lead.company), (word("Contact", "联系人"), lead.contact),
            (word("E-mail", "邮箱"), lead.email), (word("Phone", "电话"), lead.phone),
            (word("Product", "产品"), lead.product), (word("Budget", "预算"), lead.budget?.description),
            (word("Region", "地区"), lead.region), (word("Channel", "渠道"), lead.channel),
            (word("Notes", "备注"), lead.notes),
        ]
        var lines = [word("Hello \(owner.name),", "\(owner.name)，您好："), ""]
        lines.append(word("this lead is now yours:", "以下线索已分配给您："))
        lines.append("")
        for case (let name, let value?) in facts where !value.isEmpty {
            lines.append(word("\(name): \(value)", "\(name)：\(value)"))
        }
        lines.append("")
        if let dueAt = firstResponse(owner, team) {
            let due = dueAt.told(in: team.clock.zone)
            lines.append(word("Please get in touch by \(due).", "请在 \(due) 前联系对方。"))
        }
        let rule = placement.rule ?? ""
        lines.append(
            word(
                "It came to \(team.name) by the rule “\(rule)”, and the turn was yours. The whole story: "
                    + "ltc lead explain \(lead.id)",
                "按规则“\(rule)”分到\(team.name)，本次轮到您。详情：ltc lead explain \(lead.id)"))
        return lines.joined(separator: "\n") + "\n"
    }

    /// When the owner is reminded if nothing happens.
    private func firstResponse(_ owner: Member, _ team: Team) -> Date? {
        followUps.rule(for: .lead, state: "assigned", team: team.code).map { rule in
            run.directory.clock(of: owner.id, in: team.id).instant(after: rule.within, from: run.asOf)
        }
    }
}
