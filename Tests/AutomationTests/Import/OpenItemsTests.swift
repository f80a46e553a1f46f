import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@testable import Automation

/// Complete lists of what is open in another ledger.
@Suite struct OpenItemsTests {
    private static let header =
        "number,customer,issued_on,due_on,amount,currency,open_amount,dunning_level,last_notice_on\n"

    private static func list(_ rows: [String]) -> String { header + rows.joined(separator: "\n") + "\n" }

    private static func row(
        _ number: Int, due: String = "2026-01-31", amount: String = "100", open: String = "100", level: String = ""
    ) -> String {
        "R-\(number),C1,2026-01-01,\(due),\(amount),EUR,\(open),\(level)"
            + (level.isEmpty ? "," : ",2026-02-08")
    }

    private static func withOffice(_ body: (FinanceOffice, Trial) async throws -> Void) async throws {
        try await FinanceOffice.with { office in try await body(office, Trial(office.database)) }
    }

    @discardableResult private func take(
        _ trial: Trial, _ rows: [String], on day: String, isForced: Bool = false, isDryRun: Bool = false
    ) async throws -> ImportReport {
        try await trial.run(try trial.write(Self.list(rows)), as: .invoices) {
            $0.openItems = (day: try #require(CalendarDate(day)), isForced: isForced)
            $0.isDryRun = isDryRun
        }
    }

    private func open(_ office: FinanceOffice) async throws -> [String] {
        try await office.texts(
            "SELECT number || ' ' || open_minor || ' ' || due_on FROM ltc.invoices WHERE open_minor > 0 ORDER BY number"
        )
    }

    @Test func `new rows come in, changed ones change, absent ones close; again, nothing happens`() async throws {
        try await Self.withOffice { office, trial in
            try await take(trial, (1...10).map { Self.row($0) }, on: "2026-02-01")
            let known = Date()
            let second =
                [
                    Self.row(1, due: "2026-02-15"), Self.row(2, open: "40"), Self.row(3, amount: "120", open: "110"),
                    Self.row(4, level: "2"), Self.row(11),
                ] + (5...8).map { Self.row($0) }
            let preview = try await take(trial, second, on: "2026-02-08", isDryRun: true)
            let report = try await take(trial, second, on: "2026-02-08")
            #expect(preview.outputs == report.outputs)
            #expect(
                report.outputs == [.init(kind: .invoices, rows: 9, taken: 1, changed: 4, unchanged: 4, closed: 2)])
            #expect(
                try await open(office).prefix(4) == [
                    "R-1 10000 2026-02-15", "R-11 10000 2026-01-31", "R-2 4000 2026-01-31", "R-3 11000 2026-01-31",
                ])
            #expect(
                try await office.texts(
                    "SELECT dunning_level || ' ' || last_notice_on FROM ltc.invoices WHERE number = 'R-4'") == [
                        "2 2026-02-08"
                    ])
            #expect(
                try await office.texts(
                    """
                    SELECT i.number || ' ' || a.reason || ' ' || a.amount_minor || ' ' || a.effective_on
                    FROM ltc.allocations AS a JOIN ltc.invoices AS i ON i.id = a.invoice_id ORDER BY i.number
                    """) == [
                        "R-10 closed_in_source 10000 2026-02-08", "R-2 closed_in_source 6000 2026-02-08",
                        "R-3 closed_in_source 1000 2026-02-08", "R-9 closed_in_source 10000 2026-02-08",
                    ])
            let facts = """
                SELECT (SELECT count(*) FROM ltc.events) || ' ' || (SELECT count(*) FROM ltc.allocations) || ' '
                    || (SELECT count(*) FROM ltc.invoice_versions) || ' ' || (SELECT count(*) FROM ltc.ledger_snapshots)
                """
            let before = try await office.texts(facts)
            let again = try await take(trial, second, on: "2026-02-08")
            #expect(again.outputs == [.init(kind: .invoices, rows: 9, unchanged: 9, closed: 0)])
            #expect(try await office.texts(facts) == before)
            try await Self.check(office, known: known)
        }
    }

    /// What was so before the second list, by day and by knowledge.
    private static func check(_ office: FinanceOffice, known: Date) async throws {
        for (day, known, owed) in [
            ("2026-02-07", nil, 100_000), ("2026-02-08", nil, 85_000), ("2026-02-08", known, 100_000),
        ] as [(String, Date?, Int)] {
            let ageing = try await office.database.pool.transaction { db in
                try AgeingStore.ageing(team: nil, on: #require(CalendarDate(day)), knownAt: known, in: db)
            }
            // R-11 was issued before, and came to be known with the second list.
            #expect(ageing.first?.owedMinor == owed + (known == nil && day == "2026-02-07" ? 10_000 : 0))
        }
        let explain = { (number: String, known: Date?) in
            try await office.database.pool.transaction { db in
                try ExplainInvoice.explain(
                    number, asOf: .day(#require(CalendarDate("2026-02-08"))), knownAt: known, now: Date(), in: db)
            }
        }
        #expect(try await explain("R-4", nil).level == 2)
        #expect(try await explain("R-4", known).level == 0)
        #expect(try await explain("R-3", known).open.minor == 10_000)
        #expect(try await explain("R-1", nil).dueOn.description == "2026-02-15")
        #expect(try await explain("R-1", known).dueOn.description == "2026-01-31")
    }

    @Test func `a list that would close more than a fifth is refused with the counts, unless it is forced`()
        async throws
    {
        try await Self.withOffice { office, trial in
            try await take(trial, (1...10).map { Self.row($0) }, on: "2026-02-01")
            let problem = await #expect(throws: Problem.self) {
                try await take(trial, (1...7).map { Self.row($0) }, on: "2026-02-08")
            }
            #expect(problem?.code == "closes_too_many" && problem?.what.contains("3 of the 10") == true)
            let nothing = await #expect(throws: Problem.self) {
                try await take(trial, (1...10).map { Self.row($0, open: $0 > 7 ? "0.00" : "100.00") }, on: "2026-02-08")
            }
            #expect(nothing?.code == "closes_too_many" && nothing?.what.contains("3 of the 10") == true)
            #expect(try await open(office).count == 10)
            let forced = try await take(trial, (1...7).map { Self.row($0) }, on: "2026-02-08", isForced: true)
            #expect(forced.outputs.first?.closed == 3)
            // What is in the list again is open again.
            try await take(trial, (1...10).map { Self.row($0) }, on: "2026-02-15")
            #expect(try await open(office).count == 10)
        }
    }

    @Test func `a number that the creditor has from another source is owed once`() async throws {
        try await Self.withOffice { office, trial in
            try await take(trial, [Self.row(1)], on: "2026-02-01")
            let report = try await trial.run(try trial.write(Self.list([Self.row(1), Self.row(2)])), as: .invoices) {
                $0.source = "sap"
            }
            #expect(report.rejects.map { "\($0.line) \($0.reject.reason.rawValue)" } == ["2 already_differs"])
            #expect(try await open(office).count == 2)
        }
    }

    @Test func `an older list is refused, and one of a day to come`() async throws {
        try await Self.withOffice { _, trial in
            try await take(trial, [Self.row(1)], on: "2026-02-08")
            for (day, code) in [("2026-02-07", "older_than_last"), ("2026-12-01", "day_to_come")] {
                await #expect { try await take(trial, [Self.row(1)], on: day) } throws: {
                    ($0 as? Problem)?.code == code
                }
            }
        }
    }

    @Test func `with a reject nothing is taken: several due dates of one number, another customer, no amount`()
        async throws
    {
        try await Self.withOffice { office, trial in
            try await take(trial, [Self.row(1)], on: "2026-02-01")
            let report = try await take(
                trial,
                [
                    Self.row(2), Self.row(2, due: "2026-02-28"), Self.row(1).replacing("C1", with: "C2"),
                    Self.row(3, amount: "x"),
                ],
                on: "2026-02-08")
            #expect(
                report.rejects.map { "\($0.line) \($0.reject.reason.rawValue)" } == [
                    "3 duplicate_external_id", "4 already_differs", "5 invalid_number",
                ])
            #expect(report.rejects.first?.reject.text.contains("'instalment'") == true)
            #expect(try await open(office) == ["R-1 10000 2026-01-31"])
        }
    }

    @Test func `what was paid here stays paid, and what was issued after the day stays open`() async throws {
        try await Self.withOffice { office, trial in
            try await take(trial, (1...5).map { Self.row($0) }, on: "2026-02-01")
            try await office.receipt("B1", on: "2026-02-05", minor: 10_000, remittance: "R-1")
            _ = try await trial.run(
                try trial.write(Self.list(["R-6,C1,2026-02-20,2026-03-20,50,EUR,50,,"])), as: .invoices)
            try await take(trial, (1...5).map { Self.row($0) }, on: "2026-02-08")
            #expect(try await open(office).map { $0.prefix(3) } == ["R-2", "R-3", "R-4", "R-5", "R-6"])
        }
    }

    /// The second list closed R-1; R-3 is the oldest debt.
    @Test(arguments: [("200", ["already_paid"]), ("100", ["-"])])
    func `money for what the other ledger closed pays no third`(paid: String, waits: [String]) async throws {
        try await Self.withOffice { office, trial in
            let others = (2...7).map { Self.row($0, due: $0 == 3 ? "2026-01-20" : "2026-01-31") }
            try await take(trial, [Self.row(1)] + others, on: "2026-02-01")
            try await take(trial, others, on: "2026-02-10")
            let receipts = "reference,booked_on,amount,currency,remittance\nB-1,2026-02-09,\(paid),EUR,R-1 R-2\n"
            _ = try await trial.run(try trial.write(receipts), as: .receipts)
            #expect(try await office.texts("SELECT coalesce(waiting, '-') FROM ltc.receipts") == waits)
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices WHERE number = 'R-3'") == 10_000)
        }
    }

    /// 11 % on 10,000.00 from 1 February, and on as much again from 10 February, the day of the list that says so: 59 and 50 days.
    @Test func `what a list adds to an invoice bears interest from its day`() async throws {
        try await Self.withOffice { office, trial in
            try await take(trial, [Self.row(1, amount: "10000", open: "10000", level: "1")], on: "2026-02-08")
            try await take(trial, [Self.row(1, amount: "20000", open: "20000", level: "1")], on: "2026-02-10")
            let told = try await office.database.pool.transaction { db in
                try ExplainInvoice.explain(
                    "R-1", asOf: .day(CalendarDate("2026-03-31")!), knownAt: nil, now: FinanceOffice.noon("2026-03-31"),
                    in: db)
            }
            #expect(told.decision.interest?.exact == "328.493151")
            let notice = try await office.run(DunInvoices.self, on: "2026-03-31").notices.first
            #expect(notice?.interest.amount == "328.49")
        }
    }

    @Test func `a last notice of a day to come is a reject`() async throws {
        try await Self.withOffice { office, trial in
            let report = try await take(trial, [Self.row(1, level: "1"), Self.row(2)], on: "2026-02-07")
            #expect(report.rejects.map(\.reject.column) == ["last_notice_on"])
            #expect(report.rejects.first?.reject.text.contains("a day to come") == true)
            let later =
                "number,customer,issued_on,due_on,amount,currency,last_notice_on\n"
                + "R-1,C1,2026-01-01,2026-01-31,100,EUR,2999-01-01\n"
            let plain = try await trial.run(try trial.write(later), as: .invoices)
            #expect(plain.rejects.map(\.reject.column) == ["last_notice_on"])
        }
    }

    /// The list of 10 February knew 40.00 as paid.
    @Test(arguments: [
        ("2026-02-10", "40", 6000), ("2026-02-09", "30", 6000), ("2026-02-11", "40", 2000), ("2026-02-09", "60", 0),
    ])
    func `money that the other ledger may have closed an item with waits`(day: String, paid: String, left: Int)
        async throws
    {
        try await Self.withOffice { office, trial in
            try await take(trial, [Self.row(1)], on: "2026-02-01")
            try await take(trial, [Self.row(1, open: "60")], on: "2026-02-10")
            let receipts = "reference,booked_on,amount,currency,remittance\nB-1,\(day),\(paid),EUR,R-1\n"
            _ = try await trial.run(try trial.write(receipts), as: .receipts)
            #expect(try await office.number("SELECT open_minor FROM ltc.invoices") == left)
            #expect(
                try await office.texts("SELECT coalesce(waiting, '-') FROM ltc.receipts")
                    == [left == 6000 ? "already_paid" : "-"])
        }
    }

    @Test func `outside a list, the same number with other content is a reject, with the same nothing`() async throws {
        try await Self.withOffice { office, trial in
            try await take(trial, [Self.row(1), Self.row(2)], on: "2026-02-01")
            try await take(trial, [Self.row(1, open: "60"), Self.row(2)], on: "2026-02-08")
            try await office.receipt("B1", on: "2026-02-10", minor: 1_000, remittance: "R-1")
            for (row, reasons) in [
                (Self.row(1, open: "60"), []), (Self.row(1, open: "50"), [Reject.Reason.alreadyDiffers]),
                (Self.row(1, due: "2026-02-15", open: "60"), [.alreadyDiffers]), (Self.row(2), []),
            ] {
                let report = try await trial.run(try trial.write(Self.list([row])), as: .invoices)
                #expect(report.rejects.map(\.reject.reason) == reasons)
                #expect(report.outputs.first?.taken == 0)
            }
        }
    }

    @Test func `a credit note that names its invoice is set off against it`() async throws {
        try await Self.withOffice { office, trial in
            let file = """
                number,customer,issued_on,due_on,amount,currency,kind,credits
                R-1,C1,2026-01-01,2026-01-31,100,EUR,,
                G-1,C1,2026-01-05,2026-01-05,30,EUR,credit-note,R-1
                G-2,C1,2026-01-06,2026-01-06,90,EUR,credit-note,R-1
                G-3,C1,2026-01-06,2026-01-06,1,EUR,credit-note,R-9
                G-4,C2,2026-01-06,2026-01-06,1,EUR,credit-note,R-1
                R-2,C1,2026-01-01,2026-01-31,100,EUR,invoice,R-1
                """
            let report = try await trial.run(try trial.write(file), as: .invoices)
            #expect(
                report.rejects.map { "\($0.line) \($0.reject.column ?? "") \($0.reject.reason.rawValue)" } == [
                    "5 credits unknown_invoice", "6 credits contradiction", "7 credits contradiction",
                ])
            #expect(
                try await office.texts("SELECT number || ' ' || open_minor FROM ltc.invoices ORDER BY number") == [
                    "G-1 0", "G-2 2000", "R-1 0",
                ])
            let again = try await trial.run(try trial.write(file), as: .invoices)
            #expect(again.outputs.first?.unchanged == 3)
            #expect(try await office.number("SELECT count(*) FROM ltc.allocations") == 2)
        }
    }
}
