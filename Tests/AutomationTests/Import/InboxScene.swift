import Foundation
import Testing

/// A folder of an inbox of its own, removed with all that is in it.
struct InboxScene: Sendable {
    let inbox = FileManager.default.temporaryDirectory.appending(path: "ltc-inbox-\(UUID().uuidString)")
    let folder: String

    /// When what is put there now has been whole for some seconds.
    static var soon: Date { Date(timeIntervalSinceNow: 10) }

    static func with(_ folder: String, _ body: (InboxScene) async throws -> Void) async throws {
        let scene = InboxScene(folder: folder)
        try FileManager.default.createDirectory(
            at: scene.inbox.appending(path: folder), withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: scene.inbox) } }
        try await body(scene)
    }

    func put(_ text: String, _ name: String) throws { try put(Data(text.utf8), name) }

    func put(_ bytes: Data, _ name: String) throws {
        try bytes.write(to: inbox.appending(path: "\(folder)/\(name)"))
    }

    func list(_ place: String = "") throws -> [String] {
        let path = inbox.appending(path: "\(folder)/\(place)").path
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0 != "done" && $0 != "rejected" }.sorted()
    }

    func reason(_ name: String) throws -> String {
        try String(contentsOf: inbox.appending(path: "\(folder)/rejected/\(name).reason.txt"), encoding: .utf8)
    }
}
