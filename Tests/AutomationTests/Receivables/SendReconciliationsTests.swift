import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct SendReconciliationsTests {
    /// C1 can be mailed, C3 not; both owe something at the end of March.
    private static func withOffice(_ body: (FinanceOffice) async throws -> Void) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 1_000)
            try await office.invoice("R3", of: "C3", due: "2026-03-01", minor: 3_000)
            try await body(office)
        }
    }

    private static let messages = """
        SELECT r.number || ' ' || m.recipient || ' ' || m.state || coalesce(' ' || m.reason, '')
        FROM ltc.messages AS m JOIN ltc.reconciliations AS r ON r.id = m.subject_id
        WHERE m.kind = 'reconciliation' ORDER BY m.id
        """

    /// What a mail server's answer would do to the message to C1.
    private func settle(_ office: FinanceOffice, _ fate: DeliveryHooks.Fate) async throws -> DeliveryHooks.Verdict {
        try await office.database.pool.transaction { db in
            let id = try #require(try db.run(MessagesSQL.Waiting()).first?.id)
            let message = try db.one(MessagesSQL.Take(id: id))
            let hooks = DeliveryHooks.of(subjectKind: message.subjectKind)
            let verdict = try hooks.gate(message, Date(), db)
            try db.execute(MessagesSQL.Settle(id: id, state: fate.rawValue, reason: nil, answer: nil))
            try hooks.settled(message, fate, nil, Date(), db)
            return verdict
        }
    }

    @Test func `each account is asked once about the month that is over, by mail or by who posts`() async throws {
        try await Self.withOffice { office in
            // The preview leaves nothing; on the last of March the month is over, on the day before it is not.
            let preview = try await office.run(SendReconciliations.self, on: "2026-03-31", isPreview: true)
            #expect(preview.letters.map(\.letter) == [nil, nil])
            #expect(try await office.number("SELECT count(*) FROM ltc.reconciliations") == 0)
            let report = try await office.run(SendReconciliations.self, on: "2026-04-03")
            #expect(report.counts == ["letters": 2, "mails": 1, "to_post": 1, "unsent": 0])
            #expect(report.letters.map(\.balance.minor) == [1_000, 3_000])
            #expect(report.letters.map(\.letter) == ["RC-2026-000001", "RC-2026-000002"])
            #expect(
                try await office.texts("SELECT DISTINCT balance_on::text FROM ltc.reconciliations") == ["2026-03-31"])
            let asked = try await office.texts(Self.messages)
            #expect(
                asked.map { String($0.drop { $0 != " " }.dropFirst()) } == [
                    "pay@miller.invalid queued", "fay@example.invalid queued",
                ])
            // Once a customer and month, also when something was recorded late; then the next month.
            try await office.receipt("B1", on: "2026-03-30", minor: 400)
            for day in ["2026-04-03", "2026-04-20", "2026-04-29"] {
                #expect(try await office.run(SendReconciliations.self, on: day).letters.isEmpty)
            }
            #expect(try await office.texts(Self.messages) == asked)
            let next = try await office.run(SendReconciliations.self, on: "2026-05-04")
            #expect(next.letters.map(\.balance.minor) == [600, 3_000])
        }
    }

    @Test func `a letter goes out printed, and only while it wants an answer`() async throws {
        try await Self.withOffice { office in
            try await office.run(SendReconciliations.self, on: "2026-04-03")
            #expect(try await settle(office, .accepted) == .send)
            let files = try await office.database.pool.transaction { db in
                let id = try db.run(
                    MessagesSQL.List(state: "accepted", kind: nil, channel: nil, team: nil, maximum: 1))[0].id
                return try (
                    db.run(MessagesSQL.Attachments(message: id)).map {
                        try
                            "\($0.name) \(db.one(ReconciliationsSQL.Content(reconciliation: $0.letter!)).content.prefix(5))"
                    },
                    db.one(MessagesSQL.Show(id: id)).attachments
                )
            }
            #expect(files.1.count == 1 && files.0 == ["\(files.1[0]) \([UInt8]("%PDF-".utf8)[...])"])
            let open = try await office.texts("SELECT number FROM ltc.reconciliations WHERE balance_minor = 3000")
            try await office.database.pool.transaction { db in
                try ReconciliationDesk.answer(
                    open[0], .confirmed, on: nil, asOf: .day(#require(CalendarDate("2026-04-05"))), actor: "fay", in: db
                )
            }
            #expect(try await settle(office, .cancelled) == .cancel(reason: "answered"))
        }
    }

    @Test func `what cannot be mailed is posted; what may have arrived is not sent again`() async throws {
        try await Self.withOffice { office in
            try await office.run(SendReconciliations.self, on: "2026-04-03")
            #expect(!DeliveryHooks.of(subjectKind: "reconciliation").repeatsUncertain)
            _ = try await settle(office, .bounced)
            let told = try await office.texts(Self.messages)
            #expect(told.count == 3)
            #expect(told.last?.hasSuffix("fay@example.invalid queued") == true)
            #expect(told.last?.prefix { $0 != " " } == told.first?.prefix { $0 != " " })
        }
    }
}
