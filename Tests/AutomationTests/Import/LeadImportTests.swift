import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@testable import Automation

@Suite struct LeadImportTests {
    private static let file = """
        external_id,company,email,phone,budget,currency,created_at,region
        L-1,Acme,ann@example.com,+49 30 123456,1234.50,EUR,2026-03-02T09:00:00Z,EMEA
        L-2,"Globex, Inc.",Bob@Example.com,+49 30 123456,,,2026-03-02T10:00:00+08:00,APAC
        L-3,上海申通,,,8000,JPY,2026-03-02,APAC
        """

    @Test func `leads of a file arrive with their identities and the fact that they arrived`() async throws {
        try await TestDatabase.with { database in
            let report = try await Trial(database).leads(Self.file)
            #expect(report.outputs == [.init(kind: .leads, rows: 3, taken: 3)])
            #expect(
                try await database.rows(
                    "SELECT external_id, company, budget_minor, currency, created_at FROM ltc.leads ORDER BY id") == [
                        "L-1|Acme|123450|EUR|2026-03-02 09:00:00+00", "L-2|Globex, Inc.|||2026-03-02 02:00:00+00",
                        "L-3|上海申通|8000|JPY|2026-03-02 00:00:00+00",
                    ])
            #expect(
                try await database.rows("SELECT kind, value, is_exclusive FROM ltc.identities ORDER BY lead_id, kind")
                    == [
                        "email|ann@example.com|t", "phone|+4930123456|f", "email|bob@example.com|t",
                        "phone|+4930123456|f",
                    ])
            #expect(
                try await database.rows(
                    "SELECT kind, to_state, effective_at, detail->>'line' FROM ltc.events ORDER BY id") == [
                        "lead_arrived|new|2026-03-02 09:00:00+00|2", "lead_arrived|new|2026-03-02 02:00:00+00|3",
                        "lead_arrived|new|2026-03-02 00:00:00+00|4",
                    ])
        }
    }

    @Test func `the same file again changes nothing, with ids of its own or without`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let nameless = "company,contact,phone\nAcme,Ann,0301234\nAcme,Bob,0301234\n"
            _ = try await trial.leads(Self.file)
            _ = try await trial.leads(nameless)
            #expect(try await trial.leads(Self.file).outputs == [.init(kind: .leads, rows: 3, unchanged: 3)])
            #expect(try await trial.leads(nameless).outputs == [.init(kind: .leads, rows: 2, unchanged: 2)])
            #expect(try await database.rows("SELECT count(*) FROM ltc.leads") == ["5"])
            #expect(try await database.rows("SELECT count(*) FROM ltc.events") == ["5"])
        }
    }

    @Test func `each file that brings leads has them assigned by one job, and one that brings none by none`()
        async throws
    {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            _ = try await trial.leads(Self.file)
            _ = try await trial.leads("company\nInitech\n")
            _ = try await trial.leads("company\nInitech\n")
            let id = try await database.pool.transaction { db in
                try LeadIntake.add(NewLead(company: "Umbrella", createdAt: Trial.asOf), reason: "added_by_hand", in: db)
            }
            #expect(
                try await database.rows("SELECT kind, count(*) FROM ltc_jobs.jobs GROUP BY kind") == ["assign-leads|3"])
            #expect(
                try await database.rows(
                    "SELECT kind, reason FROM ltc.events WHERE subject_kind = 'lead' AND subject_id = \(id)")
                    == ["lead_arrived|added_by_hand"])
        }
    }

    @Test func `one lead comes in by the rules of a file of them`() async throws {
        try await TestDatabase.with { database in
            var lead = NewLead(company: "Acme", createdAt: Trial.asOf)
            lead.email = "Ann@Example.com"
            lead.phone = "0049 30 123456"
            let first = lead
            let id = try await database.pool.transaction { db in
                try LeadIntake.add(first, reason: "added_by_hand", in: db)
            }
            #expect(
                try await database.rows("SELECT kind, value FROM ltc.identities ORDER BY kind") == [
                    "email|ann@example.com", "phone|+4930123456",
                ])
            let problem = await #expect(throws: Problem.self) {
                try await database.pool.transaction { db in try LeadIntake.add(first, reason: "added_by_hand", in: db) }
            }
            #expect(problem?.code == "duplicate_identity")
            #expect(problem?.what.contains("lead \(id)") == true)
            lead.email = "no address"
            let wrong = lead
            let refusal = await #expect(throws: Problem.self) {
                try await database.pool.transaction { db in try LeadIntake.add(wrong, reason: "added_by_hand", in: db) }
            }
            #expect(refusal?.code == "invalid_email")
        }
    }

    @Test func `what is wrong is rejected with its line and reason, and the rest is taken`() async throws {
        let file = """
            external_id,company,email,budget,currency,created_at
            L-1,Acme,ann@example.com,,,
            L-2,,bob@example.com,,,
            L-3,Initech,no address,,,
            L-4,Initech,,12.345,EUR,
            L-5,Initech,,12,XXX,
            L-6,Initech,,,,2026-02-30
            L-1,Again,,,,
            L-8,Initech,ANN@example.com,,,
            L-9,"Ini"tech,,,,
            L-10,Initech
            L-11,Initech,,12,,
            L-12,Umbrella,,,,
            """
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let report = try await trial.leads(file)
            #expect(
                report.rejects.map { "\($0.line) \($0.reject.column ?? "-") \($0.reject.reason.rawValue)" } == [
                    "3 company missing_value", "4 email invalid_email", "5 budget too_many_digits",
                    "6 currency unknown_currency",
                    "7 created_at invalid_date", "8 external_id duplicate_external_id", "9 email duplicate_identity",
                    "10 - malformed_csv", "11 - wrong_column_count", "12 currency missing_value",
                ])
            #expect(report.outputs == [.init(kind: .leads, rows: 12, taken: 2, rejected: 10)])
            #expect(try await database.rows("SELECT external_id FROM ltc.leads ORDER BY id") == ["L-1", "L-12"])
        }
    }

    @Test func `an address that a live lead has is not given to a second one, whose reject names the first`()
        async throws
    {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            _ = try await trial.leads("external_id,company,email\nL-1,Acme,ann@example.com\n")
            let report = try await trial.leads("external_id,company,email\nX-1,Acme,ANN@EXAMPLE.COM\n")
            let id = try await database.rows("SELECT id FROM ltc.leads")[0]
            #expect(report.rejects.map(\.reject.reason) == [.duplicateIdentity])
            #expect(report.rejects.first?.reject.text.contains("lead \(id)") == true)
        }
    }

    @Test func `a dry run says the same and keeps nothing`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let preview = try await trial.leads(Self.file) { $0.isDryRun = true }
            #expect(try await database.rows("SELECT count(*) FROM ltc.leads") == ["0"])
            #expect(try await trial.leads(Self.file).outputs == preview.outputs)
        }
    }

    @Test func `strict takes nothing when one row is wrong`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let report = try await trial.leads("company,email\nAcme,\nGlobex,wrong\n") { $0.isStrict = true }
            #expect(report.rejects.count == 1)
            #expect(try await database.rows("SELECT count(*) FROM ltc.leads") == ["0"])
        }
    }

    @Test func `the rejects are mended in their file and imported again`() async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let path = try trial.write(
                "external_id,notes,company,email\nL-1,\"a \"\"b\"\",\nc\",Acme,wrong\nL-2,,Globex,\n")
            let report = try await trial.run(path)
            let rejects = RejectsFile.standardPath(for: path)
            try RejectsFile.write(report.rejects, of: path, to: rejects)
            let written = try String(contentsOfFile: rejects, encoding: .utf8)
            #expect(
                written == """
                    reject_line,reject_reason,external_id,notes,company,email\r
                    2,email: invalid_email: not an e-mail address such as ann@example.com,L-1,"a ""b"",\nc",Acme,wrong\r

                    """)
            let mended = try trial.write(written.replacing(",wrong", with: ",right@example.com"))
            let second = try await trial.run(mended)
            #expect(second.outputs == [.init(kind: .leads, rows: 1, taken: 1)])
            #expect(second.unknownColumns.isEmpty)
        }
    }

    @Test func `GB18030 is read when it is said, and refused with advice when it is not`() async throws {
        // company,contact / 上海申通,张伟 and a four-byte character, 㐂
        let bytes: [UInt8] =
            Array("company,contact\n".utf8) + [
                0xC9, 0xCF, 0xBA, 0xA3, 0xC9, 0xEA, 0xCD, 0xA8, 0x2C, 0xD5, 0xC5, 0xCE, 0xB0,
            ]
            + [0x81, 0x39, 0xEF, 0x31, 0x0A]
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let path = try trial.write(bytes)
            #expect(try await trial.run(path).rejects.map(\.reject.reason) == [.wrongEncoding])
            #expect(
                try await trial.run(path) { $0.encoding = .gb18030 }.outputs == [.init(kind: .leads, rows: 1, taken: 1)]
            )
            #expect(try await database.rows("SELECT company, contact FROM ltc.leads") == ["上海申通|张伟㐂"])
        }
    }

    @Test(arguments: ["\u{1B}[31m", "\u{7}", "\u{9D}", "\u{202E}"])
    func `what would change how a terminal shows a row is rejected`(sign: String) async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let report = try await trial.leads("company,contact\nAcme,Ann\(sign)\nBolt,\"Bo\tb, 张\nâ\"\n")
            #expect(report.rejects.map(\.reject.reason) == [.controlCharacter] && report.rejects.map(\.line) == [2])
            #expect(report.outputs.first?.taken == 1)
        }
    }

    @Test(arguments: [
        ("", "empty_file"), ("contact,email\nAnn,\n", "missing_columns"), ("company,company\n", "duplicate_column"),
        ("company\n\"Acme\n", "unclosed_quote"),
    ])
    func `a file that cannot be taken at all is refused with its place`(text: String, code: String) async throws {
        try await TestDatabase.with { database in
            let trial = Trial(database)
            let path = try trial.write(text)
            let problem = await #expect(throws: Problem.self) { try await trial.run(path) }
            #expect(problem?.code == code)
            #expect(problem?.kind == .inputRefused)
            #expect(problem?.place?.hasPrefix(path) == true)
        }
    }

    @Test(arguments: ["/nowhere/leads.csv", "/tmp"])
    func `what is no file is refused`(path: String) async throws {
        try await TestDatabase.with { database in
            let problem = await #expect(throws: Problem.self) { try await Trial(database).run(path) }
            #expect(problem?.code == "unreadable_file")
        }
    }

    @Test func `unknown columns are named and passed over`() async throws {
        try await TestDatabase.with { database in
            let report = try await Trial(database).leads("shoe_size,Company,Do Not-Contact\n42,Acme,yes\n")
            #expect(report.unknownColumns == ["shoe_size"])
            #expect(try await database.rows("SELECT do_not_contact FROM ltc.leads") == ["t"])
        }
    }
}
