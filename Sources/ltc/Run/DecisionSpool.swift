import Automation
import Foundation
import Synchronization

/// What a dunning run tells while it decides, until it is shown: for JSON in two files without a name, since the lists may
/// be long; for a table the notices alone.
final class DecisionSpool: Sendable {
    private struct State {
        var team: String?
        var notices: [DunInvoicesReport.Notice] = []
        var files: [SpoolFile] = []
        /// Where the team's part begins.
        var marks: [Int] = []

        /// What the team told when it was tried before is void.
        mutating func begin(_ next: String) {
            if team == next {
                notices.removeSubrange(marks[0]...)
                for place in files.indices { files[place].cut(to: marks[place + 1]) }
            } else {
                team = next
                marks = [notices.count] + files.map(\.count)
            }
        }
    }

    private let state: Mutex<State>
    private let isJSON: Bool

    init(isJSON: Bool) throws {
        self.isJSON = isJSON
        var state = State()
        if isJSON { state.files = [try SpoolFile(), try SpoolFile()] }
        self.state = Mutex(state)
    }

    var listener: RunListener {
        RunListener(begin: { team in self.state.withLock { $0.begin(team) } }, hear: hear)
    }

    /// For a table.
    var notices: [DunInvoicesReport.Notice] { state.withLock { $0.notices } }

    /// For JSON, an element a line.
    func writeLists(_ write: (Data) throws -> Void) throws {
        try state.withLock { state in
            for (place, name) in ["notices", "skipped"].enumerated() {
                try write(Data(",\n  \"\(name)\" : [\n".utf8))
                try state.files[place].read(write)
                try write(Data("\n  ]".utf8))
            }
        }
    }

    private func hear(_ decision: any Encodable & Sendable) throws {
        let notice = decision as? DunInvoicesReport.Notice
        guard isJSON else {
            if let notice { state.withLock { $0.notices.append(notice) } }
            return
        }
        let encoder = JSONEncoder.documents
        encoder.outputFormatting.remove(.prettyPrinted)
        let element = try encoder.encode(decision)
        try state.withLock { try $0.files[notice == nil ? 1 : 0].add(element) }
    }
}

/// JSON values in a temporary file, gone with the program.
private struct SpoolFile {
    private let handle: FileHandle
    private var buffer = Data()
    private var written = 0

    init() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "ltc-\(UUID().uuidString)")
        try Data().write(to: file, options: .withoutOverwriting)
        handle = try FileHandle(forUpdating: file)
        try FileManager.default.removeItem(at: file)
    }

    /// Bytes.
    var count: Int { written + buffer.count }

    mutating func add(_ element: Data) throws {
        buffer.append(Data((count == 0 ? "    " : ",\n    ").utf8))
        buffer.append(element)
        if buffer.count > 1 << 16 { try flush() }
    }

    mutating func cut(to count: Int) {
        if count >= written {
            buffer.removeLast(self.count - count)
        } else {
            ftruncate(handle.fileDescriptor, off_t(count))
            lseek(handle.fileDescriptor, off_t(count), SEEK_SET)
            buffer.removeAll()
            written = count
        }
    }

    mutating func read(_ body: (Data) throws -> Void) throws {
        try flush()
        try handle.seek(toOffset: 0)
        while let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty { try body(piece) }
    }

    private mutating func flush() throws {
        try handle.write(contentsOf: buffer)
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
