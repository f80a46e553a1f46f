import Automation
import Domain

/// `ltc.import/1`: what became of each file.
struct ImportBody: Encodable {
    struct File: Encodable {
        let file: String
        let outputs: [ImportReport.Output]
        let unknownColumns: [String]
        let absentColumns: [String]
        let rejectsFile: String?
        let rejects: [RejectedRow]

        init(_ report: ImportReport, rejectsFile: String?) {
            file = report.file
            outputs = report.outputs
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
        for file in files where !file.rejects.isEmpty {
            var rejects = Table(("line", .right), ("column", .left), ("value", .left), ("why it is not taken", .left))
            for row in file.rejects.prefix(10) {
                rejects.add(String(row.line), row.column ?? "", row.value ?? "", "\(row.reason.rawValue): \(row.text)")
            }
            text += "\n\(file.file):\n\(rejects)"
            if file.rejects.count > 10 { text += "… and \(file.rejects.count - 10) more\n" }
            if let path = file.rejectsFile { text += "mend them in \(path) and import that file again\n" }
            if isStrict { text += "nothing of \(file.file) was taken (--strict)\n" }
        }
        if isDryRun { text += "\na dry run: nothing was kept\n" }
        return text
    }
}
