import Delivery
package import Domain
import Foundation
package import Postgres
import Store

/// A register that somebody in finance has marked: the columns `decision`, `reason` and `until` beside its own.
///
/// `approve` and `reject` are about the notice, and stand on any of its lines; `hold` is about the line's invoice. Lines
/// without a decision are passed over. Every marked line is taken, or rejected with its reason.
package struct DecisionFile: Sendable {
    package enum Decision: String, Sendable, CaseIterable {
        case approve, reject, hold
    }

    package struct Outcome: Sendable, Encodable {
        package struct Line: Sendable, Encodable {
            package let line: Int
            /// The notice's id or number, or the invoice's number.
            package let subject: String
            package let decision: String
            /// Nil when it was taken.
            package let problem: String?
            /// A stable code; nil when it was taken.
            package let code: String?
        }

        package internal(set) var lines: [Line] = []
        /// Lines without a decision.
        package internal(set) var unmarked = 0

        package var taken: Int { lines.count { $0.problem == nil } }
        package var rejected: Int { lines.count - taken }
    }

    private struct Row {
        var line: Int
        var notice, invoice, decision, reason, until: String
        /// Of what else the line speaks; empty where the file does not say it.
        var number, creditor, customer, currency, open, total: String
    }

    private let rows: [Row]
    /// For messages.
    private let file: String

    /// - Parameter text: CSV (RFC 4180), columns in any order
    /// - Throws: a `Problem` with file and line for what is no register.
    package init(_ text: String, file: String) throws(Problem) {
        self.file = file
        var bytes = Array(text.utf8)
        var reader = CSVReader { buffer in
            defer { bytes = [] }
            buffer += bytes
            return !bytes.isEmpty
        }
        var rows: [Row] = []
        do {
            guard let header = try reader.next() else {
                throw Problem(
                    .inputRefused, "empty_file", "the file is empty", place: file, advice: "mark a run's register")
            }
            let columns = try Self.columns(of: header, file)
            while let record = try reader.next() {
                guard record.count == header.count, record.malformedField == nil else {
                    throw Problem(
                        .inputRefused, "malformed_line", "\(record.count) fields under \(header.count) columns",
                        place: "\(file):\(record.line)", advice: "save the file as CSV again")
                }
                func field(_ name: String) -> String {
                    guard let index = columns[name] else { return "" }
                    return CSV.words(
                        of:
                            String(decoding: record.bytes(at: index), as: UTF8.self)
                            .trimmingCharacters(in: .whitespacesAndNewlines))
                }
                rows.append(
                    Row(
                        line: record.line, notice: field("notice"), invoice: field("invoice"),
                        decision: field("decision").lowercased(), reason: field("reason"), until: field("until"),
                        number: field("number"), creditor: field("creditor"), customer: field("customer"),
                        currency: field("currency"), open: field("open"), total: field("total")))
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .inputRefused, "malformed_csv", "\(error)", place: file, advice: "look for a quote that is left open")
        }
        self.rows = rows
    }

    private static func columns(of header: CSVRecord, _ file: String) throws(Problem) -> [String: Int] {
        var columns: [String: Int] = [:]
        for index in 0..<header.count {
            let name = String(decoding: header.bytes(at: index), as: UTF8.self)
            columns[name.trimmingCharacters(in: .whitespaces).lowercased()] = index
        }
        for name in ["notice", "decision"] where columns[name] == nil {
            throw Problem(
                .inputRefused, "missing_column", "there is no column '\(name)'", place: "\(file):1",
                advice: "mark a run's register, with the columns decision, reason and until")
        }
        return columns
    }

    /// Decides line by line, in the caller's transaction. About a notice that lines contradict each other, none decides.
    package func apply(actor: String, asOf: AsOf, isPreview: Bool = false, in db: isolated Connection) throws -> Outcome
    {
        var outcome = Outcome()
        let contradicted = try contradicted(in: db)
        var decided: Set<String> = []
        for row in rows {
            guard !row.decision.isEmpty else {
                outcome.unmarked += 1
                continue
            }
            do {
                guard let decision = Decision(rawValue: row.decision) else {
                    let known = Decision.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Problem(
                        .refused, "unknown_decision", "'\(row.decision)' is no decision",
                        advice: "write one of \(known)")
                }
                if decision != .hold, let lines = contradicted[row.notice] {
                    throw Problem(
                        .refused, "contradiction",
                        "lines \(lines.map(String.init).joined(separator: ", ")) do not say the same about notice "
                            + row.notice,
                        advice: "decide about a notice once")
                }
                if decision == .hold || !decided.contains(row.notice) {
                    try decide(decision, row, actor, asOf, isPreview, in: db)
                    if decision != .hold { decided.insert(row.notice) }
                }
                outcome.lines.append(line(row, nil))
            } catch let problem as Problem where problem.kind == .refused {
                outcome.lines.append(line(row, problem))
            }
        }
        return outcome
    }

    /// The lines about notices of which some are to be approved and rejected.
    private func contradicted(in db: isolated Connection) throws -> [String: [Int]] {
        let marked = rows.filter { ["approve", "reject"].contains($0.decision) && !$0.notice.isEmpty }
        let names = Array(Set(marked.map(\.notice)))
        guard !names.isEmpty else { return [:] }
        // Its id and its number are two names of one.
        var ids: [String: Int] = [:]
        for row in try db.run(DunningSQL.NoticesByKey(keys: names)) {
            (ids["\(row.id)"], ids[row.key]) = (row.id, row.id)
        }
        var lines: [String: [Int]] = [:]
        for (_, rows) in Dictionary(grouping: marked, by: { ids[$0.notice].map(String.init) ?? "'\($0.notice)" })
        where Set(rows.map(\.decision)).count > 1 {
            for row in rows { lines[row.notice] = rows.map(\.line) }
        }
        return lines
    }

    private func decide(
        _ decision: Decision, _ row: Row, _ actor: String, _ asOf: AsOf, _ isPreview: Bool, in db: isolated Connection
    ) throws {
        let reason = row.reason.isEmpty ? nil : row.reason
        switch decision {
        case .approve, .reject:
            if row.notice.isEmpty {
                throw Problem(.refused, "missing_value", "the line names no notice", advice: "fill in 'notice'")
            }
            if !row.until.isEmpty {
                throw Problem(
                    .refused, "until_without_hold",
                    "'until' \(row.until) belongs to a hold, and this is '\(decision.rawValue)'",
                    advice: "write 'hold' to leave the invoice alone through that day, or leave 'until' empty")
            }
            let notices = try DunningDesk.find([row.notice], in: db)
            let now = try DunningDesk.instant(asOf, of: notices, in: db)
            let facts = try db.one(DunningSQL.NoticeFacts(notice: notices[0]))
            try check(row, against: facts)
            if decision == .approve {
                let currency = try Currency(stored: facts.currency)
                let total = try sum(\.total, "total", of: row, in: currency)
                let open = total == nil ? try sum(\.open, "open", of: row, in: currency) : nil
                let seen = total ?? open
                let approved = try DunningDesk.approve(
                    notices,
                    seen: seen == nil ? [:] : [notices[0]: .init(totalMinor: total?.minor, openMinor: open?.minor)],
                    actor: actor, at: now, isPreview: isPreview, in: db)
                if let notice = approved.first(where: { ["proposed", "held"].contains($0.state) }) {
                    throw Problem(
                        .refused, "asks_for_more",
                        "notice \(row.notice) asks for \(notice.total) by now"
                            + (seen.map { ", its lines here for \($0)" } ?? ", more than was proposed"),
                        advice:
                            "look at it (ltc dunning show \(notice.notice)), and approve it: ltc dunning approve \(notice.notice)"
                    )
                }
            } else {
                _ = try DunningDesk.reject(notices, reason: reason, actor: actor, at: now, in: db)
            }
        case .hold:
            var until: CalendarDate?
            if !row.until.isEmpty {
                until = CalendarDate(row.until)
                if until == nil {
                    throw Problem(
                        .refused, "invalid_date", "'\(row.until)' is no date", advice: "write 'until' as 2026-03-31")
                }
            }
            guard let reason else {
                throw Problem(.refused, "missing_value", "a hold needs a reason", advice: "fill in 'reason'")
            }
            _ = try DunningObstacleDesk.hold(
                .invoice(row.invoice), until: until, reason: reason, actor: actor, asOf: asOf, in: db)
        }
    }

    /// A line that a spreadsheet sorted in part, or of another database's register, speaks of something else than its notice.
    private func check(_ row: Row, against facts: DunningSQL.NoticeFacts.Row) throws(Problem) {
        // Spreadsheets leave zeros away.
        func plain(_ text: String) -> Substring { text.drop { $0 == "0" } }
        let told: [(column: String, value: String, known: [String])] = [
            ("number", row.number, facts.number.map { [$0] } ?? []), ("creditor", row.creditor, [facts.creditor]),
            ("customer", row.customer, [facts.customer]), ("currency", row.currency, [facts.currency]),
            ("invoice", row.invoice, facts.items),
        ]
        for (column, value, known) in told where !value.isEmpty && !known.contains(where: { plain($0) == plain(value) })
        {
            throw Problem(
                .refused, "other_notice", "notice \(row.notice) has no \(column) '\(value)'",
                advice:
                    "mark the register that the run made: a spreadsheet sorted only some columns, or changed what it took for a date or a number (the workbook keeps it)"
            )
        }
    }

    /// What the lines about a notice come to together, in one of the columns; nil where the file does not say it.
    private func sum(
        _ column: KeyPath<Row, String>, _ name: String, of row: Row, in currency: Currency
    ) throws(Problem) -> Money? {
        var sum = 0
        var lines: [String: Int] = [:]
        for line in rows where line.notice == row.notice {
            let text = line[keyPath: column]
            guard !text.isEmpty else { return nil }
            if let other = lines.updateValue(line.line, forKey: line.invoice) {
                throw Problem(
                    .refused, "repeated_line",
                    "lines \(other) and \(line.line) are about the same item of notice \(row.notice)",
                    advice: "leave each line once, as in the register that the run made")
            }
            guard let minor = Self.minor(text, in: currency) else {
                throw Problem(
                    .refused, "invalid_amount",
                    "the \(name) '\(text)' in line \(line.line) is no amount in \(currency)",
                    advice: "leave it as it is in the register that the run made")
            }
            sum += minor
        }
        return Money(minor: sum, currency: currency)
    }

    /// A decimal as the register has it, or as a spreadsheet of another country writes it: `30578.99`, `30.578,9`.
    private static func minor(_ text: String, in currency: Currency) -> Int? {
        let text = text.filter { !$0.isWhitespace && $0 != "'" }
        let mark = text.lastIndex { ".,".contains($0) }
        let whole = (mark.map { text[..<$0] } ?? text[...]).filter { !".,".contains($0) }
        let part = mark.map { text[text.index(after: $0)...] } ?? ""
        return try? Money(part.isEmpty ? String(whole) : "\(whole).\(part)", currency: currency).minor
    }

    private func line(_ row: Row, _ problem: Problem?) -> Outcome.Line {
        .init(
            line: row.line, subject: row.decision == Decision.hold.rawValue ? row.invoice : row.notice,
            decision: row.decision,
            problem: problem.map { "\(file):\(row.line): \($0.what)" + ($0.advice.map { "; \($0)" } ?? "") },
            code: problem?.code)
    }
}
