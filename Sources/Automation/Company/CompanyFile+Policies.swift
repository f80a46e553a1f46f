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

    mutating func readDunning(_ entry: Entry) {
        let fields = entry.fields("standard", "approval_above", "procedures")
        company.dunning.standard = fields["standard"].flatMap { reading.refer(to: .procedure, $0) }
        company.dunning.approvalAbove = amounts(fields["approval_above"])
        for (name, procedure) in each(fields, "procedures") { readProcedure(name, procedure) }
    }

    private mutating func readProcedure(_ name: String, _ entry: Entry) {
        let fields = entry.fields("grace_days", "minimum_interval", "interest", "compensation", "levels")
        var procedure = DunningProcedure(name: name, levels: [])
        procedure.graceDays = fields["grace_days"]?.integer(0...365) ?? procedure.graceDays
        procedure.minimumInterval = fields["minimum_interval"]?.integer(0...365) ?? procedure.minimumInterval
        procedure.interest = fields["interest"].flatMap(interest)
        procedure.compensation = fields["compensation"].flatMap(compensation)
        let levels = fields.required("levels")?.list() ?? []
        if levels.count > 9 { entry.refuse("\(levels.count) levels", advice: "nine levels are the most") }
        for item in levels {
            let level = level(item)
            if let before = procedure.levels.last, level.afterDays <= before.afterDays {
                item.refuse(
                    "a level after \(level.afterDays) days does not rise above the one before, after \(before.afterDays)",
                    advice: "let 'after_days' rise from level to level")
            }
            if level.chargesInterest, fields["interest"] == nil {
                item.refuse("interest is charged, but none is defined", advice: "add 'interest' to procedure '\(name)'")
            }
            procedure.levels.append(level)
        }
        company.dunning.procedures.append(procedure)
    }

    private func level(_ entry: Entry) -> DunningLevel {
        let fields = entry.fields("after_days", "fees", "charges_interest", "pay_within")
        var level = DunningLevel(afterDays: fields.required("after_days")?.integer(0...3650) ?? 0)
        level.fees = amounts(fields["fees"])
        level.chargesInterest = fields["charges_interest"]?.flag() ?? false
        level.payWithin = fields["pay_within"]?.integer(0...365) ?? level.payWithin
        return level
    }

    /// At most one amount a currency.
    private func amounts(_ entry: Entry?) -> [Money] {
        var amounts: [Money] = []
        for item in entry?.list() ?? [] {
            guard let money = item.money() else { continue }
            if money.minor < 0 { item.refuse("the amount is negative", advice: "write it without a sign") }
            if amounts.contains(where: { $0.currency == money.currency }) {
                item.refuse("\(money.currency) stands here twice", advice: "give one amount for each currency")
            }
            amounts.append(money)
        }
        return amounts
    }
}
