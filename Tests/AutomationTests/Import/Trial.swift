import Automation
import Domain
import Foundation
import Postgres
import TestSupport

/// Imports of files that a test writes.
struct Trial {
    let database: TestDatabase
    /// Everything that a file gives no time happened then.
    static let asOf = Date(timeIntervalSince1970: 1_772_000_000)

    init(_ database: TestDatabase) {
        self.database = database
    }

    func leads(_ text: String, _ change: (inout FileImport) throws -> Void = { _ in }) async throws -> ImportReport {
        try await run(try write(text), change)
    }

    func run(
        _ path: String, as kind: ImportKind = .leads, _ change: (inout FileImport) throws -> Void = { _ in }
    ) async throws -> ImportReport {
        var fileImport = FileImport(kind, path: path, asOf: Self.asOf)
        try change(&fileImport)
        return try await fileImport.run(on: database.pool)
    }

    func write(_ text: String) throws -> String { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "file.csv")
        try Data(bytes).write(to: file)
        return file.path(percentEncoded: false)
    }
}

extension TestDatabase {
    /// What a query finds, as psql prints it: values with `|` between them, instants in UTC.
    func rows(_ sql: String) async throws -> [String] {
        try await pool.transaction { db in
            try db.script("SET LOCAL TimeZone TO 'UTC'")
            var bytes: [UInt8] = []
            try db.copyOut("COPY (\(sql)) TO STDOUT (DELIMITER '|', NULL '')") { bytes.append(contentsOf: $0) }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }
}
