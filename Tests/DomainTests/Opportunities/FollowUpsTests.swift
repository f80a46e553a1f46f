import Domain
import Foundation
import Testing

struct FollowUpsTests {
    private let rule = FollowUpRule(name: "r", subject: .lead, within: .seconds(4 * 3600), escalateAfter: .days(1))

    private func berlin(absences: [DateInterval] = []) throws -> WorkingClock {
        var plan = CalendarPlan(code: "de")
        plan.holidays = [try #require(CalendarDate("2026-05-01")): "Tag der Arbeit"]
        return WorkingClock(
            zone: try #require(TimeZone(identifier: "Europe/Berlin")), hours: .officeHours,
            calendar: BusinessCalendar(plan), absences: absences)
    }

    private func at(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private func verdict(
        since: String?, asOf: String, said: FollowUps.Said = .init(), absences: [DateInterval] = []
    ) throws -> FollowUps.Verdict {
        try FollowUps.verdict(
            rule, since: since.map(at), said: said, owner: berlin(absences: absences), team: berlin(), asOf: at(asOf))
    }

    @Test func `the first rule that fits subject, team and state is the one`() {
        var china = FollowUpRule(name: "china", subject: .lead, within: .days(1))
        china.teams = ["apac"]
        var working = FollowUpRule(name: "working", subject: .lead, within: .days(5))
        working.states = ["working"]
        let deals = FollowUpRule(name: "deals", subject: .opportunity, within: .days(9))
        let followUps = FollowUps([deals, china, working])
        #expect(followUps.rule(for: .lead, state: "working", team: "apac")?.name == "china")
        #expect(followUps.rule(for: .lead, state: "working", team: "emea")?.name == "working")
        #expect(followUps.rule(for: .lead, state: "assigned", team: "emea") == nil)
        #expect(followUps.rule(for: .opportunity, state: "needs", team: "emea")?.name == "deals")
    }

    @Test func `a lead of Friday afternoon is due on Monday, not before and not at the weekend`() throws {
        let due = try at("2026-03-02T10:00:00Z")  // two hours on Friday until 17:30, two on Monday from nine
        let friday = "2026-02-27T14:30:00Z"
        #expect(try verdict(since: friday, asOf: "2026-02-27T20:00:00Z") == .waits(until: due))
        #expect(try verdict(since: friday, asOf: "2026-03-02T09:59:59Z") == .waits(until: due))
        #expect(try verdict(since: friday, asOf: "2026-03-02T10:00:00Z") == .remind(dueAt: due))
    }

    @Test func `a holiday and the night of the clock change count nothing`() throws {
        #expect(
            try verdict(since: "2026-04-30T14:30:00Z", asOf: "2026-05-03T12:00:00Z")
                == .waits(until: at("2026-05-04T10:00:00Z")))
        #expect(
            try verdict(since: "2026-03-27T15:30:00Z", asOf: "2026-03-27T15:30:00Z")
                == .waits(until: at("2026-03-30T10:00:00Z")))
    }

    @Test func `what was missed is said on the next day of work, never on a holiday`() throws {
        let since = "2026-04-29T08:00:00Z"
        #expect(try verdict(since: since, asOf: "2026-05-01T10:00:00Z") == .waits(until: at("2026-05-04T07:00:00Z")))
        #expect(try verdict(since: since, asOf: "2026-05-04T21:00:00Z") == .remind(dueAt: at("2026-04-29T12:00:00Z")))
    }

    @Test func `who is away is reminded on the return`() throws {
        let away = DateInterval(start: try at("2026-03-02T23:00:00Z"), end: try at("2026-03-09T23:00:00Z"))
        let since = "2026-03-02T14:30:00Z"
        #expect(
            try verdict(since: since, asOf: "2026-03-05T12:00:00Z", absences: [away])
                == .waits(until: at("2026-03-10T10:00:00Z")))
        // Due before the absence began, and not said by then.
        #expect(
            try verdict(since: "2026-03-02T08:00:00Z", asOf: "2026-03-05T12:00:00Z", absences: [away])
                == .waits(until: at("2026-03-10T08:00:00Z")))
    }

    @Test func `nobody knows since when it lies still: it is due at once`() throws {
        #expect(try verdict(since: nil, asOf: "2026-03-02T10:00:00Z") == .remind(dueAt: at("2026-03-02T10:00:00Z")))
    }

    @Test func `it is escalated once, a working day after the owner was reminded, unless somebody answered`() throws {
        let since = "2026-02-27T08:00:00Z"
        let reminded = FollowUps.Said(remindedAt: try at("2026-02-27T12:00:00Z"))
        let due = try at("2026-03-02T12:00:00Z")
        #expect(try verdict(since: since, asOf: "2026-03-01T12:00:00Z", said: reminded) == .waits(until: due))
        #expect(try verdict(since: since, asOf: "2026-03-02T12:00:00Z", said: reminded) == .escalate(dueAt: due))
        for (isEscalated, isAnswered) in [(true, false), (false, true)] {
            var said = reminded
            (said.isEscalated, said.isAnswered) = (isEscalated, isAnswered)
            #expect(try verdict(since: since, asOf: "2026-03-09T12:00:00Z", said: said) == .rests)
        }
    }

    @Test func `after a standstill the owner still has the whole time before the manager hears`() throws {
        let reminded = FollowUps.Said(remindedAt: try at("2026-03-09T12:00:00Z"))
        #expect(
            try verdict(since: "2026-02-02T08:00:00Z", asOf: "2026-03-09T12:00:00Z", said: reminded)
                == .waits(until: at("2026-03-10T12:00:00Z")))
    }
}
