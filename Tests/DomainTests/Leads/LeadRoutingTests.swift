import Domain
import Testing

struct LeadRoutingTests {
    private func rule(
        _ name: String, _ conditions: [LeadField: [String]] = [:], minimum: Money? = nil, team: String = "emea"
    ) -> AssignmentRule {
        var rule = AssignmentRule(name: name, team: team)
        rule.conditions = conditions
        rule.minimumBudget = minimum
        return rule
    }

    private func euros(_ amount: String) throws -> Money {
        try Money(amount, currency: #require(Currency("EUR")))
    }

    @Test func `the first rule that matches wins, and those before it say which condition failed`() {
        let routing = LeadRouting(
            AssignmentPolicy(rules: [
                rule("china", [.region: ["china"]]), rule("big", [.segment: ["enterprise"], .product: ["gtx"]]),
                rule("europe", [.region: ["emea", "dach"]]), rule("rest"),
            ]))
        let route = routing.route(LeadFacts(values: [.region: "DACH", .segment: "enterprise"]))
        #expect(route.rule?.name == "europe")
        #expect(route.passedOver == [.init(rule: "china", failed: .region), .init(rule: "big", failed: .product)])
    }

    @Test func `letter case, width and outer space do not count`() {
        let routing = LeadRouting(AssignmentPolicy(rules: [rule("r", [.region: ["Straße"], .channel: ["Web"]])]))
        #expect(routing.route(LeadFacts(values: [.region: " STRAßE", .channel: "ｗｅｂ "])).rule?.name == "r")
        #expect(routing.route(LeadFacts(values: [.region: "Strase", .channel: "web"])).rule == nil)
    }

    @Test func `a lead without the value matches no condition on it`() {
        let routing = LeadRouting(AssignmentPolicy(rules: [rule("r", [.region: ["", "emea"]])]))
        #expect(routing.route(LeadFacts()).passedOver == [.init(rule: "r", failed: .region)])
    }

    @Test func `a minimum budget counts in its own currency only, and is enough when just reached`() throws {
        let routing = LeadRouting(AssignmentPolicy(rules: [rule("big", minimum: try euros("50000"))]))
        let dollars = try Money("90000", currency: #require(Currency("USD")))
        #expect(routing.route(LeadFacts(budget: try euros("50000.00"))).rule?.name == "big")
        #expect(routing.route(LeadFacts(budget: try euros("49999.99"))).passedOver.map(\.failed) == [.budgetTooSmall])
        #expect(routing.route(LeadFacts(budget: dollars)).passedOver.map(\.failed) == [.budgetInOtherCurrency])
        #expect(routing.route(LeadFacts()).passedOver.map(\.failed) == [.noBudget])
    }

    @Test func `a rule without conditions matches every lead`() {
        #expect(LeadRouting(AssignmentPolicy(rules: [rule("all")])).route(LeadFacts()).rule?.name == "all")
    }
}
