import Domain
import Testing

/// Minimums, levels that may be skipped, repetition, and which procedure an item follows.
struct DunningLevelsTests {
    let base: DunningRulesTests
    let today: CalendarDate

    init() throws {
        base = try DunningRulesTests()
        today = base.today
    }

    func rules(_ change: (inout DunningPolicy) throws -> Void) throws -> DunningRules {
        var policy = try DunningRulesTests.policy()
        try change(&policy)
        return try DunningRules(policy)
    }

    func euros(_ minor: Int) throws -> Money { Money(minor: minor, currency: try #require(Currency("EUR"))) }

    @Test func `a level without its minimum is one level down, where the minimum is asked for again`() throws {
        let rules = try rules {
            $0.procedures[0].levels[0].minimums = [try euros(1000)]
            $0.procedures[0].levels[1].minimums = [try euros(5000)]
        }
        let reached = try base.account([base.item(overdue: 20, open: 4999, level: 1)])
        #expect(try rules.decide(reached, on: today).skipped.map(\.reason) == [.belowMinimum])
        let fresh = try base.account([base.item(overdue: 20, open: 999)])
        #expect(try rules.decide(fresh, on: today).skipped.map(\.reason) == [.belowMinimum])
        // What is at the level and above counts together.
        let both = try base.account([
            base.item(1, overdue: 20, open: 2500, level: 1), base.item(2, overdue: 40, open: 2500, level: 2),
        ])
        #expect(try rules.decide(both, on: today).notice?.items.map(\.level) == [3, 2])
    }

    @Test func `what may not rise yet counts for no higher level`() throws {
        let rules = try rules { $0.procedures[0].levels[1].minimums = [try euros(6000)] }
        var promised = base.item(2, overdue: 20, open: 4000, level: 1)
        promised.obstacles = [.promise(PromiseToPay(minor: 4000, on: today.adding(days: -2), tolerance: 0))]
        for (minor, reasons) in [(4000, [DunningReason.intervalNotOver, .belowMinimum]), (6000, [])] {
            promised.openMinor = minor
            promised.obstacles = [.promise(PromiseToPay(minor: minor, on: today.adding(days: -2), tolerance: 0))]
            var account = try base.account([base.item(1, overdue: 20, open: 3000, level: 1), promised])
            account.noticedOn = today.adding(days: -5)
            #expect(try rules.decide(account, on: today).skipped.map(\.reason) == reasons)
        }
    }

    @Test func `a level needs its part of all that is open, due or not`() throws {
        let rules = try rules { $0.procedures[0].levels[0].minimumPercent = 20 }
        var account = try base.account([base.item(overdue: 10, open: 20_000)])
        account.percentBaseMinor = 100_000
        #expect(try rules.decide(account, on: today).notice?.level == 1)
        account.percentBaseMinor = 100_001
        #expect(try rules.decide(account, on: today).skipped.map(\.reason) == [.belowMinimum])
    }

    @Test func `a level with minimums, but none in the currency, is not reached`() throws {
        let rules = try rules { $0.procedures[0].levels[0].minimums = [try euros(0)] }
        let account = try base.account([base.item(overdue: 10)], currency: "USD")
        #expect(try rules.decide(account, on: today).skipped.map(\.reason) == [.noCurrencyMinimum])
    }

    @Test func `only a level that is marked is passed over`() throws {
        let rules = try rules { $0.procedures[0].levels[0].isSkippable = true }
        #expect(try rules.decide(base.account([base.item(overdue: 400)]), on: today).notice?.level == 2)
        #expect(try rules.decide(base.account([base.item(overdue: 8)]), on: today).notice?.level == 1)
    }

    @Test func `a notice is repeated where the level says so, and after the interval`() throws {
        let rules = try rules { $0.procedures[0].levels[2].repeatEvery = 12 }
        func decide(noticed ago: Int) throws -> DunningRules.Verdict {
            try rules.decide(base.account([base.item(overdue: 99, level: 3, noticed: ago)]), on: today)
        }
        #expect(try decide(noticed: 11).skipped.map(\.reason) == [.levelUnchanged])
        #expect(try decide(noticed: 9).skipped.map(\.reason) == [.intervalNotOver])
        #expect(try decide(noticed: 12).notice?.level == 3)
        // A level of another ledger that does not say when: since it was due, 30 days after the due date.
        for (overdue, level) in [(41, nil), (42, 3)] as [(Int, Int?)] {
            let unknown = try base.account([base.item(overdue: overdue, level: 3)])
            #expect(try rules.decide(unknown, on: today).notice?.level == level)
        }
    }

    @Test func `a level is said again only with what it needs, and where the next one lacks its own`() throws {
        let rules = try rules { policy in
            policy.procedures[0].levels[0].repeatEvery = 12
            for index in 1...2 {
                policy.procedures[0].levels[index].minimums = [try euros(5000)]
                policy.procedures[0].levels[index].repeatEvery = 12
            }
        }
        func decide(_ open: Int, level: Int) throws -> (notice: Int?, reason: DunningReason?) {
            let account = try base.account([base.item(overdue: 99, open: open, level: level, noticed: 12)])
            let verdict = try rules.decide(account, on: today)
            #expect((rules.shortfall(of: 1, in: account, on: today) == nil) == (open >= 5000))
            return (verdict.notice?.level, verdict.skipped.first?.reason)
        }
        #expect(try decide(5000, level: 3) == (3, nil))
        #expect(try decide(1500, level: 3) == (nil, .belowMinimum))
        // Too little for the second, so that the first is said again.
        #expect(try decide(1500, level: 1) == (1, nil))
    }

    @Test func `the procedure is the nearest that is named, and each item keeps its own`() throws {
        let names = ["invoice", "contract", "customer", "group", "creditor"]
        let rules = try rules { policy in
            let standard = policy.procedures[0]
            for (index, name) in names.enumerated() {
                var procedure = standard
                procedure.name = name
                procedure.graceDays = 20 + index
                policy.procedures.append(procedure)
            }
            policy.groups = ["vip": "group"]
            policy.creditors = ["acme": "creditor"]
        }
        var account = try base.account([base.item(1, overdue: 10), base.item(2, overdue: 15)])
        #expect(rules.procedure(of: account.items[0], in: account)?.name == "standard")
        account.creditorCode = "acme"
        #expect(rules.procedure(of: account.items[0], in: account)?.name == "creditor")
        account.group = "vip"
        #expect(rules.procedure(of: account.items[0], in: account)?.name == "group")
        account.procedure = "customer"
        account.items[0].contractProcedure = "contract"
        #expect(rules.procedure(of: account.items[0], in: account)?.name == "contract")
        account.items[0].procedure = "invoice"
        #expect(rules.procedure(of: account.items[0], in: account)?.name == "invoice")
        account.items[1].procedure = "standard"
        let verdict = try rules.decide(account, on: today)
        #expect(verdict.notice?.items.map(\.item.id) == [2] && verdict.notice?.procedure == "standard")
        #expect(verdict.skipped.map(\.reason) == [.withinGrace])
    }

    @Test func `a due date on a free day is the next working day where the contract says so`() throws {
        // Good Friday and Easter Monday 2026 are 3 and 6 April: due on the Friday is due on the Tuesday.
        var calendar = CalendarPlan(code: "de")
        calendar.holidays = [try day("2026-04-03"): "Karfreitag", try day("2026-04-06"): "Ostermontag"]
        let rules = try DunningRules(DunningRulesTests.policy(), calendar: BusinessCalendar(calendar))
        var account = try base.account([base.item(overdue: -3)])
        #expect(account.items[0].dueOn == (try day("2026-04-03")))
        #expect(try rules.decide(account, on: day("2026-04-09")).notice?.items.map(\.daysOverdue) == [6])
        account.items[0].isShiftedOffHolidays = true
        #expect(try rules.decide(account, on: day("2026-04-07")).skipped.map(\.reason) == [.notDue])
        #expect(try rules.decide(account, on: day("2026-04-12")).skipped.map(\.reason) == [.withinGrace])
        #expect(try rules.decide(account, on: day("2026-04-13")).notice?.items.map(\.daysOverdue) == [6])
    }
}
