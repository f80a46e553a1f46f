package import Domain
package import Postgres

/// A `date`: days since 2000-01-01. PostgreSQL's `infinity` is no day and is refused.
extension CalendarDate: PostgresValue {
    private static let epoch = CalendarDate(year: 2000, month: 1, day: 1)!

    package func encode(as type: SQLType, into bytes: inout [UInt8]) throws {
        guard type == .date else { throw Self.mismatch(type) }
        guard let days = Int32(exactly: days(since: Self.epoch)) else {
            throw DatabaseError(.usage, "a day is outside of what date holds")
        }
        days.append(to: &bytes)
    }

    package static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> CalendarDate {
        guard type == .date else { throw mismatch(type) }
        let days = try bytes.integer(Int32.self)
        guard days != .max, days != .min else { throw DatabaseError(.decoding, "an infinite date is not a day") }
        return epoch.adding(days: Int(days))
    }
}
