import Domain
import Testing

struct DunningObstaclesTests {
    let base: DunningRulesTests
    let today: CalendarDate

    init() throws {
        base = try DunningRulesTests()
        today = base.today
    }

    func decide(
        _ obstacles: [DunningObstacle], level: Int = 0, noticed: Int? = nil, on days: Int = 0
    ) throws -> DunningRules.Verdict {
        var item = base.item(overdue: 20, open: 1000, level: level, noticed: noticed)
        item.obstacles = obstacles
        return try base.rules.decide(base.account([item]), on: today.adding(days: days))
    }

    @Test func `a hold lasts through its last day, or until it is released`() throws {
        #expect(try decide([.hold(DunningHold(until: today))]).skipped.map(\.reason) == [.onHold])
        #expect(try decide([.hold(DunningHold(until: today))], on: 1).notice != nil)
        #expect(try decide([.hold(DunningHold())], on: 300).skipped.map(\.reason) == [.onHold])
        var account = try base.account([base.item(1, overdue: 20), base.item(2, overdue: 3)])
        account.holds = [DunningHold(until: today)]
        #expect(try base.rules.decide(account, on: today).skipped.map(\.reason) == [.onHold, .withinGrace])
    }

    @Test func `what is disputed is not asked for, and is again when the dispute is over`() throws {
        let part = DunningObstacle.dispute(minor: 400, until: today)
        #expect(try decide([part]).notice?.openMinor == 600)
        #expect(try decide([part], on: 1).notice?.openMinor == 1000)
        #expect(try decide([.dispute(minor: 1000, until: today)]).skipped.map(\.reason) == [.disputed])
    }

    @Test func `a promise spares its part through the tolerated days, less what came in`() throws {
        func promise(_ received: Int = 0) -> DunningObstacle {
            .promise(PromiseToPay(minor: 700, on: today.adding(days: 5), tolerance: 3, receivedMinor: received))
        }
        #expect(try decide([promise()]).notice?.openMinor == 300)
        #expect(try decide([promise(200)], on: 8).notice?.openMinor == 500)
        #expect(try decide([promise(700)], on: 8).notice?.openMinor == 1000)
        #expect(try decide([promise()], on: 9).notice?.openMinor == 1000)
        #expect(
            try decide([promise(), .dispute(minor: 300, until: today)]).skipped.map(\.reason) == [.promised])
    }

    @Test func `a broken promise waives the interval, once`() throws {
        let broken = DunningObstacle.promise(PromiseToPay(minor: 700, on: today.adding(days: -4), tolerance: 3))
        #expect(try decide([], level: 1, noticed: 2).skipped.map(\.reason) == [.intervalNotOver])
        #expect(try decide([broken], level: 1, noticed: 2).notice?.level == 2)
        // The notice after the breach has used it up.
        #expect(try decide([broken], level: 1, noticed: 0).skipped.map(\.reason) == [.intervalNotOver])
    }

    @Test func `the next notice comes when the obstacle is over`() throws {
        var item = base.item(overdue: 20)
        item.obstacles = [.hold(DunningHold(until: today.adding(days: 40)))]
        let next = base.rules.next(of: 1, in: try base.account([item]), after: today)
        #expect(next?.level == 1 && next?.on == today.adding(days: 41))
    }

    /// Of 1,000 a draft pays 300 in five days.
    @Test func `a draft pays on its day, and what is left counts from then`() throws {
        func next(_ obstacles: [DunningObstacle], draft minor: Int = 300) throws -> Int? {
            var item = base.item(overdue: 20)
            item.openMinor = 1000
            item.obstacles = [.draft(minor: minor, until: today.adding(days: 5))] + obstacles
            return try base.rules.next(of: 1, in: base.account([item]), after: today)?.on.days(since: today)
        }
        #expect(try next([], draft: 1000) == nil)
        #expect(try next([.dispute(minor: 700, until: today.adding(days: 9))]) == 10)
        let promise = PromiseToPay(minor: 700, on: today.adding(days: 9), tolerance: 3)
        #expect(try next([.promise(promise)]) == 13)
        #expect(try next([.promise(promise)], draft: 200) == 1)
    }
}
