package enum SQLType: String, Sendable, CaseIterable {
    case boolean, bytea, smallint, integer, bigint, float8, numeric, text, uuid, date, timestamptz, jsonb
    case booleanArray, byteaArray, smallintArray, integerArray, bigintArray, float8Array, numericArray, textArray
    case uuidArray, dateArray, timestamptzArray, jsonbArray
}
package protocol PostgresValue: Sendable {
    func encode(as type: SQLType, into bytes: inout [UInt8])
    static func decode(_ bytes: UnsafeRawBufferPointer, as type: SQLType) throws -> Self
}
package struct Parameters {}
package struct ResultRow: ~Copyable {}
