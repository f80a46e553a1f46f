import Foundation

/// Runs a program of the PATH and takes what it prints.
enum ProcessOutput {
    struct Failed: Error {
        let program: String
        let status: Int32
    }

    static func of(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.standardError
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(program: program, status: process.terminationStatus) }
        return String(decoding: output, as: UTF8.self)
    }
}
