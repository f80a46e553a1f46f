import Domain
import Testing

struct DunningRulesTests {
    let rules: DunningRules
    let today: CalendarDate

    init() throws {
        rules = try DunningRules(Self.policy())
        today = try day("2026-03-31")
    }

    static func policy() throws -> DunningPolicy {
        let euro = try #require(Currency("EUR"))
        var levels = [3, 14, 30].map(DunningLevel.init(afterDays:))
        levels[1].fees = [NoticeFee(Money(minor: 500, currency: euro))]
        levels[2].fees = [NoticeFee(Money(minor: 1000, currency: euro))]
        levels[2].chargesInterest = true
        var procedure = DunningProcedure(name: "standard", levels: levels)
        procedure.graceDays = 5
        procedure.minimumInterval = 10
        procedure.interest = InterestTerms(.agreed(try #require(Percent("11"))), source: "§ 288 Abs. 2 BGB")
        return DunningPolicy(procedures: [procedure], standard: "standard")
    }

    func item(_ id: Int = 1, overdue days: Int, open: Int = 450_000, level: Int = 0, noticed ago: Int? = nil)
        -> OpenItem
    {
        OpenItem(
            id: id, number: "R\(id)", issuedOn: today.adding(days: -days - 30), dueOn: today.adding(days: -days),
            openMinor: open, level: level, lastNoticeOn: ago.map { today.adding(days: -$0) })
    }

    func account(_ items: [OpenItem], credit: Int = 0, currency: String = "EUR") throws -> DebtorAccount {
        DebtorAccount(
            creditor: 1, customer: 1, currency: try #require(Currency(currency)), items: items, creditMinor: credit)
    }

    func reasons(_ account: DebtorAccount) throws -> [DunningReason] {
        try rules.decide(account, on: today).skipped.map(\.reason)
    }

    @Test func `an invoice within grace is left alone, and grace moves no level`() throws {
        #expect(try reasons(account([item(overdue: 0)])) == [.notDue])
        #expect(try reasons(account([item(overdue: 5)])) == [.withinGrace])
        #expect(try rules.decide(account([item(overdue: 6)]), on: today).notice?.level == 1)
        // The second level after 14 days, not after 14 and 5.
        #expect(try rules.decide(account([item(overdue: 14, level: 1)]), on: today).notice?.level == 2)
    }

    @Test func `a level is never skipped`() throws {
        #expect(try rules.decide(account([item(overdue: 400)]), on: today).notice?.level == 1)
        #expect(try rules.decide(account([item(overdue: 400, level: 2)]), on: today).notice?.level == 3)
    }

    @Test func `a notice needs an item that rises and then names all that are overdue`() throws {
        #expect(try reasons(account([item(overdue: 13, level: 1)])) == [.levelUnchanged])
        #expect(try reasons(account([item(overdue: 500, level: 3)])) == [.levelUnchanged])
        let verdict = try rules.decide(
            account([item(1, overdue: 13, level: 1), item(2, overdue: 8), item(3, overdue: 2), item(4, overdue: -3)]),
            on: today)
        #expect(verdict.notice?.items.map(\.item.id) == [1, 2])
        #expect(verdict.notice?.items.map(\.level) == [1, 1])
        #expect(verdict.skipped.map(\.reason) == [.withinGrace, .notDue])
    }

    @Test func `two notices to a customer lie at least the interval apart`() throws {
        #expect(try reasons(account([item(overdue: 20, level: 1, noticed: 9)])) == [.intervalNotOver])
        #expect(try rules.decide(account([item(overdue: 20, level: 1, noticed: 10)]), on: today).notice != nil)
        #expect(
            try reasons(account([item(1, overdue: 12, level: 1, noticed: 9), item(2, overdue: 8)]))
                == [.intervalNotOver, .intervalNotOver])
    }

    @Test func `credit that covers the debt holds the notice, and less is deducted`() throws {
        #expect(try reasons(account([item(overdue: 10)], credit: 450_000)) == [.creditCovers])
        let notice = try #require(try rules.decide(account([item(overdue: 10)], credit: 449_999), on: today).notice)
        #expect(notice.totalMinor == 1)
    }

    @Test func `fees and interest are those of the level`() throws {
        let notice = try #require(try rules.decide(account([item(overdue: 30, level: 2)]), on: today).notice)
        #expect((notice.feeMinor, notice.interestMinor, notice.totalMinor) == (1000, 4068, 455_068))
        let computation = try #require(notice.items[0].interest)
        #expect(try computation.from == day("2026-03-02"))
        #expect((computation.through, computation.days, computation.exact) == (today, 30, "40.684932"))
        #expect(computation.source == "§ 288 Abs. 2 BGB")
        let second = try #require(try rules.decide(account([item(overdue: 20, level: 1)]), on: today).notice)
        #expect((second.feeMinor, second.interestMinor) == (500, 0))
    }

    @Test func `nothing is sent on a guess`() throws {
        #expect(try reasons(account([item(overdue: 20, level: 1)], currency: "USD")) == [.noCurrencyFee])
        var unknown = try account([item(overdue: 20)])
        unknown.procedure = "gone"
        #expect(try reasons(unknown) == [.noProcedure])
        var waiting = try account([item(overdue: 20)])
        waiting.blockedBy = .noticeWaiting
        #expect(try reasons(waiting) == [.noticeWaiting])
        #expect(try reasons(account([item(overdue: 20, open: 0)])) == [.paid])
    }

    @Test func `levels that do not rise and rates that are none are refused`() throws {
        var policy = try Self.policy()
        policy.procedures[0].levels.swapAt(0, 1)
        #expect { try DunningRules(policy) } throws: { ($0 as? Problem)?.code == "levels_do_not_rise" }
        policy = try Self.policy()
        policy.procedures[0].interest = InterestTerms(
            .agreed(try #require(Percent("11"))), dayCount: .actualActual, rounding: .dailyRate)
        #expect { try DunningRules(policy) } throws: { ($0 as? Problem)?.code == "no_daily_rate" }
    }

    @Test func `a total above the limit of its currency waits for a person`() throws {
        var policy = try Self.policy()
        let notice = try #require(try rules.decide(account([item(overdue: 6, open: 100_001)]), on: today).notice)
        #expect(policy.approvalNeed(of: notice) == .none)
        let limit = Money(minor: 100_000, currency: notice.currency)
        policy.approvalAbove = [limit]
        #expect(policy.approvalNeed(of: notice) == .aboveLimit(limit))
        policy.approvalAbove = [Money(minor: 100_001, currency: notice.currency)]
        #expect(policy.approvalNeed(of: notice) == .none)
        policy.approvalAbove = [Money(minor: 1, currency: try #require(Currency("USD")))]
        #expect(policy.approvalNeed(of: notice) == .noLimitForCurrency)
    }

    @Test func `the next level comes when it is reached and the interval is over`() throws {
        func next(_ item: OpenItem) throws -> (level: Int, on: CalendarDate)? {
            rules.next(of: item.id, in: try account([item]), after: today)
        }
        let first = try next(item(overdue: 0))
        #expect(first?.level == 1 && first?.on == today.adding(days: 6))
        let second = try next(item(overdue: 13, level: 1, noticed: 0))
        #expect(second?.level == 2 && second?.on == today.adding(days: 10))
        #expect(try next(item(overdue: 99, level: 3, noticed: 0)) == nil)
    }
}
