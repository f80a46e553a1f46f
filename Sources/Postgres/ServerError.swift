import CLibPQ

extension DatabaseError {
    /// The error that a failed result or a notice carries.
    init(result: OpaquePointer) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        let sqlState = field("C")
        // A result without fields is libpq's own: the connection broke.
        let message = field("M") ?? String(cString: PQresultErrorMessage(result))
        self.init(
            sqlState.map { .server($0) } ?? .connectionLost,
            Self.withoutValues(message.trimmed, sqlState: sqlState))
        self.sqlState = sqlState
        detail = field("D")
        hint = field("H")
        position = field("P").flatMap { Int($0) }
        constraint = field("n")
        table = field("t")
        column = field("c")
        sourceFunction = field("R")
    }

    /// Data exceptions (class 22) quote the offending value in their message; what stands in quotes is left out.
    static func withoutValues(_ message: String, sqlState: String?) -> String {
        let quotes: Set<Character> = ["\"", "«", "»", "“", "”", "„", "「", "」"]
        guard let sqlState, sqlState.hasPrefix("22"),
            let first = message.firstIndex(where: quotes.contains), let last = message.lastIndex(where: quotes.contains)
        else { return message }
        return message[..<first] + "…" + message[message.index(after: last)...]
    }
}

extension String {
    /// Without the line ends that libpq puts behind its messages.
    var trimmed: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last])
    }
}
