/// The PostgreSQL types that statements declare, each of them read and written in its binary format.
public enum SQLType: String, Sendable, CaseIterable {
    case boolean, bytea, smallint, integer, bigint, float8, numeric, text, uuid, date, timestamptz, jsonb
    case booleanArray, byteaArray, smallintArray, integerArray, bigintArray, float8Array, numericArray, textArray
    case uuidArray, dateArray, timestamptzArray, jsonbArray

    /// The object identifier in `pg_type`, the same on every server.
    public var oid: UInt32 {
        switch self {
        case .boolean: 16
        case .bytea: 17
        case .smallint: 21
        case .integer: 23
        case .bigint: 20
        case .float8: 701
        case .numeric: 1700
        case .text: 25
        case .uuid: 2950
        case .date: 1082
        case .timestamptz: 1184
        case .jsonb: 3802
        case .booleanArray: 1000
        case .byteaArray: 1001
        case .smallintArray: 1005
        case .integerArray: 1007
        case .bigintArray: 1016
        case .float8Array: 1022
        case .numericArray: 1231
        case .textArray: 1009
        case .uuidArray: 2951
        case .dateArray: 1182
        case .timestamptzArray: 1185
        case .jsonbArray: 3807
        }
    }

    /// The type that reads a server's type; `nil` for one that this module does not know.
    public init?(oid: UInt32) {
        switch oid {
        case 18, 19, 114, 1042, 1043, 705: self = .text  // "char", name, json, bpchar, varchar, unknown
        case 199, 1002, 1003, 1014, 1015: self = .textArray
        default:
            guard let type = SQLType.allCases.first(where: { $0.oid == oid }) else { return nil }
            self = type
        }
    }

    /// The element of an array type; `nil` for the others.
    public var element: SQLType? {
        rawValue.hasSuffix("Array") ? SQLType(rawValue: String(rawValue.dropLast(5))) : nil
    }

    /// Whether bytes that the server calls `oid` may be read as this type. Types from 16384 on are the users' own;
    /// their enums travel as text.
    func reads(_ oid: UInt32) -> Bool {
        self.oid == oid || ((self == .text || self == .textArray) && (oid >= 16384 || SQLType(oid: oid) == self))
    }
}
