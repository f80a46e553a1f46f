import Domain
import Foundation
import TestSupport
import Testing

@testable import Delivery

struct RegisterWorkbookTests {
    /// A line a sheet, a cell or a rule: what openpyxl reads.
    private static let reader = """
        import openpyxl, sys
        for sheet in openpyxl.load_workbook(sys.argv[1]).worksheets:
            print(f"{sheet.title}: {sheet.max_row} rows, frozen at {sheet.freeze_panes}")
            for row in sheet.iter_rows(min_row=2):
                for name, cell in zip(sheet[1], row):
                    if cell.value is not None:
                        print(f"{cell.coordinate} {name.value} {cell.data_type} {cell.number_format} {cell.value!r}")
            for rule in sheet.data_validations.dataValidation:
                print(f"rule {rule.sqref} {rule.type} {rule.formula1}")
        """

    private func read(_ csv: CSV) async throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: "ltc-book-\(UUID().uuidString).xlsx")
        var rest = csv.bytes[...]
        var bytes = Data()
        try RegisterWorkbook.make(
            title: "register", on: try #require(CalendarDate("2026-03-31")),
            of: { buffer in
                buffer += rest.prefix(7)
                rest = rest.dropFirst(7)
                return !rest.isEmpty
            }, write: { bytes += $0 })
        try bytes.write(to: file)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
        let child = try ChildProcess("/usr/bin/python3", ["-c", Self.reader, file.path])
        var text = ""
        while case let more = await child.nextOutput(), !more.isEmpty { text += more }
        #expect(await child.exit() == 0, "\(text)")
        return text.split(separator: "\n").map(String.init)
    }

    private let header = [
        "run_date", "notice", "customer_name", "currency", "open", "credit", "decision", "reason", "until",
    ]

    private func row(_ name: String, _ currency: String, _ open: String, credit: String = "0.00") -> [CSVCell] {
        [
            .value("2026-03-31"), .value("7"), .text(name), .value(currency), .value(open), .value(credit), .value(""),
            .value(""), .value(""),
        ]
    }

    @Test func `each currency has a sheet whose dates are dates and whose amounts are numbers`() async throws {
        var csv = CSV(header: header)
        csv.add(row("Müller, Söhne", "EUR", "1234.50", credit: "-12.50"))
        csv.add(row("上海精密仪器", "JPY", "5000", credit: "0"))
        csv.add(row("Miller", "EUR", "0.05"))
        let lines = try await read(csv)
        #expect(lines.contains("EUR: 3 rows, frozen at A2") && lines.contains("JPY: 2 rows, frozen at A2"))
        #expect(lines.contains("A2 run_date d yyyy-mm-dd datetime.datetime(2026, 3, 31, 0, 0)"))
        #expect(lines.contains("B2 notice n General 7"))
        #expect(lines.contains("C2 customer_name s General 'Müller, Söhne'"))
        #expect(lines.contains("E2 open n #,##0.00 1234.5") && lines.contains("F2 credit n #,##0.00 -12.5"))
        #expect(lines.contains("E3 open n #,##0.00 0.05") && lines.contains("E2 open n #,##0 5000"))
    }

    @Test func `finance chooses a decision from a list, and until is a date from the run on`() async throws {
        var csv = CSV(header: header)
        csv.add(row("Miller", "EUR", "0.05"))
        let lines = try await read(csv)
        #expect(lines.contains(#"rule G2 list "approve,reject,hold""#))
        #expect(lines.contains { $0.hasPrefix("rule I2 date 46112") })
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "'s-Hertogenbosch", "＝1"])
    func `words stay words, as they were written`(name: String) async throws {
        var csv = CSV(header: header)
        csv.add(row(name, "EUR", "1.00"))
        let lines = try await read(csv)
        let shown = name.replacing("\t", with: "\\t")
        #expect(lines.contains { $0.hasPrefix("C2 customer_name s General ") && $0.contains(shown) }, "\(lines)")
    }

    @Test func `an amount with more digits than a spreadsheet keeps stays whole as text`() async throws {
        var csv = CSV(header: header)
        csv.add(row("Miller", "EUR", "9999999999999999.99"))
        #expect(try await read(csv).contains("E2 open s General '9999999999999999.99'"))
    }

    @Test func `a register without a line has its headings`() async throws {
        let lines = try await read(CSV(header: header))
        #expect(lines.first == "register: 1 rows, frozen at A2")
    }
}
