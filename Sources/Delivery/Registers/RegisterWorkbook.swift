import CXLSXWriter
package import Domain
import Foundation
import Glibc

/// The register as a spreadsheet: one sheet a currency, numbers and dates as such, and room for finance's decisions.
///
/// Made of the register's CSV, so that both say the same.
package struct RegisterWorkbook {
    /// What finance may write into the column `decision`; `ltc dunning decide` reads it.
    package static let decisions = ["approve", "reject", "hold"]

    private let book: UnsafeMutablePointer<lxw_workbook>
    private let formats: Formats
    private let header: [String]
    private var sheets: [String: Sheet] = [:]

    package static let mediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    /// - Parameters:
    ///   - day: of the run: the file's date, and the earliest that may stand in `until`
    ///   - csv: appends the next bytes that `DunningRegister` wrote; false when there are no more
    ///   - write: gets the workbook's bytes, four megabytes at a time
    /// - Throws: `WorkbookError`, and what `csv` and `write` throw.
    package static func make(
        title: String, on day: CalendarDate, of csv: @escaping (inout [UInt8]) throws -> Bool,
        write: ([UInt8]) throws -> Void
    ) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "ltc-\(UUID().uuidString).xlsx").path
        defer { unlink(file) }
        var reader = CSVReader(refill: csv)
        guard let header = try reader.next() else { throw WorkbookError(problem: "the register is empty") }
        var workbook = try RegisterWorkbook(file, title, day, header: header.texts)
        do {
            while let record = try reader.next() { try workbook.add(record.texts, on: day) }
        } catch {
            lxw_workbook_free(workbook.book)
            throw error
        }
        try workbook.close(on: day)
        guard let finished = FileHandle(forReadingAtPath: file) else {
            throw WorkbookError(problem: "\(file): \(String(cString: strerror(errno)))")
        }
        defer { try? finished.close() }
        while let bytes = try finished.read(upToCount: 4 << 20), !bytes.isEmpty { try write(Array(bytes)) }
    }

    private init(_ file: String, _ title: String, _ day: CalendarDate, header: [String]) throws(WorkbookError) {
        // A row is written to disk when the next begins.
        var options = lxw_workbook_options()
        options.constant_memory = 1
        guard let book = workbook_new_opt(file, &options) else { throw WorkbookError(problem: "out of memory") }
        self.book = book
        self.header = header
        formats = Formats(book)
        let midnight = time_t(day.days(since: CalendarDate(year: 1970, month: 1, day: 1) ?? day) * 86_400)
        try check(ltc_workbook_describe(book, title, midnight))
    }

    private mutating func add(_ cells: [String], on day: CalendarDate) throws(WorkbookError) {
        let code = header.firstIndex(of: "currency").map { cells[$0] } ?? ""
        var sheet: Sheet
        if let begun = sheets[code] { sheet = begun } else { sheet = try begin(code) }
        // A spreadsheet ends after 1,048,576 rows; what is beyond stands on another sheet.
        if sheet.rows == UInt32(LXW_ROW_MAX) {
            try end(sheet, on: day)
            sheet = try begin(code, part: sheet.part + 1)
        }
        for (place, text) in cells.enumerated() where place < header.count && !text.isEmpty {
            try write(text, Column(header[place]), sheet, UInt16(place), digits: Currency(code)?.minorDigits ?? 2)
        }
        sheet.rows += 1
        sheets[code] = sheet
    }

    private func write(
        _ text: String, _ column: Column, _ sheet: Sheet, _ place: UInt16, digits: Int
    ) throws(WorkbookError) {
        switch column {
        case .date:
            guard let day = CalendarDate(text) else { fallthrough }
            var date = lxw_datetime(day)
            try check(worksheet_write_datetime(sheet.pointer, sheet.rows, place, &date, formats.date))
        case .amount, .count:
            // A spreadsheet keeps fifteen digits of a number; what has more stays whole as text.
            guard text.utf8.count(where: { (48...57).contains($0) }) <= 15, let number = Double(text) else {
                fallthrough
            }
            let format = column == .amount ? formats.amounts[digits] : nil
            try check(worksheet_write_number(sheet.pointer, sheet.rows, place, number, format))
        case .words:
            // Words by their type: no spreadsheet runs them.
            try check(worksheet_write_string(sheet.pointer, sheet.rows, place, CSV.words(of: text), nil))
        }
    }

    private func begin(_ code: String, part: Int = 1) throws(WorkbookError) -> Sheet {
        let name = (code.isEmpty ? "register" : code) + (part > 1 ? " \(part)" : "")
        guard let pointer = workbook_add_worksheet(book, name) else { throw WorkbookError(problem: "no sheet \(name)") }
        for (place, title) in header.enumerated() {
            let place = UInt16(place)
            try check(worksheet_set_column(pointer, place, place, Column(title).width(of: title), nil))
            try check(worksheet_write_string(pointer, 0, place, title, formats.heading))
        }
        worksheet_freeze_panes(pointer, 1, 0)
        return Sheet(pointer: pointer, part: part)
    }

    private func end(_ sheet: Sheet, on day: CalendarDate) throws(WorkbookError) {
        let last = max(1, sheet.rows - 1)
        if !header.isEmpty {
            try check(worksheet_autofilter(sheet.pointer, 0, 0, last, UInt16(header.count - 1)))
        }
        if let place = header.firstIndex(of: "decision") {
            var values = Self.decisions.map { UnsafePointer(strdup($0)) } + [nil]
            defer { for value in values { free(UnsafeMutablePointer(mutating: value)) } }
            try check(ltc_worksheet_offer(sheet.pointer, 1, last, UInt16(place), &values))
        }
        if let place = header.firstIndex(of: "until") {
            try check(ltc_worksheet_demand_date(sheet.pointer, 1, last, UInt16(place), lxw_datetime(day)))
        }
    }

    private mutating func close(on day: CalendarDate) throws(WorkbookError) {
        if sheets.isEmpty { sheets[""] = try begin("") }
        for sheet in sheets.values { try end(sheet, on: day) }
        try check(workbook_close(book))
    }

    private func check(_ code: lxw_error) throws(WorkbookError) {
        guard code == LXW_NO_ERROR else { throw WorkbookError(problem: String(cString: lxw_strerror(code))) }
    }
}

