package import Domain
import Yams

/// The company as a tree in the words of its file: what `ltc export` writes, and what two versions are compared by.
package struct CompanyText {
    let root: Node

    /// The whole description, which `ltc apply` reads back to the same company.
    package static func yaml(of company: Company) throws -> String {
        try Yams.serialize(node: CompanyText(company).root, width: 120, allowUnicode: true)
    }

    init(_ company: Company) {
        root = mapping([
            ("company", text(company.name)),
            ("calendars", mapping(company.calendars.map { ($0.code, tree($0)) })),
            (
                "webhooks",
                company.webhooks.map { mapping($0.map { ($0.code, mapping([("format", text($0.format.rawValue))])) }) }
            ),
            ("members", mapping(company.members.map { ($0.code, tree($0)) })),
            ("teams", mapping(company.teams.map { ($0.code, tree($0)) })),
            ("creditors", mapping(company.creditors.map { ($0.code, tree($0)) })),
            ("assignment", mapping([("rules", list(company.assignment.rules.map(tree)))])),
            ("follow_ups", list(company.followUps.map(tree))),
            ("renewals", tree(company.renewals)),
            ("dunning", tree(company.dunning)),
            ("ledger", company.ledger.map { tree($0) }),
            ("schedules", mapping(company.schedules.map { ($0.name, tree($0)) })),
        ])
    }
}

private func tree(_ calendar: CalendarPlan) -> Node {
    func days(_ days: [CalendarDate: String]) -> Node {
        mapping(days.sorted { $0.key < $1.key }.map { ($0.key.description, text($0.value)) })
    }
    return mapping([
        ("country", text(calendar.country)), ("weekend", values(calendar.weekend.map { weekdays[$0 - 1] })),
        ("holidays", days(calendar.holidays)),
        ("workdays", days(calendar.workdays)),
    ])
}

private func tree(_ member: MemberPlan) -> Node {
    mapping([
        ("name", text(member.name)), ("email", text(member.email)), ("language", text(member.language)),
        ("login", text(member.login)), ("webhook", text(member.webhook)),
        (
            "absent",
            list(
                member.absences.map {
                    mapping([
                        ("from", text($0.from)), ("until", text($0.until)),
                        ("reason", $0.reason.isEmpty ? nil : text($0.reason)),
                    ])
                })
        ),
    ])
}

private func tree(_ team: TeamPlan) -> Node {
    mapping([
        ("name", text(team.name)), ("kind", text(team.kind.rawValue)), ("zone", text(team.zone)),
        ("calendar", text(team.calendar)),
        (
            "hours",
            mapping(team.hours.shifts.sorted { $0.key < $1.key }.map { (weekdays[$0.key - 1], values($0.value)) })
        ),
        (
            "seats",
            mapping(
                team.seats.map { seat in
                    (
                        seat.member,
                        mapping([
                            ("role", text(seat.role.rawValue)), ("weight", text(seat.weight)),
                            ("capacity", text(seat.capacity)),
                        ])
                    )
                })
        ), ("ageing_days", team.ageingDays.map { values($0) }),
    ])
}

private func tree(_ creditor: CreditorPlan) -> Node {
    mapping([
        ("name", text(creditor.name)), ("finance_team", text(creditor.financeTeam)), ("tax_id", text(creditor.taxID)),
        ("address", text(creditor.address)), ("country", text(creditor.country)), ("email", text(creditor.email)),
        ("iban", text(creditor.iban)), ("account", text(creditor.account)), ("bic", text(creditor.bic)),
        ("bank", text(creditor.bank)),
    ])
}

private func tree(_ rule: AssignmentRule) -> Node {
    let conditions = rule.conditions.sorted { $0.key.rawValue < $1.key.rawValue }
    return mapping([
        ("name", text(rule.name)),
        ("when", conditions.isEmpty ? nil : mapping(conditions.map { ($0.key.rawValue, values($0.value)) })),
        ("minimum_budget", text(rule.minimumBudget)), ("team", text(rule.team)),
        ("to_pool", rule.toPool ? text(true) : nil),
    ])
}

private func tree(_ rule: FollowUpRule) -> Node {
    mapping([
        ("name", text(rule.name)), ("subject", text(rule.subject.rawValue)),
        ("teams", rule.teams.isEmpty ? nil : values(rule.teams)),
        ("states", rule.states.isEmpty ? nil : values(rule.states)), ("within", text(rule.within)),
        ("escalate_after", text(rule.escalateAfter)),
    ])
}

private func tree(_ renewals: RenewalPolicy) -> Node {
    mapping([
        ("ladder", values(renewals.ladder)), ("opens_opportunity_at", text(renewals.opensOpportunityAt)),
        ("default_notice", text(renewals.defaultNotice)),
    ])
}

private func tree(_ dunning: DunningPolicy) -> Node {
    mapping([
        ("standard", text(dunning.standard)), ("groups", names(dunning.groups)),
        ("creditors", names(dunning.creditors)), ("promise_tolerance", text(dunning.promiseTolerance)),
        ("approval_above", values(dunning.approvalAbove)),
        ("procedures", mapping(dunning.procedures.map { ($0.name, tree($0)) })),
    ])
}

