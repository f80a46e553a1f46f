import Automation
import Foundation

/// A lead's story in a person's words.
struct LeadStoryText {
    private let story: LeadStory

    init(_ story: LeadStory) { self.story = story }

    var text: String {
        var lines = ["lead \(story.lead)\(story.externalId.map { " (\($0))" } ?? ""), \(story.company): \(story.state)"]
        lines.append("arrived \(wall(story.arrivedAt))")
        if let placement = story.placement {
            lines += told(placement)
        } else {
            lines += ["", "nobody has placed it yet: the next run of assign-leads will"]
        }
        lines += followUps
        return lines.joined(separator: "\n") + "\n"
    }

    private func told(_ placement: LeadStory.Placement) -> [String] {
        var lines = ["", outcome(placement)]
        lines += placement.rulesPassedOver.map { "  rule “\($0.rule)” was passed over: \(failed($0.failed))" }
        if let rule = placement.rule { lines.append("  rule “\(rule)” matched") }
        if !placement.candidates.isEmpty {
            var table = Table(
                ("", .left), ("candidate", .left), ("why", .left), ("open leads", .right), ("owed after", .right))
            for candidate in placement.candidates {
                let isChosen = candidate.member == placement.owner
                table.add(
                    isChosen ? "→" : "", "\(candidate.member.name) (\(candidate.member.code))", words(candidate.reason),
                    "\(candidate.openLeads)", String(format: "%+.2f", candidate.owed))
            }
            lines += ["", table.description.trimmingCharacters(in: .newlines)]
        }
        let by = placement.run.map { "run \($0)" } ?? placement.actor
        let version = placement.configurationVersion.map { ", configuration version \($0)" } ?? ""
        lines += ["", "decided by \(by)\(version)"]
        return lines
    }

    private func outcome(_ placement: LeadStory.Placement) -> String {
        let team = placement.team.map { "\($0.name) (\($0.code))" } ?? "no team"
        let when = wall(placement.at)
        switch (placement.outcome, placement.owner) {
        case ("assigned", let owner?): return "assigned to \(owner.name) (\(owner.code)) of \(team), \(when)"
        case ("pooled", _): return "put into the pool of \(team), \(when): \(words(placement.reason ?? ""))"
        case ("disqualified", _): return "disqualified, \(when): \(words(placement.reason ?? ""))"
        default: return "\(placement.outcome), \(when)"
        }
    }

    private var followUps: [String] {
        var lines = story.activities.map { "\($0.kind) by \($0.member ?? "somebody"), \(wall($0.happenedAt))" }
        lines += story.reminders.map { reminder in
            let verb = reminder.kind == "escalation" ? "escalated to" : "reminded"
            let reason = reminder.reason.map { " (\($0))" } ?? ""
            return "\(verb) \(reminder.member) by “\(reminder.rule)”, due \(wall(reminder.dueAt)): "
                + reminder.state + reason
        }
        if let next = story.followUp {
            lines.append(
                "to be followed up by \(wall(next.dueAt)) (rule “\(next.rule)”, still since \(wall(next.since)))")
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private func wall(_ instant: Date) -> String {
        instant.told(in: TimeZone(identifier: story.zone) ?? .gmt)
    }

    private func failed(_ code: String) -> String {
        switch code {
        case "no_budget": "the lead names no budget"
        case "budget_too_small": "the budget is too small"
        case "budget_in_other_currency": "the budget is in another currency"
        default: "its \(code) is another"
        }
    }

    private func words(_ reason: String) -> String {
        switch reason {
        case "next_in_rotation": "next in the rotation"
        case "later_in_rotation": "the turn comes later"
        case "absent": "away"
        case "at_capacity": "has as many open leads as the seat takes"
        case "weight_zero": "takes no leads (weight 0)"
        case "rule_says_pool": "the rule says so"
        case "nobody_available": "nobody of the team could take it"
        case "no_rule_matches": "no rule matches it"
        case "do_not_contact": "it asked not to be contacted"
        default: reason
        }
    }
}
