package import Domain
import Foundation

/// The rows that were not taken, each with its line and its reason in front, in the file's own columns and encoding.
///
/// It can be mended and imported again: the columns in front are then passed over.
package enum RejectsFile {
    static let columns = ["reject_line", "reject_reason"]

    /// Beside the input: `leads.csv` → `leads.rejects.csv`.
    package static func standardPath(for input: String) -> String {
        let url = URL(filePath: input)
        return url.deletingPathExtension().appendingPathExtension("rejects.csv").relativePath
    }

    /// Written beside and renamed, so that nobody reads half of it.
    /// - Throws: `Problem` when the folder cannot be written.
    package static func write(_ rejects: [RejectedLine], of input: String, to path: String) throws {
        let file = try InputFile(input)
        var reader = CSVReader { buffer in try file.read(into: &buffer) }
        var writer = CSVWriter()
        guard let header = try reader.next() else { return }
        let fields = fields(of: header)
        // The first column of a file that is a rejects file itself already says why.
        let old = fields.indices.filter { columns.contains(String(decoding: fields[$0], as: UTF8.self)) }
        writer.write(columns.map { Array($0.utf8) } + without(old, fields))
        let reasons = Dictionary(rejects.map { ($0.line, $0.reject) }) { first, _ in first }
        var output = Data()
        while let record = try reader.next() {
            guard let reject = reasons[record.line] else { continue }
            writer.write(
                [Array(String(record.line).utf8), Array(reject.note.utf8)] + without(old, Self.fields(of: record)))
            output.append(contentsOf: writer.bytes)
            writer.removeAll()
        }
        try save(output, to: path)
    }

    /// A list with what is wrong in a bank's file, by line. Such a file cannot be mended by its reader.
    /// - Throws: `Problem` when the folder cannot be written.
    package static func writeList(_ rejects: [RejectedLine], to path: String) throws {
        var writer = CSVWriter()
        writer.write((columns + ["column", "value"]).map { Array($0.utf8) })
        for rejected in rejects {
            let fields = [
                String(rejected.line), rejected.reject.note, rejected.reject.column ?? "", rejected.reject.value ?? "",
            ]
            writer.write(fields.map { Array($0.utf8) })
        }
        try save(Data(writer.bytes), to: path)
    }

    private static func save(_ output: Data, to path: String) throws {
        do {
            try output.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Problem(
                .inputRefused, "unwritable_rejects", "the rejects cannot be written: \(error.localizedDescription)",
                place: path,
                advice: "name another place with --rejects and import again: what was taken stays as it is")
        }
    }

    private static func fields(of record: CSVRecord) -> [[UInt8]] {
        (0..<record.count).map(record.bytes(at:))
    }

    private static func without(_ old: [Int], _ fields: [[UInt8]]) -> [[UInt8]] {
        fields.indices.filter { !old.contains($0) }.map { fields[$0] }
    }
}

extension Reject {
    /// `amount: too_many_digits: EUR has 2 digits after the point`: ASCII only, since the file may be in any encoding.
    fileprivate var note: String {
        let words = "\(column.map { "\($0): " } ?? "")\(reason.rawValue): \(text)"
        return String(String.UnicodeScalarView(words.unicodeScalars.map { $0.isASCII ? $0 : "?" }))
    }
}
