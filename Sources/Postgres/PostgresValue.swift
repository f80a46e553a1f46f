/// A Swift value that travels in PostgreSQL's binary format.
///
/// `encode` throws when the value does not fit the type (an `Int` of 70,000 in a `smallint`), `decode` when the bytes
/// are not what the type promises.
public protocol PostgresValue: Sendable {
    func encode(as type: SQLType, into bytes: inout [UInt8]) throws
    static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> Self

    /// How an array of this type travels; the default is PostgreSQL's array format. Only `UInt8` differs: `bytea`.
    static func encode(array: [Self], as type: SQLType, into bytes: inout [UInt8]) throws
    static func decode(array bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> [Self]
}

extension PostgresValue {
    /// The error of a value asked to travel as a type that cannot carry it. It names types, never the value.
    public static func mismatch(_ type: SQLType) -> DatabaseError {
        DatabaseError(.decoding, "\(Self.self) does not travel as \(type)")
    }
}

extension FixedWidthInteger {
    /// Appends the bytes in network order.
    public func append(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The whole buffer as one integer in network order.
    public func integer<I: FixedWidthInteger>(_: I.Type = I.self) throws -> I {
        guard count == MemoryLayout<I>.size else {
            throw DatabaseError(.decoding, "expected \(MemoryLayout<I>.size) bytes, got \(count)")
        }
        return I(bigEndian: loadUnaligned(as: I.self))
    }

    /// The integer in network order at `offset`, which moves behind it.
    func read<I: FixedWidthInteger>(_: I.Type = I.self, at offset: inout Int) throws -> I {
        let end = offset + MemoryLayout<I>.size
        guard end <= count else { throw DatabaseError(.decoding, "the value ends early") }
        defer { offset = end }
        return I(bigEndian: loadUnaligned(fromByteOffset: offset, as: I.self))
    }
}
