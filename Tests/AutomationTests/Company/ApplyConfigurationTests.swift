import Automation
import Domain
import Foundation
import Jobs
import Postgres
import Store
import TestSupport
import Testing

struct ApplyConfigurationTests {
    private static let asOf = Date(timeIntervalSince1970: 1_772_445_600)  // 2026-03-02 10:00 UTC

    private func apply(
        _ company: Company, to database: TestDatabase, asOf: Date = asOf
    ) async throws -> ApplyConfiguration.Report {
        try await database.pool.transaction { db in
            try ApplyConfiguration.apply(company, actor: "test", asOf: asOf, in: db)
        }
    }

    private func directory(_ database: TestDatabase, asOf: Date = asOf) async throws -> Directory {
        try await database.pool.transaction { db in try DirectoryStore.load(asOf: asOf, in: db) }
    }

    @Test(arguments: ["company", "small"])
    func `applying twice changes nothing the second time`(name: String) async throws {
        try await TestDatabase.with { database in
            let company = try Example.company(name)
            let first = try await apply(company, to: database)
            #expect(!first.changes.isEmpty)
            let second = try await apply(company, to: database)
            #expect(second.version == first.version)
            #expect(!second.isChanged)
            let stored = try await database.pool.transaction { db in try ConfigurationStore.current(in: db) }
            #expect(stored?.company == company)
            #expect(stored?.version == first.version)
        }
    }

    @Test func `a chat goes with the last who is told in it`() async throws {
        try await TestDatabase.with { database in
            var company = try Example.company("company")
            _ = try await apply(company, to: database)
            func rows() async throws -> [DoctorSQL.NamedWebhooks.Row] {
                try await database.pool.transaction { db in try db.run(DoctorSQL.NamedWebhooks()) }
            }
            let before = try await rows()
            #expect(before.map(\.webhook) == ["apac-chat"] && before[0].members == ["chen-jing"])
            company.webhooks = nil
            for index in company.members.indices { company.members[index].webhook = nil }
            #expect(try await apply(company, to: database).isChanged)
            #expect(try await rows().isEmpty)
        }
    }

    @Test func `a preview uses up no version`() async throws {
        try await TestDatabase.with { database in
            let company = try Example.company("small")
            let preview = try await database.pool.transaction(.init(rollsBack: true)) { db in
                try ApplyConfiguration.apply(company, actor: "test", asOf: Self.asOf, in: db)
            }
            let first = try await apply(company, to: database)
            #expect(preview.version == 1 && first.version == 1)
            var other = company
            other.name = "Other"
            #expect(try await apply(other, to: database).version == 2)
        }
    }

    @Test func `the directory is what the file says`() async throws {
        try await TestDatabase.with { database in
            let company = try Example.company("company")
            _ = try await apply(company, to: database)
            let directory = try await directory(database)
            #expect(directory.teams.map(\.code) == company.teams.map(\.code))
            #expect(directory.members.map(\.code) == company.members.map(\.code))
            let apac = try #require(directory.team(code: "apac-sales"))
            #expect(directory.seats(of: apac.id).count == 7)
            #expect(directory.manager(of: apac.id)?.name == "陈静")
            // Saturday 28 February makes up for the Spring Festival; 23 February is still free.
            #expect(apac.clock.isWorking(at: try Date("2026-02-28T02:00:00Z", strategy: .iso8601)))
            #expect(!apac.clock.isWorking(at: try Date("2026-02-23T02:00:00Z", strategy: .iso8601)))
            // 刘洋 is away from midnight in Shanghai on 2 March to midnight on 5 March.
            let away = try #require(directory.member(code: "liu-yang")?.absences.first)
            #expect(away.start.ISO8601Format() == "2026-03-01T16:00:00Z")
            #expect(away.end.ISO8601Format() == "2026-03-04T16:00:00Z")
            let schedules = try await database.pool.transaction { db in try ScheduleBook.list(in: db) }
            #expect(schedules.map(\.schedule.name).sorted() == company.schedules.map(\.name))
        }
    }

