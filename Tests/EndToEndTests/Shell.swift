import Foundation
import TestSupport
import Testing

/// A shell with files of its own, on a database of its own.
struct Shell {
    let database: TestDatabase
    private let folder: URL

    static let config = URL(filePath: #filePath).appending(path: "../../../config").standardized.path

    static func with(_ body: (Shell) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let folder = FileManager.default.temporaryDirectory.appending(path: "ltc-shell-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try await body(Shell(database: database, folder: folder))
            try FileManager.default.removeItem(at: folder)
        }
    }

    /// What a command prints.
    ///
    /// - Parameter file: what is in the file that the words name `FILE`
    @discardableResult func ltc(_ words: String, file: String? = nil, exits code: Int32 = 0) async throws -> String {
        var arguments = words.split(separator: " ").map(String.init)
        if let file {
            let path = folder.appending(path: "file.csv").path
            try Data(file.utf8).write(to: URL(filePath: path))
            arguments = arguments.map { $0 == "FILE" ? path : $0 }
        }
        let command = try ChildProcess(product("ltc"), arguments, environment: ["PGDATABASE": database.name])
        var output = ""
        while case let more = await command.nextOutput(), !more.isEmpty { output += more }
        let exit = await command.exit()
        #expect(exit == code, "ltc \(words): \(output)")
        return output
    }
}
