import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct DecisionFileTests {
    static func apply(_ text: String, _ office: FinanceOffice) async throws -> DecisionFile.Outcome {
        let file = try DecisionFile(text, file: "r.csv")
        let when = AsOf.day(try #require(CalendarDate("2026-04-01")))
        return try await office.database.pool.transaction { db in
            try file.apply(actor: "fay", asOf: when, in: db)
        }
    }

    @Test func `every marked line is taken, or rejected with its line and reason`() async throws {
        try await FinanceOffice.with { office in
            for index in 1...2 {
                try await office.invoice("R\(index)", of: "C\(index)", due: "2026-03-01", minor: 1_000_001)
            }
            try await office.invoice("R3", of: "C2", due: "2026-03-25", minor: 100)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let ids = try await office.texts("SELECT id::text FROM ltc.notices ORDER BY customer_id")
            let outcome = try await Self.apply(
                """
                notice,invoice,decision,reason,until
                \(ids[0]),R1,approve,,
                \(ids[1]),R2,Reject,wrong goods,
                \(ids[1]),R3,,,
                \(ids[1]),R3,reject,,
                ,R3,hold,talks,2026-05-01
                ,R3,hold,talks,1 May
                ,R3,hold,,2026-05-01
                77,R9,reject,,
                \(ids[0]),R1,pay,,
                """, office)
            #expect(outcome.taken == 4 && outcome.unmarked == 1)
            #expect(
                outcome.lines.map { "\($0.line) \($0.code ?? "taken")" } == [
                    "2 taken", "3 taken", "5 taken", "6 taken", "7 invalid_date", "8 missing_value",
                    "9 no_such_notice", "10 unknown_decision",
                ])
            #expect(
                try await office.texts(
                    "SELECT state || ' ' || coalesce(reason, '-') FROM ltc.notices ORDER BY customer_id")
                    == ["approved -", "rejected wrong goods"])
            #expect(try await office.texts("SELECT until_on::text FROM ltc.dunning_holds") == ["2026-05-01"])
        }
    }

    @Test func `about a notice that lines contradict each other, nothing is decided; a register's own text comes back`()
        async throws
    {
        try await FinanceOffice.with { office in
            try await office.invoice("=R1", due: "2026-03-01", minor: 1_000_001)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let id = try await office.texts("SELECT id::text FROM ltc.notices")[0]
            let outcome = try await Self.apply(
                "notice,invoice,decision,reason,until\n\(id),'=R1,approve,,\n\(id),R2,reject,x,\n,'=R1,hold,talks,\n",
                office)
            #expect(outcome.lines.map(\.code) == ["contradiction", "contradiction", nil])
            #expect(outcome.lines[0].problem?.hasPrefix("r.csv:2: lines 2, 3 do not say the same") == true)
            #expect(try await office.texts("SELECT state FROM ltc.notices") == ["proposed"])
        }
    }

    @Test func `a line that speaks of something else than its notice, or of less than it asks for, decides nothing`()
        async throws
    {
        try await FinanceOffice.with { office in
            for index in 1...2 {
                try await office.invoice("0R\(index)", of: "C\(index)", due: "2026-03-01", minor: 3_000_000)
            }
            try await office.receipt("B1", on: "2026-03-05", minor: 1_900_000, remittance: "0R1")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let notice = try await office.texts(
                "SELECT id || ',' || total_minor FROM ltc.notices ORDER BY customer_id")[0]
                .split(separator: ",")
            let (id, total) = (String(notice[0]), try #require(Int(notice[1])))
            let header = "notice,customer,creditor,currency,invoice,total,decision\n"
            func codes(_ lines: String...) async throws -> [String?] {
                try await Self.apply(header + lines.map { $0 + ",approve\n" }.joined(), office).lines.map(\.code)
            }
            let amount = String(format: "%d.%02d", total / 100, total % 100)
            for line in [
                "\(id),C2,,,,\(amount)", "\(id),,other,,,\(amount)", "\(id),,,USD,,\(amount)", "\(id),,,,0R2,\(amount)",
                "\(id),,,,,1.234",
            ] {
                #expect(try await codes(line) != [nil], "\(line)")
            }
            // As a spreadsheet writes it, with other marks and without zeros in front.
            let written = String(format: "\"%d.%03d,%02d\"", total / 100_000, total / 100 % 1000, total % 100)
            #expect(try await codes("\(id),C1,acme,EUR,R1,\(written)") == [nil])
            #expect(try await office.texts("SELECT state FROM ltc.notices ORDER BY customer_id")[0] == "approved")
        }
    }

    @Test func `nobody approves more than was seen`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 9_000_000)
            try await office.receipt("B1", on: "2026-03-05", minor: 6_000_000, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let state = "SELECT state || ' ' || open_minor FROM ltc.notices"
            #expect(try await office.texts(state) == ["proposed 3000000"])
            let now = try FinanceOffice.noon("2026-04-01")
            try await office.database.pool.transaction { db in
                _ = try ReceiptDesk.reverse([1], reason: "returned", actor: "fay", at: now, in: db)
            }
            func approve() async throws {
                _ = try await office.database.pool.transaction { db in
                    try DunningDesk.approve([1], actor: "fay", at: now, in: db)
                }
            }
            try await approve()
            #expect(try await office.texts(state) == ["proposed 9000000"])
            for (text, code) in [
                ("notice,total,decision\n1,30000.00,approve\n", "asks_for_more"),
                ("notice,open,decision\n1,30000.00,approve\n", "asks_for_more"),
                ("notice,open,total,decision\n1,30000.00,,approve\n", "asks_for_more"),
                ("notice,invoice,total,decision\n1,R1,50000,approve\n1,R1,50000,\n", "repeated_line"),
            ] {
                #expect(try await Self.apply(text, office).lines.map(\.code) == [code], "\(text)")
            }
            #expect(try await office.texts(state) == ["proposed 9000000"])
            try await approve()
            #expect(try await office.texts(state) == ["approved 9000000"])
        }
    }

    @Test func `finance is told of a proposal that a run raised`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 9_000_000)
            try await office.receipt("B1", on: "2026-03-05", minor: 6_000_000, remittance: "R1")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let told = "SELECT subject FROM ltc.messages WHERE subject LIKE 'Waits for approval again%'"
            let now = try FinanceOffice.noon("2026-04-01")
            try await office.database.pool.transaction { db in
                _ = try ReceiptDesk.reverse([1], reason: "returned", actor: "fay", at: now, in: db)
            }
            #expect(try await office.texts(told) == [])
            for _ in 1...2 { try await office.run(DunInvoices.self, on: "2026-04-01", now: now) }
            #expect(
                try await office.texts("SELECT state || ' ' || open_minor FROM ltc.notices") == ["proposed 9000000"])
            #expect(try await office.texts(told).count == 1)
        }
    }

    @Test(arguments: [
        ("notice,reason\n1,x\n", "missing_column", "r.csv:1"), ("notice,decision\n1\n", "malformed_line", "r.csv:2"),
        ("", "empty_file", "r.csv"), ("notice,decision\n\"1,reject\n", "malformed_csv", "r.csv"),
    ])
    func `what is no register is refused as a whole`(text: String, code: String, place: String) {
        #expect {
            try DecisionFile(text, file: "r.csv")
        } throws: { ($0 as? Problem)?.code == code && ($0 as? Problem)?.place == place }
    }
}
