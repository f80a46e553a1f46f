import Foundation
import Postgres
import TestSupport
import Testing

/// What the clock starts, from the company's file to the ledger, with the programs as people run them.
@Suite(.timeLimit(.minutes(10)))
struct ScheduleCommandTests {
    private static let company = URL(filePath: #filePath).appending(path: "../../../../config/company.yaml")
        .standardized.path

    private func ltc(_ arguments: String..., in database: TestDatabase) async throws -> (code: Int32, output: String) {
        try await ltc(arguments, in: database)
    }

    private func ltc(_ arguments: [String], in database: TestDatabase) async throws -> (code: Int32, output: String) {
        let command = try ChildProcess(product("ltc"), arguments, environment: ["PGDATABASE": database.name])
        var output = ""
        while case let more = await command.nextOutput(), !more.isEmpty { output += more }
        return (await command.exit(), output)
    }

    @Test func `a schedule of the company's file is previewed with the reason for every shift`() async throws {
        try await TestDatabase.with { database in
            #expect(try await ltc("apply", Self.company, in: database).code == 0)
            let preview = try await ltc(
                "schedule", "preview", "dunning-cn", "--from", "2026-09-20", "--count", "2", in: database)
            #expect(
                preview.output == """
                    local                    UTC                          why
                    2026-09-20 09:30 +08:00  2026-09-20T01:30:00Z  fires
                    2026-10-08 09:30 +08:00  2026-10-08T01:30:00Z  fires  moved on from 2026-10-05T09:30 (国庆节)

                    """)
            let json = try await ltc(
                "schedule", "preview", "dunning-eu", "--from", "2026-12-25", "--count", "1", "--json", in: database)
            #expect(json.output.contains(#""schema" : "ltc.schedule.preview/1""#))
            #expect(json.output.contains(#""reason" : "2026-12-25 is free (1. Weihnachtstag)""#))
        }
    }

    @Test func `the daemon fires what the file says; ledger, backfill and pause are the operator's`() async throws {
        try await TestDatabase.with { database in
            #expect(try await ltc("apply", Self.company, in: database).code == 0)
            // Nothing ran for four days.
            try await database.pool.transaction { db in
                try db.script(
                    """
                    UPDATE ltc_jobs.schedules SET decided_until = now() - interval '98 hours',
                        next_due = now() - interval '98 hours' WHERE name = 'renewals'
                    """)
            }
            let daemon = try DaemonProcess(database.name)
            try await daemon.line(with: "schedule=renewals")
            #expect(await daemon.stop().code == 0)
            let occurrences = try await ltc("schedule", "occurrences", "renewals", "--csv", in: database)
            #expect(occurrences.output.split(separator: "\r\n").count { $0.contains("skipped") } >= 3)
            #expect(occurrences.output.contains("a newer one fires in its place"))

            let from = (Date() - 98 * 3_600).ISO8601Format()
            let dry = try await ltc("schedule", "backfill", "renewals", "--from", from, "--dry-run", in: database)
            #expect(dry.output.contains("would be made") && !dry.output.contains("dry run: 0"))
            let made = try await ltc("schedule", "backfill", "renewals", "--from", from, "--json", in: database)
            #expect(
                made.output.contains(#""outcome" : "made""#) && made.output.contains(#""outcome" : "fired_before""#))
            let again = try await ltc("schedule", "backfill", "renewals", "--from", from, "--json", in: database)
            #expect(again.output.contains(#""made" : 0"#))

            #expect(try await ltc("schedule", "pause", "renewals", in: database).output == "renewals is paused\n")
            #expect(try await ltc("apply", Self.company, in: database).code == 0)
            #expect(try await ltc("schedule", "show", "renewals", in: database).output.contains("paused"))
            #expect(try await ltc("schedule", "resume", "renewals", in: database).output == "renewals is running\n")
        }
    }

    @Test(arguments: ["show", "preview", "occurrences", "run", "pause", "resume", "backfill"])
    func `an unknown schedule is refused with the command that lists them`(verb: String) async throws {
        try await TestDatabase.with { database in
            let more = verb == "backfill" ? ["--from", "2026-01-01"] : []
            let answer = try await ltc(["schedule", verb, "nightly"] + more, in: database)
            #expect(answer.code == 1)
            #expect(answer.output == "ltc: there is no schedule 'nightly'\n  → ltc schedule list\n")
        }
    }
}
