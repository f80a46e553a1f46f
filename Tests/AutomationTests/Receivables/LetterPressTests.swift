import Automation
import Domain
import Postgres
import Store
import TestSupport
import Testing

struct LetterPressTests {
    private let attached = """
        SELECT a.name || ' ' || a.sha256 FROM ltc.message_attachments AS t JOIN ltc.artefacts AS a ON a.id = t.artefact_id
        WHERE a.notice_id IS NOT NULL ORDER BY a.id
        """

    @Test func `a letter is printed when its mail goes out, and once`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await office.texts(attached) == [])
            #expect(try await office.send(.failed) == [.send])
            let first = try await office.texts(attached)
            #expect(first.count == 1 && first[0].hasPrefix("DN-2026-000001.pdf "))
            try await office.script("UPDATE ltc.messages SET state = 'queued' WHERE kind = 'dunning-notice'")
            #expect(try await office.send() == [.send])
            #expect(try await office.texts(attached) == first)
            #expect(
                try await office.number(
                    "SELECT count(*) FROM ltc.artefacts WHERE notice_id IS NOT NULL AND substring(content FROM 1 FOR 5) = convert_to('%PDF-', 'UTF8')"
                ) == 1)
        }
    }

    @Test func `what was paid since the letter was printed is printed again, and the new letter goes out`() async throws
    {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await LetterPress.printRest(of: nil, team: nil, pool: office.database.pool).isEmpty)
            try await office.receipt("T1", on: "2026-03-31", minor: 100_000, remittance: "R1")
            #expect(try await office.send() == [.send])
            #expect(try await office.texts(attached).map { $0.prefix(21) } == ["DN-2026-000001-2.pdf "])
            #expect(try await office.number("SELECT count(*) FROM ltc.artefacts WHERE notice_id IS NOT NULL") == 2)
        }
    }

    @Test func `a letter says what is known when it goes out, and says it for good from then on`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", level: 1)
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await office.texts("SELECT coalesce(letter, 'none') FROM ltc.notices") == ["none"])
            try await office.script("UPDATE ltc.customers SET name = 'Miller & Sons' WHERE number = 'C1'")
            #expect(try await office.send() == [.send])
            let sent = try await office.texts("SELECT letter FROM ltc.notices")
            #expect(sent.count == 1 && sent[0].contains("Miller & Sons"))
            #expect(try await office.texts("SELECT body FROM ltc.messages WHERE kind = 'dunning-notice'") == sent)
            try await office.script("UPDATE ltc.customers SET name = 'Somebody else' WHERE number = 'C1'")
            let shown = try await office.database.pool.transaction { db in
                let notice = try DunningDesk.find(["DN-2026-000001"], in: db)[0]
                return (try NoticeText.letter(of: notice, in: db), try LetterPress.letter(of: notice, in: db))
            }
            #expect(shown.0.contains("Miller & Sons"))
            #expect(try await office.number("SELECT count(*) FROM ltc.artefacts WHERE notice_id IS NOT NULL") == 1)
        }
    }

    @Test func `the package has the letters of all approved notices, each printed once`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.invoice("R2", of: "C2", due: "2026-03-01")
            // No address: somebody calls, the letter at hand. And above the limit.
            try await office.invoice("R3", of: "C3", due: "2026-03-01")
            try await office.invoice("R4", due: "2026-03-01", minor: 90_000_000, currency: "USD")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            for _ in 1...2 {
                #expect(try await LetterPress.printRest(of: nil, team: nil, pool: office.database.pool).isEmpty)
            }
            let files = try await office.database.pool.transaction { db in
                for _ in 1...2 { try RegisterPress.makeWorkbooks(of: nil, team: nil, in: db) }
                return try db.run(LettersSQL.Package(run: nil, team: nil)).map(\.name)
            }
            #expect(
                files == [
                    "dunning-finance-2026-03-31.csv", "ageing-finance-2026-03-31.png",
                    "dunning-finance-2026-03-31.xlsx", "DN-2026-000001.pdf", "DN-2026-000002.pdf",
                    "DN-2026-000003.pdf",
                ])
        }
    }

    @Test func `a name that no font can print is held, and the package says which`() async throws {
        try await FinanceOffice.with { office in
            try await office.script("UPDATE ltc.customers SET name = 'Acme \u{10FFFD}' WHERE number = 'C1'")
            try await office.invoice("R1", due: "2026-03-01")
            try await office.run(DunInvoices.self, on: "2026-03-31")
            let failures = try await LetterPress.printRest(of: nil, team: nil, pool: office.database.pool)
            #expect(failures.map { "\($0.mistake)".contains("'Acme \u{10FFFD}'") } == [true])
            let words = try #require(failures.first.map { "\($0.mistake)" })
            #expect(try await office.send() == [.hold(reason: "unprintable_text", words: words)])
            #expect(try await office.texts("SELECT state FROM ltc.notices") == ["held"])
            // Finance is told, once a run.
            let told = "SELECT recipient FROM ltc.messages WHERE subject_kind = 'notice-stuck'"
            #expect(try await office.texts(told) == ["fay@example.invalid"])
        }
    }
}
