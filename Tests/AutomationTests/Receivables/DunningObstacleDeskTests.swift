import Automation
import Domain
import Foundation
import Postgres
import Store
import TestSupport
import Testing

@Suite struct DunningObstacleDeskTests {
    static func day(_ day: String) throws -> CalendarDate { try #require(CalendarDate(day)) }

    /// What somebody in finance says on a day.
    @discardableResult static func say(
        _ office: FinanceOffice, on day: String,
        _ body: @Sendable (AsOf, isolated Connection) throws -> DunningObstacleDesk.Said
    ) async throws -> DunningObstacleDesk.Said {
        let when = AsOf.day(try Self.day(day))
        return try await office.database.pool.transaction { db in try body(when, db) }
    }

    @Test func `a number that two sources have is not guessed`() async throws {
        var company = try FinanceOffice.company()
        company.ledger = LedgerPolicy()
        company.ledger?.writeOffAbove = [Money(minor: 50_000, currency: try #require(Currency("EUR")))]
        try await FinanceOffice.with(company) { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000)
            try await office.script("UPDATE ltc.invoices SET source = 'sap'")
            try await office.invoice("R1", due: "2026-03-01", minor: 20_000)
            for ask in [Self.held, Self.explained, Self.writtenOff] {
                try await office.database.pool.transaction { db in
                    #expect {
                        try ask("R1", db)
                    } throws: {
                        ($0 as? Problem)?.advice == "name one of ltc:R1, sap:R1"
                    }
                    try ask("sap:R1", db)
                }
            }
            #expect(try await office.texts("SELECT source FROM ltc.invoices WHERE open_minor = 0") == ["sap"])
        }
    }

    private typealias Ask = @Sendable (String, isolated Connection) throws -> Void

    private static let held: Ask = { number, db in
        _ = try DunningObstacleDesk.hold(
            .invoice(number), until: nil, reason: "talks", actor: "fay",
            asOf: .day(#require(CalendarDate("2026-04-01"))),
            in: db)
    }

    private static let writtenOff: Ask = { number, db in
        _ = try WriteOffDesk.propose(
            number, amount: nil, reason: "goodwill", on: nil, actor: "fay",
            asOf: .day(#require(CalendarDate("2026-04-01"))), in: db)
    }

    private static let explained: Ask = { number, db in
        let told = try ExplainInvoice.explain(
            number, asOf: .day(#require(CalendarDate("2026-04-01"))), now: Date(), in: db)
        #expect(told.amount.minor == 10_000)
    }

    @Test func `a hold keeps an invoice or a customer from being dunned until it is over or released`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01")
            try await office.invoice("R2", of: "C2", due: "2026-03-01")
            try await Self.say(office, on: "2026-03-20") { when, db in
                try DunningObstacleDesk.hold(
                    .invoice("R1"), until: Self.day("2026-04-02"), reason: "talks", actor: "fay", asOf: when, in: db)
            }
            try await Self.say(office, on: "2026-03-20") { when, db in
                try DunningObstacleDesk.hold(
                    .customer("C2"), until: nil, reason: "merger", actor: "fay", asOf: when, in: db)
            }
            #expect(
                try await office.run(DunInvoices.self, on: "2026-04-02").skipped.map(\.reason) == [.onHold, .onHold])
            #expect(try await office.run(DunInvoices.self, on: "2026-04-03").notices.map(\.customer) == ["C1"])
            try await Self.say(office, on: "2026-04-04") { when, db in
                try DunningObstacleDesk.release(.customer("C2"), actor: "fay", asOf: when, in: db)
            }
            #expect(try await office.run(DunInvoices.self, on: "2026-04-04").notices.map(\.customer) == ["C2"])
            #expect(
                try await office.texts("SELECT kind FROM ltc.events WHERE kind LIKE 'dunning%' ORDER BY id")
                    == ["dunning_held", "dunning_held", "dunning_released"])
        }
    }

    @Test func `a disputed part is not asked for, and its owner is told when the dispute is over`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000)
            let said = try await Self.say(office, on: "2026-03-20") { when, db in
                try DunningObstacleDesk.dispute(
                    "R1", amount: "40.00", reason: "damaged", owner: "sal", until: Self.day("2026-04-01"), actor: "fay",
                    asOf: when, in: db)
            }
            #expect(said.amount?.amount == "40.00")
            let first = try await office.run(DunInvoices.self, on: "2026-04-01")
            #expect(first.notices.map(\.open.amount) == ["60.00"])
            #expect(try await office.send() == [.send])
            let told = "SELECT body FROM ltc.messages WHERE subject_kind = 'dispute'"
            #expect(try await office.texts(told).isEmpty)
            #expect(try await office.run(DunInvoices.self, on: "2026-04-08").notices.map(\.open.amount) == ["100.00"])
            #expect(try await office.run(DunInvoices.self, on: "2026-04-09").notices.isEmpty)
            let messages = try await office.texts(told)
            #expect(messages.count == 1 && messages[0].contains("40.00 EUR") && messages[0].contains("争议已到期"))
        }
    }

    @Test func `a promise spares its part, is kept by what comes in, and when broken waives the interval`() async throws
    {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-02-01", minor: 10_000)
            try await office.run(DunInvoices.self, on: "2026-03-03")
            #expect(try await office.send() == [.send])
            try await Self.say(office, on: "2026-03-04") { when, db in
                try DunningObstacleDesk.promise(
                    "R1", amount: "100.00", on: Self.day("2026-03-05"), actor: "fay", asOf: when, in: db)
            }
            #expect(try await office.run(DunInvoices.self, on: "2026-03-06").skipped.map(\.reason) == [.promised])
            // Three days of tolerance are over, seven days of the interval are not.
            #expect(try await office.run(DunInvoices.self, on: "2026-03-09").notices.map(\.level) == [2])
            #expect(try await office.send() == [.send])
            #expect(
                try await office.run(DunInvoices.self, on: "2026-03-10").skipped.map(\.reason) == [.intervalNotOver])
            try await Self.say(office, on: "2026-03-10") { when, db in
                try DunningObstacleDesk.promise(
                    "R1", amount: "60.00", on: Self.day("2026-03-20"), actor: "fay", asOf: when, in: db)
            }
            try await office.receipt("B1", on: "2026-03-15", minor: 6_000, remittance: "R1")
            // Fee and interest of the second letter, 5.00 and 1.08, are paid first; what came in for them counts as kept.
            #expect(try await office.run(DunInvoices.self, on: "2026-03-24").notices.map(\.open.amount) == ["46.08"])
            let promises = try await office.database.pool.transaction { db in
                try db.run(DunningObstaclesSQL.Promises(team: nil, customer: nil, tolerance: 3, known: nil))
            }
            #expect(promises.last?.receivedMinor == 6_000)
        }
    }

    @Test func `a fee counts for one promise, and money that came before a promise cannot go back against it`()
        async throws
    {
        try await FinanceOffice.with { office in
            for number in ["R1", "R2"] { try await office.invoice(number, due: "2026-03-01", minor: 50_000, level: 1) }
            try await office.run(DunInvoices.self, on: "2026-03-31")
            #expect(try await office.send() == [.send])
            for number in ["R1", "R2"] {
                try await Self.say(office, on: "2026-04-01") { when, db in
                    try DunningObstacleDesk.promise(
                        number, amount: "500.00", on: Self.day("2026-04-10"), actor: "fay", asOf: when, in: db)
                }
            }
            func received() async throws -> [Int] {
                try await office.database.pool.transaction { db in
                    try db.run(DunningObstaclesSQL.Promises(team: nil, customer: nil, tolerance: 3, known: nil))
                        .map(\.receivedMinor)
                }
            }
            // The fee of 5.00 and interest of 4.52 on each are paid first.
            try await office.receipt("B1", on: "2026-04-02", minor: 50_000, remittance: "R1")
            try await office.receipt("B2", on: "2026-04-03", minor: 49_500, remittance: "R2")
            #expect(try await received() == [50_000, 49_500])
        }
    }

    @Test func `the same money keeps one promise, and money that went back keeps none`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-02-01", minor: 100_000)
            for day in ["2026-03-20", "2026-04-20"] {
                try await Self.say(office, on: "2026-03-10") { when, db in
                    try DunningObstacleDesk.promise(
                        "R1", amount: "500.00", on: Self.day(day), actor: "fay", asOf: when, in: db)
                }
            }
            func received() async throws -> [Int] {
                try await office.database.pool.transaction { db in
                    try db.run(DunningObstaclesSQL.Promises(team: nil, customer: nil, tolerance: 3, known: nil))
                        .map(\.receivedMinor)
                }
            }
            try await office.receipt("B1", on: "2026-03-20", minor: 50_000, remittance: "R1")
            #expect(try await received() == [50_000, 0])
            #expect(try await office.run(DunInvoices.self, on: "2026-03-24").skipped.map(\.reason) == [.promised])
            try await office.receipt("B2", on: "2026-04-01", minor: 20_000, remittance: "R1")
            #expect(try await received() == [50_000, 20_000])
            let receipt = try await office.number("SELECT id FROM ltc.receipts WHERE reference = 'B1'")
            try await office.database.pool.transaction { db in
                _ = try ReceiptDesk.reverse(
                    [receipt], reason: "returned", actor: "fay", at: FinanceOffice.noon("2026-03-30"), in: db)
            }
            #expect(try await received() == [0, 20_000])
        }
    }

    @Test(arguments: [
        ("100.01", "2026-03-25", "amount_out_of_range"), ("0", "2026-03-25", "amount_out_of_range"),
        ("1,5", "2026-03-25", "bad_amount"), ("1.00", "2026-03-19", "date_is_past"),
    ])
    func `what cannot be promised is refused with its place`(amount: String, on: String, code: String) async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000)
            await #expect {
                try await Self.say(office, on: "2026-03-20") { when, db in
                    try DunningObstacleDesk.promise(
                        "R1", amount: amount, on: Self.day(on), actor: "fay", asOf: when, in: db)
                }
            } throws: { ($0 as? Problem)?.code == code && ($0 as? Problem)?.place?.hasPrefix("--") == true }
        }
    }

    @Test func `an invoice is promised twice at most`() async throws {
        try await FinanceOffice.with { office in
            try await office.invoice("R1", due: "2026-03-01", minor: 10_000)
            @Sendable func promise() async throws {
                try await Self.say(office, on: "2026-03-20") { when, db in
                    try DunningObstacleDesk.promise(
                        "R1", amount: nil, on: Self.day("2026-03-25"), actor: "fay", asOf: when, in: db)
                }
            }
            try await promise()
            try await promise()
            await #expect { try await promise() } throws: { ($0 as? Problem)?.code == "too_many_promises" }
        }
    }
}
