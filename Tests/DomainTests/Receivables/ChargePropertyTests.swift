import Domain
import TestSupport
import Testing

struct ChargePropertyTests {
    let rules: DunningRules
    let start: CalendarDate
    let euro: Currency

    init() throws {
        euro = try #require(Currency("EUR"))
        var policy = try DunningRulesTests.policy()
        policy.procedures[0].levels[1].chargesInterest = true
        for index in policy.procedures[0].levels.indices { policy.procedures[0].levels[index].repeatEvery = 12 }
        policy.procedures[0].compensation = Compensation([.init(Money(minor: 4000, currency: euro))])
        rules = try DunningRules(policy)
        start = try day("2026-01-10")
    }

    private func account(_ random: inout SeededRandom) -> DebtorAccount {
        let items = (1...Int.random(in: 1...4, using: &random)).map { id in
            let due = start.adding(days: Int.random(in: -30...60, using: &random))
            return OpenItem(
                id: id, number: "R\(id)", issuedOn: due.adding(days: -30), dueOn: due,
                openMinor: Int.random(in: 10_000...900_000, using: &random))
        }
        return DebtorAccount(creditor: 1, customer: 1, currency: euro, items: items)
    }

    /// What acceptance does to the account.
    private func accept(_ notice: DunningNotice, on today: CalendarDate, _ account: inout DebtorAccount) {
        func post(_ kind: Charge.Kind, _ minor: Int) {
            guard minor > 0 else { return }
            let id = 1000 + account.charges.count
            account.charges.append(
                Charge(
                    kind, OpenItem(id: id, number: "N\(id)", issuedOn: today, dueOn: notice.payBy, openMinor: minor)))
        }
        for item in notice.items {
            guard let index = account.items.firstIndex(where: { $0.id == item.item.id }) else { continue }
            account.items[index].level = item.level
            account.items[index].lastNoticeOn = today
            account.items[index].postedMinor += item.interestMinor
            account.items[index].isCompensated = account.items[index].isCompensated || item.compensationMinor > 0
            post(.interest, item.interestMinor)
            post(.compensation, item.compensationMinor)
        }
        post(.fee, notice.feeMinor)
    }

    private func pay(on today: CalendarDate, _ account: inout DebtorAccount, _ random: inout SeededRandom) {
        for index in account.items.indices where Int.random(in: 0..<5, using: &random) == 0 {
            let minor = Int.random(in: 0...account.items[index].openMinor / 2, using: &random)
            guard minor > 0 else { continue }
            account.items[index].openMinor -= minor
            account.items[index].settlements.append(Settlement(source: "\(today)", on: today, minor: minor))
        }
    }

    @Test func `whatever notices are accepted, postings are the cumulative interest, and nothing is asked for twice`()
        throws
    {
        var random = SeededRandom(seed: 11)
        var accepted = 0
        for _ in 0..<300 {
            var account = account(&random)
            var cumulative: [Int: Int] = [:]
            var compensated: [Int: Int] = [:]
            var posted = 0
            var today = start
            for _ in 0..<12 {
                today = today.adding(days: Int.random(in: 3...15, using: &random))
                pay(on: today, &account, &random)
                guard let notice = try rules.decide(account, on: today).notice else { continue }
                #expect(notice.chargesMinor == posted)
                #expect(
                    notice.totalMinor
                        == notice.items.reduce(notice.feeMinor + posted) {
                            $0 + $1.item.openMinor + $1.interestMinor + $1.compensationMinor
                        } - notice.creditMinor)
                for item in notice.items {
                    cumulative[item.item.id] = item.interest?.minor ?? cumulative[item.item.id]
                    compensated[item.item.id, default: 0] += item.compensationMinor
                }
                posted += notice.totalMinor - notice.openMinor - notice.chargesMinor
                accept(notice, on: today, &account)
                accepted += 1
                #expect(account.items.allSatisfy { $0.postedMinor == cumulative[$0.id] ?? 0 })
            }
            #expect(compensated.values.allSatisfy { $0 == 0 || $0 == 4000 })
        }
        #expect(accepted > 1000)
    }

    @Test func `charges change no level and bear no interest`() throws {
        var random = SeededRandom(seed: 12)
        for _ in 0..<500 {
            var account = account(&random)
            let today = start.adding(days: Int.random(in: 0...80, using: &random))
            let plain = try rules.decide(account, on: today)
            account.charges = (1...3).map {
                Charge(
                    .fee, OpenItem(id: 100 + $0, number: "F\($0)", issuedOn: start, dueOn: start, openMinor: 5_000_000))
            }
            let charged = try rules.decide(account, on: today)
            #expect(charged.skipped == plain.skipped && charged.notice?.items == plain.notice?.items)
            #expect(charged.notice?.chargesMinor ?? 0 == (plain.notice == nil ? 0 : 15_000_000))
        }
    }

    @Test func `a charge that is disputed or held is not asked for`() throws {
        var item = OpenItem(id: 1, number: "R1", issuedOn: start, dueOn: start, openMinor: 100_000)
        item.originalMinor = 200_000
        var account = DebtorAccount(creditor: 1, customer: 1, currency: euro, items: [item])
        var (held, disputed) = (item, item)
        (held.obstacles, disputed.obstacles) = (
            [.hold(DunningHold())], [.dispute(minor: 30_000, until: start.adding(days: 99))]
        )
        account.charges = [Charge(.fee, held), Charge(.fee, disputed)]
        let notice = try #require(try rules.decide(account, on: start.adding(days: 20)).notice)
        #expect(notice.charges.map(\.item.openMinor) == [70_000])
    }

    @Test func `what was taken back paid nothing, the latest of its source first`() throws {
        let days = try ["2026-01-01", "2026-01-05", "2026-01-07", "2026-01-09"].map(day)
        let settlements = [
            Settlement(source: "receipt 1", on: days[0], minor: 100),
            Settlement(source: "receipt 1", on: days[1], minor: 50),
            Settlement(source: "receipt 2", on: days[2], minor: 70),
            Settlement(source: "receipt 1", on: days[3], minor: -60),
        ]
        let standing = InterestClaim.Payment.standing(settlements)
        #expect(standing == [.init(on: days[0], minor: 90), .init(on: days[2], minor: 70)])
    }

    @Test func `a fee has a share of the original amounts, and compensation goes by what was open when it became late`()
        throws
    {
        var policy = try DunningRulesTests.policy()
        policy.procedures[0].levels[0].chargesInterest = true
        policy.procedures[0].levels[0].fees = [
            NoticeFee(Money(minor: 500, currency: euro), share: try #require(Percent("1")))
        ]
        policy.procedures[0].compensation = Compensation([
            .init(Money(minor: 4000, currency: euro), below: Money(minor: 100_000, currency: euro)),
            .init(Money(minor: 7000, currency: euro)),
        ])
        var item = OpenItem(id: 1, number: "R1", issuedOn: start, dueOn: start, openMinor: 50_000)
        item.originalMinor = 150_000
        item.settlements = [Settlement(source: "receipt 1", on: start.adding(days: 1), minor: 60_000)]
        let rules = try DunningRules(policy)
        func notice() throws -> DunningNotice {
            let account = DebtorAccount(creditor: 1, customer: 1, currency: euro, items: [item])
            return try #require(try rules.decide(account, on: start.adding(days: 9)).notice)
        }
        #expect(try (notice().feeMinor, notice().compensationMinor) == (2000, 7000))
        item.settlements[0].on = start
        #expect(try (notice().feeMinor, notice().compensationMinor) == (2000, 4000))
    }
}
