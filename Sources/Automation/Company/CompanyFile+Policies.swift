import Domain

extension CompanyFile {
    mutating func readAssignment(_ entry: Entry) {
        var catchAll: String?
        for item in entry.fields("rules")["rules"]?.list() ?? [] {
            let fields = item.fields("name", "when", "minimum_budget", "team", "to_pool")
            guard let name = ruleName(fields, "assignment rule") else { continue }
            let team = fields.required("team").flatMap { reading.refer(to: .team, $0, teamKinds: [.sales]) }
            var rule = AssignmentRule(name: name, team: team ?? "")
            for (key, value) in fields["when"]?.pairs() ?? [] {
                if let field = key.name(of: LeadField.self) {
                    rule.conditions[field] = value.list().compactMap { $0.text() }
                }
            }
            rule.minimumBudget = fields["minimum_budget"]?.money()
            rule.toPool = fields["to_pool"]?.flag() ?? false
            if let catchAll {
                item.refuse(
                    "no lead gets here: rule '\(catchAll)' above takes every one",
                    advice: "move the rule without conditions to the end")
            }
            if rule.conditions.isEmpty, rule.minimumBudget == nil { catchAll = catchAll ?? name }
            company.assignment.rules.append(rule)
        }
    }

    mutating func readFollowUp(_ entry: Entry) {
        let fields = entry.fields("name", "subject", "teams", "states", "within", "escalate_after")
        guard let name = ruleName(fields, "follow-up rule") else { return }
        let wanted = "working time such as 30m, 4h or 2d"
        let subject = fields.required("subject")?.name(of: FollowUpRule.Subject.self) ?? .lead
        let within = fields.required("within")?.value(wanted, WorkingSpan.init(_:))
        var rule = FollowUpRule(
            name: name, subject: subject, within: within ?? .days(1),
            escalateAfter: fields["escalate_after"]?.value(wanted, WorkingSpan.init(_:)))
        rule.teams = (fields["teams"]?.list() ?? []).compactMap { reading.refer(to: .team, $0, teamKinds: [.sales]) }
        let states =
            switch subject {
            case .lead: ["assigned", "working"]
            case .opportunity: ["needs", "solution", "proposal", "negotiation", "suspended"]
            }
        rule.states = (fields["states"]?.list() ?? []).compactMap { state in
            state.value("one of \(states.joined(separator: ", "))") { states.contains($0) ? $0 : nil }
        }
        company.followUps.append(rule)
    }

    private mutating func ruleName(_ fields: Fields, _ kind: String) -> String? {
        guard let entry = fields.required("name"), let name = entry.text(), isNew("\(kind) \(name)", entry) else {
            return nil
        }
        return name
    }

    mutating func readRenewals(_ entry: Entry) {
        let fields = entry.fields("ladder", "opens_opportunity_at", "default_notice")
        if let ladder = fields["ladder"] {
            company.renewals.ladder = ladder.list().compactMap { $0.integer(0...3660) }
            if !zip(company.renewals.ladder, company.renewals.ladder.dropFirst()).allSatisfy(>) {
                ladder.refuse(
                    "the ladder does not come down", advice: "write the days from the first alert to the last")
            }
        }
        if let entry = fields["opens_opportunity_at"], let days = entry.integer(0...3660) {
            company.renewals.opensOpportunityAt = days
            if !company.renewals.ladder.contains(days) {
                let ladder = company.renewals.ladder.map(String.init).joined(separator: ", ")
                entry.refuse("\(days) is no rung of the ladder", advice: "name one of \(ladder)")
            }
        }
        if let notice = fields["default_notice"]?.value("90d, 6w, 3m or 3m-eom", NoticePeriod.init(_:)) {
            company.renewals.defaultNotice = notice
        }
    }
}
