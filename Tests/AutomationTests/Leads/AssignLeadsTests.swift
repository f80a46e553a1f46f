import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

struct AssignLeadsTests {
    private let morning = "2026-03-02T09:00:00Z"

    @Test func `leads go by rule to a team and there by weight to owners, and each knows why`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(8)
            try await office.arrive(2, region: "china")
            let report = try await office.run(AssignLeads.self, at: morning)
            #expect(report.assigned.count == 10)
            #expect(
                Dictionary(grouping: report.assigned, by: \.member).mapValues(\.count)
                    == ["ada": 4, "bob": 2, "eve": 2, "li": 1, "wang": 1])
            #expect(try await office.count("SELECT count(*) FROM ltc.leads WHERE state = 'assigned'") == 10)
            let why = try await office.texts(
                """
                SELECT rule || ' ' || reason || ' ' || configuration_version || ' ' || (detail->'rules'->0->>'failed')
                FROM ltc.events WHERE kind = 'lead_assigned' AND rule = 'europe' GROUP BY 1
                """)
            #expect(why == ["europe next_in_rotation 1 region"])
            let passedOver = try await office.texts(
                """
                SELECT DISTINCT m.code || ' ' || (c->>'reason') FROM ltc.events AS e,
                    jsonb_array_elements(e.detail->'candidates') AS c JOIN ltc.members AS m ON m.id = (c->>'member')::bigint
                WHERE e.kind = 'lead_assigned' AND m.code = 'mia'
                """)
            #expect(passedOver == ["mia weight_zero"])
        }
    }

    @Test func `each owner gets one mail a lead, in their language, with its job`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(1, region: "CHINA")
            try await office.run(AssignLeads.self, at: morning)
            #expect(
                try await office.texts("SELECT recipient || ' ' || language || ' ' || subject FROM ltc.messages")
                    == ["li@example.invalid zh 新线索：Firma 1"])
            #expect(try await office.count("SELECT count(*) FROM ltc_jobs.jobs WHERE kind = 'deliver-message'") == 1)
        }
    }

    @Test func `a lead that no rule takes is pooled where it is seen, one for the pool is pooled, nobody there pools`()
        async throws
    {
        try await SalesOffice.with { office in
            try await office.script(
                """
                INSERT INTO ltc.leads (company, region, channel, do_not_contact, created_at) VALUES
                    ('no rule', 'mars', NULL, false, '2026-03-01Z'), ('fair', 'EMEA', 'Fair', false, '2026-03-01Z'),
                    ('china', 'China', NULL, false, '2026-03-01Z'), ('opted out', 'EMEA', NULL, true, '2026-03-01Z'),
                    ('later', 'EMEA', NULL, false, '2026-03-09Z');
                UPDATE ltc.memberships SET weight = 0 WHERE team_id = (SELECT id FROM ltc.teams WHERE code = 'apac');
                """)
            let report = try await office.run(AssignLeads.self, at: morning)
            #expect(report.pooled.map(\.reason) == ["no_rule_matches", "rule_says_pool", "nobody_available"])
            #expect(report.pooled.map(\.team) == ["apac", "emea", "apac"])
            #expect(report.disqualified.map(\.reason) == ["do_not_contact"])
            #expect(try await office.texts("SELECT company FROM ltc.leads WHERE state = 'new'") == ["later"])
        }
    }

    @Test func `four runs at once assign each lead once, and shares stay fair`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(2000)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { _ = try await office.run(AssignLeads.self, at: morning) } }
                try await group.waitForAll()
            }
            #expect(try await office.count("SELECT count(*) FROM ltc.events WHERE kind = 'lead_assigned'") == 2000)
            #expect(
                try await office.count(
                    "SELECT count(DISTINCT subject_id) FROM ltc.events WHERE kind = 'lead_assigned'") == 2000)
            #expect(try await office.count("SELECT count(*) FROM ltc.messages") == 2000)
            let shares = try await office.texts(
                """
                SELECT m.code || ' ' || count(*) FROM ltc.leads AS l JOIN ltc.members AS m ON m.id = l.owner_id
                GROUP BY m.code ORDER BY 1
                """)
            #expect(shares == ["ada 1000", "bob 500", "eve 500"])
        }
    }

    @Test func `a preview is the run, and leaves nothing`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(1200)
            let preview = try await office.run(AssignLeads.self, at: morning, isPreview: true)
            #expect(try await office.count("SELECT count(*) FROM ltc.leads WHERE state <> 'new'") == 0)
            for table in ["events", "messages", "runs"] {
                #expect(try await office.count("SELECT count(*) FROM ltc.\(table)") == 0)
            }
            let run = try await office.run(AssignLeads.self, at: morning)
            #expect(preview.assigned == run.assigned)
            #expect(run.assigned.count == 1200)
        }
    }

    @Test func `a second run changes nothing`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(20)
            try await office.run(AssignLeads.self, at: morning)
            #expect(try await office.run(AssignLeads.self, at: morning).counts.values.allSatisfy { $0 == 0 })
            #expect(try await office.count("SELECT count(*) FROM ltc.events") == 20)
            #expect(try await office.count("SELECT count(*) FROM ltc.messages") == 20)
        }
    }

    @Test func `leads one by one are shared out as in one run`() async throws {
        try await SalesOffice.with { office in
            var owners: [String] = []
            for minute in 10..<26 {
                try await office.arrive(1, until: "2026-03-02T09:\(minute):00Z")
                owners += try await office.run(AssignLeads.self, at: "2026-03-02T09:\(minute):01Z").assigned.map(
                    \.member)
            }
            #expect(Dictionary(grouping: owners, by: \.self).mapValues(\.count) == ["ada": 8, "bob": 4, "eve": 4])
            #expect(Array(owners.prefix(4)) == Array(owners.suffix(4)))
        }
    }

    @Test func `a capacity holds across batches and runs, and frees when a lead is done`() async throws {
        try await SalesOffice.with { office in
            try await office.script("UPDATE ltc.memberships SET capacity = 260 WHERE weight > 0")
            try await office.arrive(1400)
            let report = try await office.run(AssignLeads.self, at: morning)
            #expect(
                Dictionary(grouping: report.assigned, by: \.member).mapValues(\.count)
                    == ["ada": 260, "bob": 260, "eve": 260])
            #expect(Set(report.pooled.map(\.reason)) == ["nobody_available"])
            #expect(report.pooled.count == 1400 - 780)
            try await office.script(
                """
                UPDATE ltc.leads SET state = 'qualified' WHERE id = (SELECT min(l.id) FROM ltc.leads AS l
                    JOIN ltc.members AS m ON m.id = l.owner_id WHERE m.code = 'eve')
                """)
            try await office.arrive(2)
            let next = try await office.run(AssignLeads.self, at: morning)
            #expect(next.assigned.map(\.member) == ["eve"])
            #expect(next.pooled.count == 1)
        }
    }

    @Test func `who is away for the rest of the day, or when the team works next, gets nothing`() async throws {
        try await SalesOffice.with { office in
            try await office.script(
                """
                INSERT INTO ltc.absences (member_id, starts_at, ends_at)
                SELECT id, timestamptz '2026-03-02 00:00 Europe/Berlin', timestamptz '2026-03-03 00:00 Europe/Berlin'
                FROM ltc.members WHERE code = 'ada';
                INSERT INTO ltc.absences (member_id, starts_at, ends_at)
                SELECT id, timestamptz '2026-03-02 08:00 Europe/Berlin', timestamptz '2026-03-02 12:00 Europe/Berlin'
                FROM ltc.members WHERE code = 'bob';
                """)
            try await office.arrive(4)
            // Monday at ten in Berlin: bob is back after lunch, ada tomorrow.
            let monday = try await office.run(AssignLeads.self, at: morning)
            #expect(Set(monday.assigned.map(\.member)) == ["bob", "eve"])
            // On Sunday evening nobody works; ada will not on Monday either.
            try await office.arrive(4, until: "2026-03-01T18:00:00Z")
            let sunday = try await office.run(AssignLeads.self, at: "2026-03-01T19:00:00Z")
            #expect(Set(sunday.assigned.map(\.member)) == ["bob", "eve"])
            try await office.arrive(4, until: "2026-03-02T19:00:00Z")
            let evening = try await office.run(AssignLeads.self, at: "2026-03-02T23:30:00Z")
            #expect(Set(evening.assigned.map(\.member)) == ["ada", "bob", "eve"])
        }
    }

    @Test func `a run of one team leaves the others' leads alone`() async throws {
        try await SalesOffice.with { office in
            try await office.arrive(700)
            try await office.arrive(3, region: "China")
            let report = try await office.run(AssignLeads.self, at: morning, team: "apac")
            #expect(report.assigned.count == 3)
            #expect(try await office.count("SELECT count(*) FROM ltc.leads WHERE state = 'new'") == 700)
        }
    }
}
