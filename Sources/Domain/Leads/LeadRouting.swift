/// What the assignment rules look at in a lead.
package struct LeadFacts: Sendable, Hashable {
    package var values: [LeadField: String]
    package var budget: Money?

    package init(values: [LeadField: String] = [:], budget: Money? = nil) {
        self.values = values
        self.budget = budget
    }
}

/// The ordered assignment rules, ready to be asked: the first that matches says where a lead goes.
package struct LeadRouting: Sendable {
    /// Why a rule did not match: the first of its conditions that failed.
    package enum Mismatch: String, Codable, Sendable, CaseIterable {
        case region, segment, product, channel
        case noBudget = "no_budget"
        /// A minimum in one currency says nothing about a budget in another.
        case budgetInOtherCurrency = "budget_in_other_currency"
        case budgetTooSmall = "budget_too_small"

        init(_ field: LeadField) {
            switch field {
            case .region: self = .region
            case .segment: self = .segment
            case .product: self = .product
            case .channel: self = .channel
            }
        }
    }

    package struct PassedOver: Codable, Sendable, Hashable {
        package var rule: String
        package var failed: Mismatch

        package init(rule: String, failed: Mismatch) {
            self.rule = rule
            self.failed = failed
        }
    }

    package struct Route: Sendable, Hashable {
        /// Nil when no rule matches.
        package var rule: AssignmentRule?
        /// The rules before it, in their order.
        package var passedOver: [PassedOver]
    }

    private let rules: [(rule: AssignmentRule, conditions: [(field: LeadField, values: Set<String>)])]

    package init(_ policy: AssignmentPolicy) {
        rules = policy.rules.map { rule in
            let conditions = LeadField.allCases.compactMap { field in
                rule.conditions[field].map { (field: field, values: Set($0.map(\.folded))) }
            }
            return (rule, conditions)
        }
    }

    package func route(_ lead: LeadFacts) -> Route {
        let values = lead.values.mapValues(\.folded)
        var passedOver: [PassedOver] = []
        for (rule, conditions) in rules {
            let field = conditions.first { condition in
                !(values[condition.field].map(condition.values.contains) ?? false)
            }
            guard let failed = field.map({ Mismatch($0.field) }) ?? Self.mismatch(of: lead.budget, with: rule) else {
                return Route(rule: rule, passedOver: passedOver)
            }
            passedOver.append(PassedOver(rule: rule.name, failed: failed))
        }
        return Route(rule: nil, passedOver: passedOver)
    }

    private static func mismatch(of budget: Money?, with rule: AssignmentRule) -> Mismatch? {
        guard let minimum = rule.minimumBudget else { return nil }
        guard let budget else { return .noBudget }
        guard budget.currency == minimum.currency else { return .budgetInOtherCurrency }
        return budget.minor < minimum.minor ? .budgetTooSmall : nil
    }
}
