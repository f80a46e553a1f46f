import Foundation
import TestSupport
import Testing

/// The reports as people run them, on the company and the files of `config/`.
@Suite(.timeLimit(.minutes(10)))
struct ReportCommandTests {
    static let config = URL(filePath: #filePath).appending(path: "../../../../config").standardized.path

    static func ltc(_ arguments: [String], in database: TestDatabase) async throws -> (code: Int32, output: String) {
        let command = try ChildProcess(product("ltc"), arguments, environment: ["PGDATABASE": database.name])
        var output = ""
        while case let more = await command.nextOutput(), !more.isEmpty { output += more }
        return (await command.exit(), output)
    }

    /// The company with its examples: C-1 has paid 86,000 CNY; C-2 owes 785 EUR of 1,785; C-3 owes 2,400 USD.
    static func withExamples(_ body: (TestDatabase) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            #expect(try await ltc(["apply", "\(config)/company.yaml"], in: database).code == 0)
            for kind in ["customers", "invoices", "receipts"] {
                #expect(try await ltc(["import", kind, "\(config)/examples/\(kind).csv"], in: database).code == 0)
            }
            try await body(database)
        }
    }

    @Test func `every report answers as a table, as CSV and as JSON`() async throws {
        try await Self.withExamples { database in
            for (report, line, schema) in [
                ("ageing --as-of 2026-03-31", "EUR,0.00,0.00,785.00,0.00,0.00,0.00,785.00,2", "ageing"),
                ("ageing --as-of 2026-03-31 --per customer", "C-3,Northlake Imaging Inc.,USD,0.00,2400.00", "ageing"),
                (
                    "ageing --as-of 2026-03-31 --per team --by issued", "finance-eu,EUR,0.00,0.00,595.00,190.00",
                    "ageing"
                ),
                ("ageing --as-of 2026-03-31 --customer C-2 --per creditor", ",EUR,0.00,0.00,785.00", "ageing"),
                ("dso --as-of 2026-03-31", "EUR,785.00,1785.00,39.6,63.9", "dso"),
                (
                    "dso --as-of 2026-03-31 --per customer", "C-2,Lichtwerk Optik GmbH,EUR,785.00,1785.00,39.6,63.9",
                    "dso"
                ),
                (
                    "cei --as-of 2026-03-31 --from 2026-01 --until 2026-03",
                    "EUR,2026-01-01,2026-03-31,0.00,1785.00,785.00,0.00,56.0", "cei"
                ),
                ("cash --as-of 2026-02-15 --weeks 4", "EUR,2026-02-23,2026-03-01,595.00,0.00,0.00,595.00", "cash"),
                ("statement C-2 --from 2026-02-01 --until 2026-03-31", "EUR,2026-03-31,closing,,,,785.00", "statement"),
            ] {
                let arguments = ["report"] + report.split(separator: " ").map(String.init)
                let csv = try await Self.ltc(arguments + ["--csv"], in: database)
                #expect(csv.code == 0 && csv.output.contains(line), "\(report): \(csv.output)")
                let table = try await Self.ltc(arguments, in: database)
                #expect(table.code == 0 && table.output.hasPrefix(csv.output.prefix { $0 != "," }))
                let json = try await Self.ltc(arguments + ["--json"], in: database)
                let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
                #expect(object?["schema"] as? String == "ltc.report.\(schema)/1")
            }
        }
    }

    @Test func `a finance team that ages otherwise has its own buckets`() async throws {
        try await Self.withExamples { database in
            let file = FileManager.default.temporaryDirectory.appending(path: "ltc-company-\(UUID().uuidString).yaml")
            let text = try String(contentsOf: URL(filePath: "\(Self.config)/company.yaml"), encoding: .utf8)
            let team = "finance-eu:\n    name: Receivables Europe\n"
            #expect(text.contains(team), "the test replaces nothing")
            try text.replacing(team, with: "\(team)    ageing_days: [20, 50]\n")
                .write(to: file, atomically: true, encoding: .utf8)
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
            #expect(try await Self.ltc(["apply", file.path], in: database).code == 0)
            let ageing = ["report", "ageing", "--as-of", "2026-03-31", "--csv"]
            let ours = try await Self.ltc(ageing + ["--team", "finance-eu"], in: database).output
            #expect(ours.contains("currency,not due,1-20,21-50,over 50,unallocated,ledger,invoices"), "\(ours)")
            let all = try await Self.ltc(ageing, in: database).output
            #expect(all.contains("not due,1-30,31-60,61-90,over 90,"), "\(all)")
        }
    }

