/// The values of a statement's parameters, or of one row of a COPY, in binary format.
public struct Parameters {
    /// Each value after its length (Int32, -1 for NULL): the format of a COPY's row.
    private(set) var bytes: [UInt8] = []
    /// Where in `bytes` each value starts; `nil` for NULL.
    private var starts: [Int?] = []
    /// The first value that did not fit its type; thrown when the statement is executed.
    private(set) var failure: (any Error)?

    public init() {}

    var count: Int { starts.count }

    public mutating func append(_ value: some PostgresValue, as type: SQLType) {
        starts.append(bytes.count + 4)
        do {
            try bytes.appendCounted { try value.encode(as: type, into: &$0) }
        } catch {
            failure = failure ?? error
        }
    }

    public mutating func append<Value: PostgresValue>(_ value: Value?, as type: SQLType) {
        guard let value else {
            starts.append(nil)
            Int32(-1).append(to: &bytes)
            return
        }
        append(value, as: type)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with the arrays that libpq takes: values, lengths, formats (all binary).
    func withArrays<R>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) throws -> R
    ) throws -> R {
        if let failure { throw failure }
        return try bytes.withUnsafeBytes { buffer in
            let values = starts.map { start in
                start.map { buffer.baseAddress!.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            let lengths = starts.map { start in
                start.map { Int32(bigEndian: buffer.loadUnaligned(fromByteOffset: $0 - 4, as: Int32.self)) } ?? 0
            }
            return try body(values, lengths, [Int32](repeating: 1, count: starts.count))
        }
    }
}
