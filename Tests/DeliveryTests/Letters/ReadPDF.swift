import Foundation
import TestSupport
import Testing

/// A PDF as other programs see it: poppler's and zbar's.
struct ReadPDF: ~Copyable {
    private let folder: URL
    private var file: URL { folder.appending(path: "letter.pdf") }

    init(_ bytes: [UInt8]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ltc-pdf-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record(error)
        }
    }

    /// The text of each page, laid out as it is seen.
    func pages() async throws -> [String] {
        let text = try await output(of: "pdftotext", ["-layout", file.path, "-"])
        return text.split(separator: "\u{0C}").map(String.init)
    }

    /// `pdfinfo`'s lines.
    func facts() async throws -> String { try await output(of: "pdfinfo", ["-isodates", file.path]) }

    /// One line a font, with the columns emb and sub.
    func fonts() async throws -> [Substring] {
        try await output(of: "pdffonts", [file.path]).split(separator: "\n").dropFirst(2).map { $0 }
    }

    /// What a banking app reads from the code on a page.
    func code(page: Int = 1) async throws -> String {
        let image = folder.appending(path: "page").path
        let range = ["-f", "\(page)", "-l", "\(page)"]
        _ = try await output(of: "pdftoppm", range + ["-r", "200", "-png", "-singlefile", file.path, image])
        return try await output(of: "zbarimg", ["--quiet", "--raw", image + ".png"])
    }

    private func output(of program: String, _ arguments: [String]) async throws -> String {
        let child = try ChildProcess(program, arguments, log: folder.appending(path: "log"))
        var bytes = ""
        while true {
            let more = await child.nextOutput()
            if more.isEmpty { break }
            bytes += more
        }
        let code = await child.exit()
        guard code == 0 else { throw ProcessFailure(program: program, problem: "\(code): \(bytes)") }
        return bytes
    }
}
