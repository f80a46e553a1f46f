/// Reads comma-separated values (RFC 4180) record by record, in memory that does not grow with the file.
///
/// Written here because the CSV libraries for Swift take a whole file as one `String`, and none tells the line on which
/// a quote was left open. It works on bytes: neither in UTF-8 nor in GB18030 does a part of another character look like
/// a comma, a quote or a line end, so records are cut first and their values decoded after, each error with its line.
/// Lines end in LF, CRLF or CR; empty lines are passed over; a byte order mark in front is dropped. A file whose header has no
/// comma, and semicolons or tabs, is separated by these: so spreadsheets save it where the comma is the decimal mark.
package struct CSVReader {
    package enum Mistake: Error, Hashable, Sendable {
        /// A quote was opened in the record that begins on this line, and the file ended.
        case unclosedQuote(line: Int)
        /// The record that begins on this line is longer than any row can be: most likely a quote was left open.
        case recordTooLong(line: Int)
    }

    package static let maximumRecordBytes = 1 << 20

    private let refill: (inout [UInt8]) throws -> Bool
    private var buffer: [UInt8] = []
    private var position = 0
    private var line = 1
    private var separator = UInt8.comma
    private var isAtStart = true
    private var isAtEnd = false

    /// - Parameter refill: appends the next bytes of the file; false when there are no more.
    package init(refill: @escaping (inout [UInt8]) throws -> Bool) {
        self.refill = refill
    }

    /// The next record; nil at the end of the file.
    /// - Throws: `Mistake`, and what `refill` throws.
    package mutating func next() throws -> CSVRecord? {
        if isAtStart { try begin() }
        while true {
            if position == buffer.count, isAtEnd { return nil }
            var scan = buffer.withUnsafeBufferPointer { Scan($0, from: position, by: separator, isLast: isAtEnd) }
            switch scan.run() {
            case .record:
                let record = CSVRecord(line: line, bytes: buffer, fields: scan.fields)
                position = scan.position
                line += scan.lineEnds
                if !record.isBlank { return record }
            case .incomplete where isAtEnd:
                throw Mistake.unclosedQuote(line: line)
            case .incomplete:
                guard buffer.count - position <= Self.maximumRecordBytes else {
                    throw Mistake.recordTooLong(line: line)
                }
                try readOn()
            }
        }
    }

    private mutating func readOn() throws {
        buffer.removeSubrange(..<position)
        position = 0
        isAtEnd = try !refill(&buffer)
    }

    private mutating func begin() throws {
        isAtStart = false
        while buffer.count < 3, !isAtEnd { try readOn() }
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        if let named = try separatorNamed() {
            separator = named
        } else {
            separator = try separatorOfHeader() ?? .comma
        }
    }

    /// Of a first line `sep=;`, with which people tell spreadsheets.
    private mutating func separatorNamed() throws -> UInt8? {
        while buffer.count - position < 7, !isAtEnd { try readOn() }
        let head = Array(buffer[position...].prefix(7))
        guard head.count > 5, String(decoding: head.prefix(4), as: UTF8.self).lowercased() == "sep=",
            [.comma, .semicolon, .tab].contains(head[4]), [.lineFeed, .carriageReturn].contains(head[5])
        else { return nil }
        position += head.count > 6 && head[5] == .carriageReturn && head[6] == .lineFeed ? 7 : 6
        line += 1
        return head[4]
    }

    /// The first semicolon or tab of the first line that is not empty, if no comma is there; what is in quotes aside.
    private mutating func separatorOfHeader() throws -> UInt8? {
        var found: UInt8?
        var (index, isQuoted, isEmpty) = (position, false, true)
        while true {
            if index == buffer.count {
                guard !isAtEnd, buffer.count - position <= Self.maximumRecordBytes else { return found }
                index -= position
                try readOn()
                continue
            }
            switch buffer[index] {
            case .quote: isQuoted.toggle()
            case .comma where !isQuoted: return nil
            case .semicolon where !isQuoted, .tab where !isQuoted: found = found ?? buffer[index]
            case .lineFeed where !isQuoted && !isEmpty, .carriageReturn where !isQuoted && !isEmpty: return found
            default: break
            }
            if buffer[index] != .lineFeed, buffer[index] != .carriageReturn { isEmpty = false }
            index += 1
        }
    }
}

/// The search for the end of one record.
private struct Scan {
    enum Outcome { case record, incomplete }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let comma: UInt8
    private let isLast: Bool
    private(set) var position: Int
    private(set) var fields: [CSVField] = []
    private(set) var lineEnds = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int, by comma: UInt8, isLast: Bool) {
        (self.bytes, self.position, self.comma, self.isLast) = (bytes, position, comma, isLast)
        fields.reserveCapacity(16)
    }

    mutating func run() -> Outcome {
        while true {
            let isComplete = position < bytes.count && bytes[position] == .quote ? quoted() : unquoted()
            guard isComplete else { return .incomplete }
            if position == bytes.count { return .record }
            let separator = bytes[position]
            position += 1
            if separator == comma {
                if position == bytes.count, !isLast { return .incomplete }
                continue
            }
            if separator == .carriageReturn {
                if position == bytes.count, !isLast { return .incomplete }
                if position < bytes.count, bytes[position] == .lineFeed { position += 1 }
            }
            lineEnds += 1
            return .record
        }
    }

    /// Goes to the separator behind the field; false when more bytes are needed to know where it ends.
    private mutating func unquoted() -> Bool {
        let start = position
        position = separator(from: start)
        fields.append(CSVField(range: start..<position, form: .plain))
        return position < bytes.count || isLast
    }

    private mutating func quoted() -> Bool {
        let start = position
        var form = CSVField.Form.quoted
        var end = start + 1
        while true {
            while end < bytes.count, bytes[end] != .quote {
                if bytes[end] == .lineFeed || bytes[end] == .carriageReturn && !isFollowedByLineFeed(end) {
                    lineEnds += 1
                }
                end += 1
            }
            guard end < bytes.count, end + 1 < bytes.count || isLast else { return false }
            guard end + 1 < bytes.count, bytes[end + 1] == .quote else { break }
            form = .doubledQuotes
            end += 2
        }
        position = separator(from: end + 1)
        if position == end + 1 {
            fields.append(CSVField(range: start + 1..<end, form: form))
        } else {
            fields.append(CSVField(range: start..<position, form: .malformed))
        }
        return position < bytes.count || isLast
    }

    private func isFollowedByLineFeed(_ index: Int) -> Bool {
        index + 1 < bytes.count && bytes[index + 1] == .lineFeed
    }

    private func separator(from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != comma, bytes[index] != .lineFeed, bytes[index] != .carriageReturn {
            index += 1
        }
        return index
    }
}

extension UInt8 {
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let tab = UInt8(ascii: "\t")
    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
}
