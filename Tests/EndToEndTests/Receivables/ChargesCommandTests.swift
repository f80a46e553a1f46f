import Domain
import Foundation
import Postgres
import TestSupport
import Testing

/// What a notice charges, from the command line: run, acceptance, ledger, the next letter, reversal.
@Suite(.timeLimit(.minutes(10))) struct ChargesCommandTests {
    private static let company = """
        company: Small
        members: { mia: { name: Mia, email: mia@small.example } }
        teams:
          office: { name: Office, kind: finance, zone: UTC, hours: { mon-sun: 09:00-17:00 }, seats: { mia: { role: manager } } }
        creditors: { small: { name: Small, finance_team: office } }
        dunning:
          standard: hard
          procedures:
            hard:
              minimum_interval: 5
              interest: { percent: 10, source: agreed }
              compensation: { amounts: [40.00 EUR], source: § 288 Abs. 5 BGB }
              source: AGB 8
              levels:
                - { after_days: 5, charges_interest: true, fees: [{ fixed: 1.00 EUR, share: 1, tax: 19 }], channels: [letter] }
                - { after_days: 20, charges_interest: true, channels: [letter] }
        """

    private func ltc(_ database: TestDatabase, _ arguments: String...) async throws -> String {
        let process = try ChildProcess(product("ltc"), arguments + ["--database", "dbname=\(database.name)"])
        var output = ""
        while case let more = await process.nextOutput(), !more.isEmpty { output += more }
        #expect(await process.exit() == 0, "\(arguments): \(output)")
        return output
    }

    @Test func `a notice that is confirmed charges, the next asks for it again, and reversed it charged nothing`()
        async throws
    {
        try await TestDatabase.with { database in
            let place = FileManager.default.temporaryDirectory.appending(path: "ltc-charges-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: place) } }
            func file(_ name: String, _ text: String) throws -> String {
                let file = place.appending(path: name)
                try Data(text.utf8).write(to: file)
                return file.path
            }
            let today = try #require(CalendarDate(String(Date().formatted(.iso8601).prefix(10))))
            _ = try await ltc(database, "apply", file("company.yaml", Self.company))
            _ = try await ltc(
                database, "import", "customers", file("customers.csv", "number,name\nC-1,Miller\n"))
            _ = try await ltc(
                database, "import", "invoices",
                file(
                    "invoices.csv",
                    "number,customer,issued_on,due_on,amount,currency\n"
                        + "R-1,C-1,\(today.adding(days: -60)),\(today.adding(days: -10)),1000.00,EUR\n"))
            try await database.pool.transaction { db in
                try db.script("UPDATE ltc.customers SET address = 'Hauptstr. 1, Berlin'")
            }
            let run = try await ltc(database, "run", "dun-invoices")
            // 1,000.00 and interest for ten days 2.74, compensation, and a fee of 1.00 + 1 % with its tax.
            #expect(run.contains("1055.83"), "\(run)")
            let number = try #require(
                run.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("DN-") }.map(String.init))
            #expect(try await !ltc(database, "invoice", "list").contains("\(number)-F1"))
            _ = try await ltc(database, "dunning", "confirm", number)
            let ledger = try await ltc(database, "invoice", "list", "--open")
            for line in ["\(number)-F1  fee", "\(number)-I1  interest", "\(number)-C1  compensation"] {
                #expect(ledger.contains(line), "\(ledger)")
            }
            let shown = try await ltc(database, "dunning", "show", number)
            #expect(shown.contains("Fee: 1.00 + 1 % × 1,000.00 = 11.00, + 19 % tax = 13.09"), "\(shown)")
            #expect(
                shown.contains("Basis: agreed; § 288 Abs. 5 BGB") && shown.contains("posted \(number)-C1"), "\(shown)")
            #expect(
                try await ltc(database, "invoice", "show", "R-1").contains("posted \(number)-I1: interest 2.74 EUR"))
            let charge = try await ltc(database, "invoice", "explain", "\(number)-I1")
            #expect(charge.contains("posted by notice \(number), charged for R-1"), "\(charge)")
            let later = try await ltc(
                database, "run", "dun-invoices", "--as-of", "\(today.adding(days: 20))", "--dry-run", "--json")
            // 30 days are 8.22.
            #expect(later.contains("5.48") && later.contains("\"\(number)-F1\""), "\(later)")
            let owed = try await ltc(database, "report", "ageing", "--json")
            #expect(owed.contains("1055.83"), "\(owed)")
            _ = try await ltc(database, "dunning", "reverse", number, "--reason", "wrong")
            let left = try await ltc(database, "invoice", "list", "--open")
            #expect(left.contains("R-1") && !left.contains(number), "\(left)")
            #expect(try await ltc(database, "invoice", "show", "R-1").contains("taken back"))
        }
    }
}
