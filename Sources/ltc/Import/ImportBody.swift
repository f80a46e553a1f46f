import Automation
import Domain

/// `ltc.import/1`: what became of each file.
struct ImportBody: Encodable {
    struct File: Encodable {
        let file: String
        let outputs: [ImportReport.Output]
        /// Of a bank's file; nil for a table.
        let statements: [ImportReport.Statement]?
        /// Entries that are not booked, by status; new receipts that wait for a person, by reason.
        let left, waiting: [String: Int]?
        let unknownColumns: [String]
        let absentColumns: [String]
        let rejectsFile: String?
        let rejects: [RejectedRow]

        init(_ report: ImportReport, rejectsFile: String?) {
            file = report.file
            outputs = report.outputs
            statements = report.isBankFile ? report.statements : nil
            left = report.isBankFile ? report.left : nil
            waiting = report.isBankFile ? report.waiting : nil
            unknownColumns = report.unknownColumns
            absentColumns = report.absentColumns
            self.rejectsFile = rejectsFile
            rejects = report.rejects.map(RejectedRow.init)
        }
    }

    struct RejectedRow: Encodable {
        let line: Int
        let column: String?
        let value: String?
        let reason: Reject.Reason
        let text: String

        init(_ rejected: RejectedLine) {
            line = rejected.line
            column = rejected.reject.column
            value = rejected.reject.value
            reason = rejected.reject.reason
            text = rejected.reject.text
        }
    }

    let files: [File]
    let isDryRun: Bool

    private enum CodingKeys: String, CodingKey {
        case files
        case isDryRun = "dryRun"
    }

    var table: Table {
        var table = Table(
            ("file", .left), ("kind", .left), ("rows", .right), ("taken", .right), ("changed", .right),
            ("unchanged", .right), ("rejected", .right))
        for file in files {
            for output in file.outputs {
                table.add(
                    file.file, output.kind.rawValue, String(output.rows), String(output.taken), String(output.changed),
                    String(output.unchanged), String(output.rejected))
            }
        }
        return table
    }

    func text(isStrict: Bool) -> String {
        var text = table.description
        for case (let file, let closed?) in files.flatMap({ file in file.outputs.map { (file.file, $0.closed) } }) {
            text += "closed, since \(file) has them no more: \(closed)\n"
        }
        for file in files { text += file.statementText }
        for file in files where !file.rejects.isEmpty {
            var rejects = Table(("line", .right), ("column", .left), ("value", .left), ("why it is not taken", .left))
            for row in file.rejects.prefix(10) {
                rejects.add(String(row.line), row.column ?? "", row.value ?? "", "\(row.reason.rawValue): \(row.text)")
            }
            text += "\n\(file.file):\n\(rejects)"
            if file.rejects.count > 10 { text += "… and \(file.rejects.count - 10) more\n" }
            if let path = file.rejectsFile, file.statements != nil { text += "the whole list is in \(path)\n" }
            if let path = file.rejectsFile, file.statements == nil {
                text += "mend them in \(path) and import that file again\n"
            }
            if isStrict { text += "nothing of \(file.file) was taken: none of its rows may be rejected\n" }
        }
        if isDryRun { text += "\na dry run: nothing was kept\n" }
        return text
    }
}

extension ImportBody.File {
    /// What became of each statement, and what is left to do.
    fileprivate var statementText: String {
        guard let statements else { return "" }
        var table = Table(
            ("statement", .left), ("account", .left), ("opening", .right), ("closing", .right), ("entries", .right),
            ("new", .right), ("receipts", .right), ("state", .left))
        for row in statements.prefix(50) {
            table.add(
                row.id, row.account, row.opening?.description ?? "", row.closing?.amount ?? "", String(row.entries),
                String(row.fresh), String(row.receipts), row.state.rawValue)
        }
        var text = "\n\(table)"
        if statements.count > 50 { text += "… and \(statements.count - 50) more\n" }
        for (status, count) in (left ?? [:]).sorted(by: { $0.key < $1.key }) {
            text += "left, since not booked: \(count) \(status)\n"
        }
        for (reason, count) in (waiting ?? [:]).sorted(by: { $0.key < $1.key }) {
            text += "waiting for a person: \(count) \(reason)\n"
        }
        return text
    }
}