extension RegisterWorkbook {
    private struct Sheet {
        let pointer: UnsafeMutablePointer<lxw_worksheet>
        let part: Int
        /// With the heading.
        var rows: UInt32 = 1
    }

    /// What a column holds, by its heading.
    private enum Column {
        case date, amount, count, words

        init(_ heading: String) {
            switch heading {
            case "run_date", "issued_on", "due_on", "until": self = .date
            case "open", "interest", "compensation", "fee", "charges", "credit", "total": self = .amount
            case "notice", "notice_level", "days_overdue", "level_before", "level": self = .count
            default: self = .words
            }
        }

        /// In characters.
        func width(of heading: String) -> Double {
            switch self {
            case .date: 12
            case .amount: 18
            case .count: Double(heading.count + 4)
            case .words: heading == "customer_name" ? 36 : max(14, Double(heading.count + 4))
            }
        }
    }

    private struct Formats {
        let heading, date: UnsafeMutablePointer<lxw_format>?
        /// By the currency's digits after the point.
        let amounts: [UnsafeMutablePointer<lxw_format>?]

        init(_ book: UnsafeMutablePointer<lxw_workbook>) {
            func format(_ code: String) -> UnsafeMutablePointer<lxw_format>? {
                let format = workbook_add_format(book)
                format_set_num_format(format, code)
                return format
            }
            heading = workbook_add_format(book)
            format_set_bold(heading)
            date = format("yyyy-mm-dd")
            amounts = ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"].map(format)
        }
    }
}

extension lxw_datetime {
    fileprivate init(_ day: CalendarDate) {
        self.init(year: Int32(day.year), month: Int32(day.month), day: Int32(day.day), hour: 0, min: 0, sec: 0)
    }
}

extension CSVRecord {
    fileprivate var texts: [String] { (0..<count).map { String(decoding: bytes(at: $0), as: UTF8.self) } }
}

/// A workbook could not be written: the disk for temporary files is full or may not be written.
package struct WorkbookError: Error, Sendable, CustomStringConvertible {
    let problem: String

    package var description: String { "the workbook could not be written: \(problem)" }
}