    @Test func `a seat that is given up ends that day, and is still known of the days before`() async throws {
        try await TestDatabase.with { database in
            var company = try Example.company("small")
            _ = try await apply(company, to: database, asOf: Self.asOf)
            let sales = try #require(try await directory(database).team(code: "sales"))
            company.teams[1].seats.removeAll { $0.member == "jan-klein" }
            let later = Self.asOf.addingTimeInterval(10 * 86400)
            let report = try await apply(company, to: database, asOf: later)
            #expect(report.changes.map(\.path) == ["teams.sales.seats.jan-klein"])
            #expect(try await directory(database, asOf: later).seats(of: sales.id).count == 1)
            #expect(
                try await directory(database, asOf: later.addingTimeInterval(-86400)).seats(of: sales.id).count == 2)
            #expect(try await directory(database, asOf: .init(timeIntervalSince1970: 0)).seats(of: sales.id).count == 2)
        }
    }

    @Test func `a changed weight holds from its day on`() async throws {
        try await TestDatabase.with { database in
            var company = try Example.company("small")
            _ = try await apply(company, to: database)
            let seat = try #require(company.teams[1].seats.firstIndex { $0.member == "jan-klein" })
            for weight in [4, 5] {
                company.teams[1].seats[seat].weight = weight
                _ = try await apply(company, to: database)
            }
            func weights(_ asOf: Date) async throws -> [Int] {
                let directory = try await directory(database, asOf: asOf)
                return directory.seats.filter { $0.member == directory.member(code: "jan-klein")?.id }.map(\.weight)
            }
            #expect(try await weights(Self.asOf) == [5])
            #expect(try await weights(Self.asOf.addingTimeInterval(-86400)) == [1])
        }
    }

    @Test func `what the file no longer names works no more; what came from elsewhere stays`() async throws {
        try await TestDatabase.with { database in
            var company = try Example.company("small")
            _ = try await apply(company, to: database)
            try await database.pool.withConnection { connection in
                try await connection.script(
                    """
                    INSERT INTO ltc.members (code, name) VALUES ('imported', 'Imported');
                    INSERT INTO ltc.memberships (team_id, member_id, role, valid_from)
                    SELECT t.id, m.id, 'member', '2020-01-01' FROM ltc.teams AS t, ltc.members AS m
                    WHERE t.code = 'sales' AND m.code = 'imported'
                    """)
            }
            company.members.removeAll { $0.code == "jan-klein" }
            company.teams[1].seats.removeAll { $0.member == "jan-klein" }
            _ = try await apply(company, to: database)
            let after = try await directory(database)
            let sales = try #require(after.team(code: "sales"))
            #expect(
                after.seats(of: sales.id).compactMap { after.member(id: $0.member)?.code } == ["eva-klein", "imported"])
            #expect(after.member(code: "jan-klein") != nil)
            let known = try await database.pool.transaction { db in try ApplyConfiguration.known(in: db) }
            #expect(known.members == ["imported"])
            #expect(known.teams.isEmpty)
        }
    }

    @Test func `what was changed behind the configuration's back is mended, without a new version`() async throws {
        try await TestDatabase.with { database in
            let company = try Example.company("small")
            let first = try await apply(company, to: database)
            try await database.pool.withConnection { connection in
                try await connection.script("UPDATE ltc.members SET name = 'X'; DELETE FROM ltc.calendar_days")
            }
            let second = try await apply(company, to: database)
            #expect(second.version == first.version)
            #expect(second.mended == 3 + 9)
            #expect(try await directory(database).member(code: "eva-klein")?.name == "Eva Klein")
        }
    }

    @Test func `a schedule that was paused stays paused`() async throws {
        try await TestDatabase.with { database in
            var company = try Example.company("small")
            _ = try await apply(company, to: database)
            _ = try await database.pool.transaction { try ScheduleBook.setPaused(true, "dun-invoices", in: $0) }
            company.schedules[0].cron = "15 6 * * *"
            company.schedules.removeLast()
            _ = try await apply(company, to: database)
            let schedules = try await database.pool.transaction { db in try ScheduleBook.list(in: db).map(\.schedule) }
            #expect(schedules.count == 3)
            #expect(schedules.filter(\.isPaused).map(\.name) == ["dun-invoices"])
            #expect(schedules.first { $0.name == "alert-renewals" }?.cron == "15 6 * * *")
        }
    }
}
