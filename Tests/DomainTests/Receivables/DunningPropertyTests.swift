import Domain
import TestSupport
import Testing

struct DunningPropertyTests {
    let rules: DunningRules
    let today: CalendarDate

    init() throws {
        var policy = try DunningRulesTests.policy()
        let euro = try #require(Currency("EUR"))
        policy.procedures[0].levels[1].minimums = [Money(minor: 300_000, currency: euro)]
        policy.procedures[0].levels[2].minimumPercent = 30
        // A second one, whose items share accounts with those of the first.
        var second = policy.procedures[0]
        second.name = "second"
        second.levels[0].minimums = [Money(minor: 50_000, currency: euro)]
        second.levels[0].isSkippable = true
        policy.procedures.append(second)
        rules = try DunningRules(policy)
        today = try day("2026-03-31")
    }

    func randomObstacle(of open: Int, _ random: inout SeededRandom) -> DunningObstacle {
        let until = today.adding(days: Int.random(in: -10...10, using: &random))
        let part = Int.random(in: 1...open, using: &random)
        return switch Int.random(in: 0...2, using: &random) {
        case 0: .hold(DunningHold(until: until))
        case 1: .dispute(minor: part, until: until)
        default: .promise(PromiseToPay(minor: part, on: until, tolerance: 3))
        }
    }

    func randomAccount(_ random: inout SeededRandom) throws -> DebtorAccount {
        let items = (1...Int.random(in: 1...6, using: &random)).map { id in
            let due = today.adding(days: -Int.random(in: -10...60, using: &random))
            let level = Int.random(in: 0...3, using: &random)
            let ago = Int.random(in: 0...40, using: &random)
            var item = OpenItem(
                id: id, number: "R\(id)", issuedOn: due.adding(days: -30), dueOn: due,
                openMinor: Int.random(in: 1...1_000_000, using: &random), level: level,
                lastNoticeOn: level > 0 ? today.adding(days: -ago) : nil)
            if Int.random(in: 0..<4, using: &random) == 0 { item.procedure = "second" }
            if Int.random(in: 0..<6, using: &random) == 0 {
                item.obstacles = [randomObstacle(of: item.openMinor, &random)]
            }
            return item
        }
        let credit = Bool.random(using: &random) ? 0 : Int.random(in: 0...800_000, using: &random)
        return DebtorAccount(
            creditor: 1, customer: 1, currency: try #require(Currency("EUR")), items: items, creditMinor: credit)
    }

    @Test func `a payment never raises a level`() throws {
        var random = SeededRandom(seed: 1)
        var noticed = 0
        for _ in 0..<5000 {
            let before = try randomAccount(&random)
            var after = before
            for index in after.items.indices where Bool.random(using: &random) {
                after.items[index].openMinor -= Int.random(in: 0...after.items[index].openMinor, using: &random)
            }
            guard let paid = try rules.decide(after, on: today).notice else { continue }
            noticed += 1
            let unpaid = try #require(try rules.decide(before, on: today).notice ?? credited(before))
            #expect(paid.level <= unpaid.level)
            for item in paid.items {
                let same = unpaid.items.first { $0.item.id == item.item.id }
                #expect(same.map { $0.level >= item.level } == true)
            }
        }
        #expect(noticed > 500)
    }

    /// The notice as it would be had credit not covered it.
    func credited(_ account: DebtorAccount) throws -> DunningNotice? {
        var account = account
        account.creditMinor = 0
        return try rules.decide(account, on: today).notice
    }

    @Test func `every item is dunned or has a reason, and the order of the items does not matter`() throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<3000 {
            var account = try randomAccount(&random)
            let verdict = try rules.decide(account, on: today)
            let dunned = verdict.notice?.items.map(\.item.id) ?? []
            #expect((dunned + verdict.skipped.map(\.item.id)).sorted() == account.items.map(\.id))
            account.items.shuffle(using: &random)
            #expect(try rules.decide(account, on: today) == verdict)
        }
    }

    @Test func `a level rises by one at most and is never lost`() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<3000 {
            guard let notice = try rules.decide(randomAccount(&random), on: today).notice else { continue }
            #expect(notice.items.contains { $0.rises })
            #expect(
                notice.items.allSatisfy {
                    (0...($0.item.procedure == "second" && $0.item.level == 0 ? 2 : 1)).contains(
                        $0.level - $0.item.level)
                })
            #expect(notice.level == notice.items.map(\.level).max())
            #expect(notice.totalMinor > 0)
            #expect(
                notice.totalMinor + notice.creditMinor
                    == notice.items.reduce(notice.feeMinor) { $0 + $1.item.openMinor + $1.interestMinor })
        }
    }

    @Test func `accepted and run again on the same day, nothing rises`() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<3000 {
            var account = try randomAccount(&random)
            guard let notice = try rules.decide(account, on: today).notice else { continue }
            for item in notice.items {
                let index = try #require(account.items.firstIndex { $0.id == item.item.id })
                account.items[index].level = item.level
                account.items[index].lastNoticeOn = today
            }
            #expect(try rules.decide(account, on: today).notice == nil)
        }
    }
}
