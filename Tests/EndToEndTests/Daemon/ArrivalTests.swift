import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

/// Leads that come in while the daemon lives, and while it dies.
@Suite(.timeLimit(.minutes(10)))
struct ArrivalTests {
    /// A database with the company of `config/small.yaml`.
    private func withCompany(_ body: (TestDatabase) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let file = URL(filePath: #filePath).appending(path: "../../../../config/small.yaml").standardized.path
            let apply = try ChildProcess(product("ltc"), ["apply", file], environment: ["PGDATABASE": database.name])
            let words = await apply.nextOutput()
            try #require(await apply.exit() == 0, "\(words)")
            try await body(database)
        }
    }

    private func arrive(_ names: [String], in database: TestDatabase) async throws {
        for name in names {
            _ = try await database.pool.transaction { db in
                try LeadIntake.add(NewLead(company: name, createdAt: Date()), reason: "form", in: db)
            }
        }
    }

    private func count(_ what: String, in database: TestDatabase) async throws -> Int {
        try await database.pool.transaction { db in
            var text = ""
            try db.copyOut("COPY (SELECT count(*) FROM \(what)) TO STDOUT") {
                text += String(decoding: $0, as: UTF8.self)
            }
            return Int(text.trimmingCharacters(in: .newlines)) ?? -1
        }
    }

    @Test func `a lead has its owner without anybody asking`() async throws {
        try await withCompany { database in
            let daemon = try DaemonProcess(database.name)
            try await daemon.line(with: "ltcd works")
            try await arrive(["上海云杉"], in: database)
            let line = try await daemon.line(with: "automation=assign-leads")
            #expect(line.contains("run finished") && line.contains("assigned=1"), "\(line)")
            #expect(await daemon.stop().code == 0)
            #expect(try await count("ltc.leads WHERE state = 'assigned' AND owner_id IS NOT NULL", in: database) == 1)
        }
    }

    @Test func `killed again and again while leads arrive, each has one owner, one event and one message`() async throws
    {
        try await withCompany { database in
            for round in 0..<3 {
                let daemon = try DaemonProcess(database.name)
                try await daemon.line(with: "ltcd works")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await arrive((0..<40).map { "Company \(round)/\($0)" }, in: database) }
                    group.addTask {
                        try await daemon.line(with: "run finished")
                        await daemon.kill()
                    }
                    try await group.waitForAll()
                }
            }
            let last = try DaemonProcess(database.name)
            // Nothing may be left for it, and it cannot be stopped in order before it works.
            try await last.line(with: "ltcd works")
            while try await count("ltc.leads WHERE state = 'new'", in: database) > 0 {
                try await last.line(with: "run finished")
            }
            #expect(await last.stop().code == 0)
            #expect(try await count("ltc.leads WHERE state = 'assigned'", in: database) == 120)
            let assigned = "ltc.events WHERE kind = 'lead_assigned'"
            #expect(try await count(assigned, in: database) == 120)
            #expect(try await count("(SELECT DISTINCT subject_id FROM \(assigned)) AS s", in: database) == 120)
            #expect(try await count("ltc.messages WHERE kind = 'lead-assigned'", in: database) == 120)
        }
    }

    @Test func `several daemons share the work`() async throws {
        try await withCompany { database in
            let daemons = try (0..<3).map { _ in try DaemonProcess(database.name) }
            for daemon in daemons { try await daemon.line(with: "ltcd works") }
            try await arrive((0..<60).map { "Company \($0)" }, in: database)
            var logs = ""
            for daemon in daemons {
                let (code, log) = await daemon.stop()
                #expect(code == 0)
                logs += log
            }
            let last = try DaemonProcess(database.name, ["--until-idle"])
            #expect(await last.end().code == 0)
            #expect(!logs.contains(" error "))
            #expect(try await count("ltc.leads WHERE state = 'assigned'", in: database) == 60)
            #expect(try await count("ltc.events WHERE kind = 'lead_assigned'", in: database) == 60)
        }
    }
}
