import Automation
import Domain
import Foundation
import Jobs
import Postgres
import TestSupport

extension Measurement {
    /// From just before the transaction that brings the lead to just after the one that stores its owner, on an engine
    /// that is idle in between; the daemon's own way, without its process.
    static let arrival = Measurement(
        name: "arrival", what: "a lead arrives on an idle machine, and its owner is stored"
    ) {
        try await TestDatabase.with(limit: 12) { database in
            try await SalesFloor.open(database)
            let latencies = try await SalesFloor.latencies(database)
            let (middle, high) = (latencies.percentile(0.5).milliseconds, latencies.percentile(0.99).milliseconds)
            return [
                Figure(label: "arrival to owner, p50", value: "\(middle.rounded(1)) ms"),
                Figure(
                    label: "arrival to owner, p99", value: "\(high.rounded(1)) ms", goal: .atMost(50, "ms", high)),
            ]
        }
    }

    /// The reference writes the same states and as many events without deciding anything.
    static let assignment = Measurement(
        name: "assignment", what: "10,000 leads get their owners, events and mails, against one bare UPDATE + INSERT"
    ) {
        let count = 10_000
        let clock = ContinuousClock()
        var (ours, bare): ([Duration], [Duration]) = ([], [])
        for _ in 0..<3 {
            bare.append(
                try await TestDatabase.with { database in
                    try await SalesFloor.open(database)
                    try await SalesFloor.arrive(count, database)
                    return try await clock.measure { try await SalesFloor.assignBare(database) }
                })
            ours.append(
                try await TestDatabase.with { database in
                    try await SalesFloor.open(database)
                    try await SalesFloor.arrive(count, database)
                    return try await clock.measure {
                        let assigned = try await SalesFloor.assign(database).report.assigned.count
                        guard assigned == count else { throw SalesFloor.Missing(assigned: assigned, of: count) }
                    }
                })
        }
        let (best, reference) = (ours.min()!.seconds, bare.min()!.seconds)
        return [
            Figure(
                label: "assign-leads", value: "\(Int(Double(count) / best)) leads/s",
                reference: "UPDATE + INSERT: \(Int(Double(count) / reference)) leads/s", ratio: reference / best)
        ]
    }
}

/// Three teams of eight, and leads for them.
enum SalesFloor {
    struct Missing: Error {
        let assigned: Int
        let of: Int
    }

    private static let regions = ["emea", "apac", "amer"]

    static func open(_ database: TestDatabase) async throws {
        var company = Company(name: "Bench")
        for region in regions {
            var team = TeamPlan(code: region, name: region, kind: .sales, zone: "Europe/Berlin", hours: .officeHours)
            for number in 1...8 {
                var member = MemberPlan(code: "\(region)-\(number)", name: "Member \(number) of \(region)")
                member.email = "\(member.code)@example.invalid"
                company.members.append(member)
                team.seats.append(SeatPlan(member: member.code, weight: 1 + number % 3, capacity: 100_000))
            }
            company.teams.append(team)
            var rule = AssignmentRule(name: region, team: region)
            rule.conditions = [.region: [region]]
            company.assignment.rules.append(rule)
        }
        company.followUps = [FollowUpRule(name: "first-response", subject: .lead, within: .seconds(4 * 3600))]
        let plan = company
        _ = try await database.pool.transaction { db in
            try ApplyConfiguration.apply(plan, actor: "bench", asOf: Date(timeIntervalSince1970: 1_700_000_000), in: db)
        }
    }

    static func arrive(_ count: Int, _ database: TestDatabase) async throws {
        try await script(
            """
            INSERT INTO ltc.leads (company, region, product, created_at)
            SELECT 'Company ' || n, (ARRAY['emea', 'apac', 'amer'])[1 + n % 3], 'GTX', now() - n * interval '1 second'
            FROM generate_series(1, \(count)) AS n;
            ANALYZE ltc.leads
            """, database)
    }

    static func assignBare(_ database: TestDatabase) async throws {
        try await script(
            """
            WITH moved AS (
                UPDATE ltc.leads SET state = 'assigned', team_id = s.team_id, owner_id = s.member_id
                FROM (SELECT team_id, member_id FROM ltc.memberships ORDER BY id LIMIT 1) AS s WHERE state = 'new'
                RETURNING id, leads.team_id, owner_id)
            INSERT INTO ltc.events (subject_kind, subject_id, team_id, kind, to_member, effective_at)
            SELECT 'lead', id, team_id, 'lead_assigned', owner_id, now() FROM moved
            """, database)
    }

    static func assign(_ database: TestDatabase) async throws -> RunOutcome<AssignLeadsReport> {
        let request = RunRequest(asOf: .instant(Date()), actor: "bench")
        let runner = AutomationRunner(pool: database.pool, logger: TestDatabase.logger)
        return try await runner.run(AssignLeads.self, request)
    }

    static func latencies(_ database: TestDatabase) async throws -> [Duration] {
        let clock = ContinuousClock()
        let (stored, store) = AsyncStream<ContinuousClock.Instant>.makeStream()
        let handler = Handler.leased(AutomationName.assignLeads.rawValue, timeout: .seconds(10)) { _, _ in
            _ = try await assign(database)
            store.yield(clock.now)
        }
        let engine = Engine(
            pool: database.pool, listening: database.settings, handlers: [handler], logger: TestDatabase.logger)
        async let running: Void = engine.run()
        var latencies: [Duration] = []
        var ends = stored.makeAsyncIterator()
        for number in 0..<520 {
            let region = regions[number % 3]
            let start = clock.now
            _ = try await database.pool.transaction { db in
                var lead = NewLead(company: "Company \(number)", createdAt: Date())
                (lead.region, lead.email) = (region, "person@company\(number).example")
                return try LeadIntake.add(lead, reason: "bench", in: db)
            }
            guard let end = await ends.next() else { break }
            latencies.append(end - start)
            try await Task.sleep(for: .milliseconds(Int64.random(in: 5...15)))
        }
        await engine.drain(within: .seconds(5))
        await running
        // The first ones meet cold connections and plans.
        return Array(latencies.dropFirst(20))
    }

    private static func script(_ sql: String, _ database: TestDatabase) async throws {
        try await database.pool.transaction { db in try db.script(sql) }
    }
}
