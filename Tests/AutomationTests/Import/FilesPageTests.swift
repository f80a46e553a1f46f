import Domain
import Foundation
import Testing

@testable import Automation

/// docs/files.md, which says what every file's columns are.
struct FilesPageTests {
    private struct Column: Hashable {
        let name: String
        let isRequired: Bool
    }

    @Test(arguments: ImportKind.allCases)
    func `the page names the columns that are read, and which of them must be there`(kind: ImportKind) throws {
        #expect(try Set(described(kind)) == Set(read(kind)))
    }

    /// The table below the kind's heading.
    private func described(_ kind: ImportKind) throws -> [Column] {
        let page = try String(
            contentsOf: MavenImportTests.package.appending(path: "docs/files.md"), encoding: .utf8)
        let section = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix("\(kind.rawValue)\n") })
        return section.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).map { row in
            let cells = row.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            return Column(name: cells[1], isRequired: cells[2] == "yes")
        }
    }

    /// Every field of the kind; those without which a file is refused are required.
    private func read(_ kind: ImportKind) throws -> [Column] {
        var empty = try header([])
        let names = Mirror(reflecting: kind.type.init(&empty)).children.compactMap { ($0.value as? Field)?.name }
        return try names.map { name in
            var header = try header(names.filter { $0 != name })
            _ = kind.type.init(&header)
            do {
                try header.check(file: "x.csv")
                return Column(name: name, isRequired: false)
            } catch {
                return Column(name: name, isRequired: true)
            }
        }
    }

    private func header(_ names: [String]) throws -> Header {
        var line: [UInt8]? = Array(((["other"] + names).joined(separator: ",") + "\n").utf8)
        var reader = CSVReader { buffer in
            buffer += line ?? []
            defer { line = nil }
            return line != nil
        }
        let record = try #require(try reader.next())
        return try Header(record, TextDecoder(.utf8), map: ImportMap(), constants: [:], ignored: [], file: "x.csv")
    }
}
