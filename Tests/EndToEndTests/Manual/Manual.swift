import Foundation

/// A page of the manual as a reader tries it: its blocks of commands and what they say they print.
struct Manual {
    struct Block {
        /// `sh`, `text` …; empty when nothing is said.
        let language: String
        /// The page's line number of each.
        let lines: [(number: Int, text: String)]

        var text: String { lines.map(\.text).joined(separator: "\n") }
    }

    let name: String
    let blocks: [Block]

    /// - Parameter name: a file in the project's root.
    init(_ name: String) throws {
        let page = try String(contentsOf: Self.root.appending(path: name), encoding: .utf8)
        self.name = name
        var blocks: [Block] = []
        var open: (language: String, lines: [(number: Int, text: String)])?
        for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if !line.hasPrefix("```") {
                open?.lines.append((index + 1, String(line)))
            } else if let block = open {
                blocks.append(Block(language: block.language, lines: block.lines))
                open = nil
            } else {
                open = (String(line.dropFirst(3)), [])
            }
        }
        self.blocks = blocks
    }

    /// What is typed, without the comments behind it.
    var commands: [String] {
        blocks.filter { $0.language == "sh" }.flatMap(\.lines).map { line in
            (line.text.split(separator: " #").first.map(String.init) ?? "").trimmingCharacters(in: .whitespaces)
        }
    }

    static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    /// The published practice data, which is not part of this project.
    static let maven = root.appending(path: "../shared/data/maven-crm").standardizedFileURL
    static var hasMaven: Bool { FileManager.default.fileExists(atPath: maven.path) }
}
