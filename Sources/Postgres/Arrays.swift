/// One-dimensional arrays without NULL elements.
extension PostgresValue {
    public static func encode(array: [Self], as type: SQLType, into bytes: inout [UInt8]) throws {
        guard let element = type.element else { throw mismatch(type) }
        Int32(array.isEmpty ? 0 : 1).append(to: &bytes)  // dimensions
        Int32(0).append(to: &bytes)  // no NULLs
        element.oid.append(to: &bytes)
        guard !array.isEmpty else { return }
        Int32(array.count).append(to: &bytes)
        Int32(1).append(to: &bytes)  // lower bound
        for value in array {
            try bytes.appendCounted { try value.encode(as: element, into: &$0) }
        }
    }

    public static func decode(array bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> [Self] {
        guard let element = type.element else { throw mismatch(type) }
        var offset = 0
        let dimensions = try bytes.read(Int32.self, at: &offset)
        guard dimensions <= 1 else { throw DatabaseError(.decoding, "an array of \(dimensions) dimensions") }
        offset += 8  // the flag for NULLs and the element's oid, which is the server's word for what we asked for
        guard dimensions == 1 else { return [] }
        let count = Int(try bytes.read(Int32.self, at: &offset))
        offset += 4  // lower bound
        var values: [Self] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            let length = Int(try bytes.read(Int32.self, at: &offset))
            guard length >= 0 else { throw DatabaseError(.decoding, "an array holds a NULL") }
            guard offset + length <= bytes.count else { throw DatabaseError(.decoding, "the value ends early") }
            values.append(try decode(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]), as: element))
            offset += length
        }
        return values
    }
}

extension Array: PostgresValue where Element: PostgresValue {
    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        try Element.encode(array: self, as: type, into: &bytes)
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> [Element] {
        try Element.decode(array: bytes, as: type)
    }
}

/// Bytes travel only together, as `bytea`.
extension UInt8: PostgresValue {
    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws { throw Self.mismatch(type) }
    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> UInt8 {
        throw mismatch(type)
    }

    public static func encode(array: [UInt8], as type: SQLType, into bytes: inout [UInt8]) throws {
        guard type == .bytea else { throw mismatch(type) }
        bytes.append(contentsOf: array)
    }

    public static func decode(array bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> [UInt8] {
        guard type == .bytea else { throw mismatch(type) }
        return Array(bytes)
    }
}

extension [UInt8] {
    /// Appends what `body` writes, preceded by its length as an Int32.
    mutating func appendCounted(_ body: (inout [UInt8]) throws -> Void) throws {
        let start = count
        Int32(0).append(to: &self)
        try body(&self)
        let length = Int32(count - start - 4)
        withUnsafeMutableBytes { $0.storeBytes(of: length.bigEndian, toByteOffset: start, as: Int32.self) }
    }
}