private func tree(_ procedure: DunningProcedure) -> Node {
    mapping([
        ("grace_days", text(procedure.graceDays)), ("minimum_interval", text(procedure.minimumInterval)),
        ("interest", procedure.interest.map { tree($0) }), ("compensation", procedure.compensation.map { tree($0) }),
        ("payments", text(procedure.payments?.rawValue)), ("levels", list(procedure.levels.map(tree))),
    ])
}

private func tree(_ level: DunningLevel) -> Node {
    mapping([
        ("after_days", text(level.afterDays)), ("fees", fees(level.fees)),
        ("charges_interest", text(level.chargesInterest)), ("pay_within", text(level.payWithin)),
        ("skippable", level.isSkippable ? text(true) : nil),
        ("minimums", level.minimums.isEmpty ? nil : values(level.minimums)),
        ("minimum_percent", level.minimumPercent == 0 ? nil : text(level.minimumPercent)),
        ("repeat_every", text(level.repeatEvery)),
        ("channels", level.channels == [.mail] ? nil : values(level.channels.map(\.rawValue))),
    ])
}

private func tree(_ ledger: LedgerPolicy) -> Node {
    mapping([
        ("write_off_above", values(ledger.writeOffAbove)), ("small_difference", values(ledger.smallDifference)),
    ])
}

private func names(_ names: [String: String]) -> Node? {
    names.isEmpty ? nil : mapping(names.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) })
}

private func tree(_ terms: InterestTerms) -> Node {
    var pairs: [(String, Node?)] = []
    switch terms.basis {
    case .agreed(let percent):
        pairs.append((terms.dayCount == .daily ? "percent_per_day" : "percent", text(percent)))
    case .reference(let code, let margin, let regime, let fixing):
        pairs += [
            ("reference", text(code)), ("margin", text(margin)), ("regime", text(regime.rawValue)),
            ("fixing", text(fixing.rawValue)),
        ]
    }
    pairs += [
        ("day_count", terms.dayCount == .daily ? nil : text(terms.dayCount)),
        ("rounding", text(terms.rounding.rawValue)),
    ]
    pairs.append(
        ("minimum", terms.floor.map { mapping([("reference", text($0.reference)), ("source", text($0.source))]) }))
    pairs.append(("source", terms.source.isEmpty ? nil : text(terms.source)))
    return mapping(pairs)
}

/// Plain amounts in one line.
private func fees(_ fees: [NoticeFee]) -> Node {
    guard fees.contains(where: { !$0.isPlain }) else { return values(fees.map(\.fixed)) }
    return list(
        fees.map { fee in
            mapping([
                ("fixed", text(fee.fixed)), ("share", fee.share == .zero ? nil : text(fee.share)),
                ("cap", text(fee.cap)), ("tax", fee.tax == .zero ? nil : text(fee.tax)),
                ("source", fee.source.isEmpty ? nil : text(fee.source)),
            ])
        })
}

private func tree(_ compensation: Compensation) -> Node {
    mapping([
        (
            "amounts",
            list(compensation.bands.map { mapping([("amount", text($0.amount)), ("below", text($0.below))]) })
        ),
        ("per", compensation.per == .invoice ? nil : text(compensation.per.rawValue)),
        ("source", compensation.source.isEmpty ? nil : text(compensation.source)),
    ])
}

private func tree(_ schedule: SchedulePlan) -> Node {
    mapping([
        ("automation", text(schedule.automation.rawValue)), ("cron", text(schedule.cron)),
        ("zone", text(schedule.zone)), ("team", text(schedule.team)), ("calendar", text(schedule.calendar?.code)),
        ("on_holiday", text(schedule.calendar?.onHoliday.rawValue)), ("misfire", text(schedule.misfire)),
        ("maximum_lateness", text(schedule.maximumLateness.map(span))), ("dst_gap", text(schedule.dstGap?.rawValue)),
        ("dst_overlap", text(schedule.dstOverlap?.rawValue)),
    ])
}

/// Seconds as whole days, hours or minutes.
private func span(_ seconds: Int) -> String {
    if seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
    return seconds % 3_600 == 0 ? "\(seconds / 3_600)h" : "\(seconds / 60)m"
}

private let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

/// What is nil is left out.
private func mapping(_ pairs: [(String, Node?)]) -> Node {
    Node(pairs.compactMap { key, value in value.map { (text(key), $0) } })
}

private func list(_ nodes: [Node]) -> Node { Node(nodes) }
private func values(_ values: [some CustomStringConvertible]) -> Node {
    Node(values.map { text($0.description) }, .implicit, .flow)
}

private func text(_ value: (some CustomStringConvertible)?) -> Node? { value.map { text($0.description) } }
private func text(_ value: String) -> Node {
    // What would read as "nothing" goes into quotes.
    Node(value, .implicit, ["", "~", "null"].contains(value) ? .doubleQuoted : .any)
}
