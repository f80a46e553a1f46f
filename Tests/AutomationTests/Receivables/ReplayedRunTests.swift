import Automation
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

struct ReplayedRunTests {
    @Test func `a run replayed on restored data decides the same, and says it in the same order`() async throws {
        try await FinanceOffice.with { office in
            var random = SeededRandom(seed: 11)
            for number in 1...60 {
                try await office.invoice(
                    "R\(number)", of: "C\(Int.random(in: 1...3, using: &random))",
                    due: "2026-0\(Int.random(in: 1...3, using: &random))-\(Int.random(in: 10...28, using: &random))",
                    minor: Int.random(in: 100...900_000, using: &random), level: Int.random(in: 0...2, using: &random),
                    currency: ["EUR", "USD"].randomElement(using: &random)!)
            }
            try await office.receipt("T1", on: "2026-03-20", minor: 40_000, isAllocated: false)
            let restored = try await office.database.copied { copy in
                let copy = FinanceOffice(database: copy)
                // Rows lie elsewhere, and what is drawn from sequences is not what was drawn.
                try await copy.script(
                    "CREATE INDEX elsewhere ON ltc.invoices ((md5(number))); CLUSTER ltc.invoices USING elsewhere")
                try await copy.script(
                    "ALTER SEQUENCE ltc.notices_id_seq RESTART 500; SELECT nextval('ltc.notice_numbers')")
                return try await Self.canonical(copy.run(DunInvoices.self, on: "2026-03-31"))
            }
            let original = try await Self.canonical(office.run(DunInvoices.self, on: "2026-03-31"))
            #expect(original.count > 20)
            #expect(original == restored)
        }
    }

    @Test func `a run of a day that is over decides by the ledger of that day`() async throws {
        var company = try FinanceOffice.company()
        company.dunning.procedures[0].levels[1].minimumPercent = 40
        try await FinanceOffice.with(company) { office in
            var random = SeededRandom(seed: 12)
            for number in 1...60 {
                try await office.invoice(
                    "R\(number)", of: "C\(Int.random(in: 1...3, using: &random))",
                    due: "2026-0\(Int.random(in: 1...3, using: &random))-\(Int.random(in: 10...28, using: &random))",
                    minor: Int.random(in: 100...900_000, using: &random), level: Int.random(in: 0...2, using: &random))
            }
            func pay(_ count: Int, in month: Int) async throws {
                for place in 1...count {
                    try await office.receipt(
                        "T\(month)-\(place)", of: "C\(Int.random(in: 1...3, using: &random))",
                        on: "2026-0\(month)-\(Int.random(in: 10...28, using: &random))",
                        minor: Int.random(in: 100...900_000, using: &random),
                        remittance: "R\(Int.random(in: 1...60, using: &random))", isAllocated: place % 5 > 0)
                }
            }
            func decided(at now: String) async throws -> [String] {
                let run = try await office.run(
                    DunInvoices.self, on: "2026-03-31", isPreview: true, now: Date(now, strategy: .iso8601))
                // That it only proposes then is told elsewhere.
                return try Self.canonical(run).map { $0.replacing(/"reason":"past_run",|"state":"[a-z]+",/, with: "") }
            }
            try await pay(20, in: 3)
            let onTheDay = try await decided(at: "2026-03-31T12:00:00Z")
            #expect(try await decided(at: "2026-08-01T12:00:00Z") == onTheDay)
            // What comes in later, taken back or not, does not change what was owed then.
            try await pay(30, in: 4)
            let receipt = try await office.number("SELECT min(id) FROM ltc.receipts WHERE allocated_minor > 0")
            try await office.database.pool.transaction { db in
                _ = try ReceiptDesk.reverse(
                    [receipt], reason: "returned", actor: "test", at: FinanceOffice.noon("2026-05-04"), in: db)
            }
            #expect(try await decided(at: "2026-08-01T12:00:00Z") == onTheDay)
            // A run of its own day counts what it knows, whenever that takes effect.
            #expect(try await decided(at: "2026-03-31T12:00:00Z") != onTheDay)
        }
    }

    /// What the run told, in its order, with keys in order and without what is drawn from sequences.
    private static func canonical(_ dunned: Dunned) throws -> [String] {
        let encoder = JSONEncoder()
        func text(_ value: some Encodable) throws -> String {
            var keys = try JSONSerialization.jsonObject(with: encoder.encode(value)) as? [String: Any] ?? [:]
            for drawn in ["notice", "number"] { keys[drawn] = nil }
            return String(
                decoding: try JSONSerialization.data(withJSONObject: keys, options: .sortedKeys), as: UTF8.self)
        }
        return try dunned.notices.map { try text($0) } + dunned.skipped.map { try text($0) }
    }
}
