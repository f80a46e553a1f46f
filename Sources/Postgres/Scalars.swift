public import Foundation

extension Bool: PostgresValue {
    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        guard type == .boolean else { throw Self.mismatch(type) }
        bytes.append(self ? 1 : 0)
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> Bool {
        guard type == .boolean else { throw mismatch(type) }
        return try bytes.integer(UInt8.self) != 0
    }
}

extension Int: PostgresValue {
    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        switch type {
        case .bigint: Int64(self).append(to: &bytes)
        case .integer: try narrowed(to: Int32.self, type).append(to: &bytes)
        case .smallint: try narrowed(to: Int16.self, type).append(to: &bytes)
        default: throw Self.mismatch(type)
        }
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> Int {
        switch type {
        case .bigint: Int(try bytes.integer(Int64.self))
        case .integer: Int(try bytes.integer(Int32.self))
        case .smallint: Int(try bytes.integer(Int16.self))
        default: throw mismatch(type)
        }
    }

    private func narrowed<I: FixedWidthInteger>(to _: I.Type, _ type: SQLType) throws -> I {
        guard let narrow = I(exactly: self) else { throw DatabaseError(.usage, "a number is too large for \(type)") }
        return narrow
    }
}

extension Double: PostgresValue {
    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        guard type == .float8 else { throw Self.mismatch(type) }
        bitPattern.append(to: &bytes)
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> Double {
        guard type == .float8 else { throw mismatch(type) }
        return Double(bitPattern: try bytes.integer())
    }
}

/// `text` as it is, `jsonb` as the text of a JSON document.
extension String: PostgresValue {
    private static let jsonbVersion: UInt8 = 1

    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        switch type {
        case .text: break
        case .jsonb: bytes.append(Self.jsonbVersion)
        default: throw Self.mismatch(type)
        }
        bytes.append(contentsOf: utf8)
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> String {
        switch type {
        case .text: return String(decoding: bytes, as: UTF8.self)
        case .jsonb:
            guard bytes.first == jsonbVersion else { throw DatabaseError(.decoding, "an unknown version of jsonb") }
            return String(decoding: bytes.dropFirst(), as: UTF8.self)
        default: throw mismatch(type)
        }
    }
}

extension UUID: PostgresValue {
    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        guard type == .uuid else { throw Self.mismatch(type) }
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> UUID {
        guard type == .uuid else { throw mismatch(type) }
        guard bytes.count == 16 else { throw DatabaseError(.decoding, "a uuid has 16 bytes, not \(bytes.count)") }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

/// An instant as whole microseconds: exact both ways within 140 years of 2001, rounded to the nearest otherwise.
/// PostgreSQL's `infinity` has no `Date` and is refused.
extension Date: PostgresValue {
    /// From PostgreSQL's epoch (2000-01-01 UTC) to Foundation's (2001-01-01 UTC).
    private static let microsecondsBetweenEpochs: Int64 = 366 * 86_400 * 1_000_000

    public func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        guard type == .timestamptz else { throw Self.mismatch(type) }
        guard let microseconds = Int64(exactly: (timeIntervalSinceReferenceDate * 1e6).rounded()),
            case (let sum, let overflow) = microseconds.addingReportingOverflow(Self.microsecondsBetweenEpochs),
            !overflow, sum != .max, sum != .min
        else { throw DatabaseError(.usage, "an instant is outside of what timestamptz holds") }
        sum.append(to: &bytes)
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> Date {
        guard type == .timestamptz else { throw mismatch(type) }
        let microseconds = try bytes.integer(Int64.self)
        guard microseconds != .max, microseconds != .min else {
            throw DatabaseError(.decoding, "an infinite timestamptz is not an instant")
        }
        return Date(timeIntervalSinceReferenceDate: Double(microseconds - microsecondsBetweenEpochs) / 1e6)
    }
}