    @Test func `what was recorded later was not known, and an empty ledger has no lines`() async throws {
        try await Self.withExamples { database in
            let ageing = try await Self.ltc(
                ["report", "ageing", "--as-of", "2026-03-31", "--known-at", "2020-01-01", "--json"], in: database)
            #expect(ageing.code == 0 && ageing.output.contains(#""currencies" : []"#))
            let cash = try await Self.ltc(
                ["report", "cash", "--as-of", "2026-03-31", "--known-at", "2020-01-01", "--csv"], in: database)
            #expect(cash.output.split(separator: "\r\n").count == 1)
        }
    }

    @Test func `what cannot be reported is refused with a word that says why`() async throws {
        try await Self.withExamples { database in
            for (report, code, word) in [
                ("ageing --per colour", Int32(2), "colour"), ("ageing --team nobody", 1, "nobody"),
                ("ageing --customer C-99", 1, "C-99"), ("dso --days 0", 2, "--days"),
                ("cei --from 2026-13", 2, "2026-13"),
                ("cei --from 2026-05 --until 2026-04", 2, "2026-04"), ("cei --until 2999-01", 2, "2999-01"),
                ("cash --weeks 0", 2, "--weeks"), ("statement C-99", 1, "C-99"),
                ("statement C-2 --creditor nobody", 1, "nobody"),
                ("statement C-2 --from 2026-03-02 --until 2026-03-01", 2, "2026-03-01"),
                ("statement C-2 --team finance-eu", 2, "--creditor"),
            ] {
                let answer = try await Self.ltc(
                    ["report"] + report.split(separator: " ").map(String.init), in: database)
                #expect(answer.code == code && answer.output.contains(word), "\(report): \(answer)")
            }
        }
    }

    @Test func `a month's balances are asked, printed, packed twice as the same bytes, and answered`() async throws {
        try await Self.withExamples { database in
            let folder = FileManager.default.temporaryDirectory.appending(
                path: "ltc-reconciliation-\(UUID().uuidString)")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
            func reconciliation(_ words: String) async throws -> (code: Int32, output: String) {
                try await Self.ltc(["reconciliation"] + words.split(separator: " ").map(String.init), in: database)
            }
            #expect(
                try await reconciliation("create --month 2026-02 --dry-run --json").output.contains(#""created" : 3"#))
            #expect(try await reconciliation("list").output.split(separator: "\n").count == 1)
            let made = try await reconciliation("create --month 2026-02 --into \(folder.path)")
            #expect(made.code == 0 && made.output.hasPrefix("3 letters"))
            let again = try await reconciliation("package --month 2026-02 --into \(folder.path)")
            #expect(
                again.output.split(separator: "\n").count == 3 && again.output.contains("/reconciliation-2026-02/RC-"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["reconciliation-2026-02"])
            let open = try await reconciliation("list --csv").output.split(separator: "\r\n").dropFirst()
            let numbers = open.map { String($0.prefix { $0 != "," }) }
            #expect(numbers.count == 3)
            #expect(try await reconciliation("confirm \(numbers[0])").output.contains("of C-1: confirmed"))
            let differs = try await reconciliation("differ \(numbers[1]) --amount 700.00 --note late --json")
            #expect(
                differs.output.contains(#""schema" : "ltc.reconciliation.differ/1""#)
                    && differs.output.contains("-85.00"))
            #expect(try await reconciliation("list --csv").output.split(separator: "\r\n").count == 2)
            #expect(try await reconciliation("show \(numbers[1])").output.contains("R-2"))
            for (words, code) in [
                ("create --month 2999-01", Int32(1)), ("create --month 2026", 2),
                ("create --month 2026-02 --creditor x", 1),
                ("package --month 2020-01", 1), ("confirm RC-0", 1), ("differ \(numbers[1]) --amount 7x --note x", 2),
                ("show RC-0", 1), ("list --state lost", 2),
            ] { #expect(try await reconciliation(words).code == code, "\(words)") }
        }
    }

    @Test func `a statement is printed into a file`() async throws {
        try await Self.withExamples { database in
            let file = FileManager.default.temporaryDirectory.appending(path: "ltc-statement-\(UUID().uuidString).pdf")
            defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
            let arguments = ["report", "statement", "C-1", "--from", "2026-01-01", "--until", "2026-03-31", "--pdf"]
            let printed = try await Self.ltc(arguments + [file.path], in: database)
            #expect(printed.code == 0 && printed.output.contains("closing"))
            let bytes = try Data(contentsOf: file)
            #expect(bytes.starts(with: Data("%PDF-".utf8)))
            let refused = try await Self.ltc(arguments + ["/nowhere/statement.pdf"], in: database)
            #expect(refused.code == 1)
        }
    }
}
