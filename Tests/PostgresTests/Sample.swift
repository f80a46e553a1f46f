import Foundation
import Postgres

/// One value of every type.
struct Sample: Equatable, Sendable {
    var flag: Bool
    var small: Int
    var medium: Int
    var large: Int
    var real: Double
    var amount: Decimal
    var words: String?
    var id: UUID
    var at: Date
    var document: String
    var bytes: [UInt8]
    var flags: [Bool]
    var numbers: [Int]
    var tags: [String]
    var amounts: [Decimal]
    var instants: [Date]
    var blobs: [[UInt8]]

    static let plain = Sample(
        flag: true, small: 1, medium: 2, large: 3, real: 4.5, amount: 6.78, words: "Grüße, 你好 🙂", id: UUID(),
        at: Date(timeIntervalSince1970: 0), document: "{\"a\": [1, null]}", bytes: [0, 1, 255], flags: [true, false],
        numbers: [1, 2, 3], tags: ["a", "", "NULL", "{\"x\",y}"], amounts: [1, 0.01],
        instants: [Date(timeIntervalSince1970: 1)],
        blobs: [[], [0]])
    static let smallest = Sample(
        flag: false, small: -32768, medium: -2_147_483_648, large: .min, real: -.infinity,
        amount: Decimal(string: "-99999999999999999999999999999999999999")!, words: nil, id: UUID(),
        at: Date(timeIntervalSince1970: -4_000_000_000), document: "[]", bytes: [], flags: [], numbers: [], tags: [],
        amounts: [], instants: [], blobs: [])
    static let largest = Sample(
        flag: true, small: 32767, medium: 2_147_483_647, large: .max, real: .greatestFiniteMagnitude,
        amount: Decimal(string: "0.00000000000000000000000000000000000001")!, words: "", id: UUID(),
        at: Date(timeIntervalSince1970: 5_000_000_000.999999), document: "0",
        bytes: [UInt8](repeating: 7, count: 100_000),
        flags: [true], numbers: [.min, .max], tags: [String(repeating: "长", count: 10_000)], amounts: [0],
        instants: [Date(timeIntervalSince1970: 0)], blobs: [[UInt8](repeating: 9, count: 1000)])

    static func random(_ random: inout SeededGenerator) -> Sample {
        func instant() -> Date {
            let microseconds = Int64.random(in: -3_000_000_000_000_000...3_000_000_000_000_000, using: &random)
            return Date(timeIntervalSinceReferenceDate: Double(microseconds) / 1e6)
        }
        func amount() -> Decimal {
            let digits = Decimal(Int64.random(in: .min ... .max, using: &random))
            return digits * Decimal(sign: .plus, exponent: Int.random(in: -20...18, using: &random), significand: 1)
        }
        func count() -> Int { Int.random(in: 0...4, using: &random) }
        func words() -> String {
            let scalars = (0..<count()).map { _ in
                Unicode.Scalar(UInt32.random(in: 1...0xD7FF, using: &random)) ?? "x"
            }
            return String(String.UnicodeScalarView(scalars))
        }
        return Sample(
            flag: Bool.random(using: &random), small: Int.random(in: -32768...32767, using: &random),
            medium: Int.random(in: -2_147_483_648...2_147_483_647, using: &random),
            large: Int.random(in: .min ... .max, using: &random),
            real: Double(sign: .plus, exponent: Int.random(in: -1000...1000, using: &random), significand: 1.7),
            amount: amount(), words: Bool.random(using: &random) ? words() : nil, id: UUID(), at: instant(),
            document: "\(Int.random(in: 0...9, using: &random))",
            bytes: (0..<count()).map { _ in UInt8.random(in: 0...255, using: &random) },
            flags: (0..<count()).map { _ in Bool.random(using: &random) },
            numbers: (0..<count()).map { _ in Int.random(in: .min ... .max, using: &random) },
            tags: (0..<count()).map { _ in words() }, amounts: (0..<count()).map { _ in amount() },
            instants: (0..<count()).map { _ in instant() },
            blobs: (0..<count()).map { [UInt8](repeating: 1, count: $0) })
    }
}

/// Sends a sample and reads it back.
struct Echo: Query {
    private static let fields: [Column] = [
        Column("flag", .boolean), Column("small", .smallint), Column("medium", .integer), Column("large", .bigint),
        Column("real", .float8), Column("amount", .numeric), Column("words", .text), Column("id", .uuid),
        Column("at", .timestamptz), Column("document", .jsonb), Column("bytes", .bytea), Column("flags", .booleanArray),
        Column("numbers", .bigintArray), Column("tags", .textArray), Column("amounts", .numericArray),
        Column("instants", .timestamptzArray), Column("blobs", .byteaArray),
    ]
    static let statement = Statement(
        name: "test.echo", text: "SELECT " + (1...fields.count).map { "$\($0)" }.joined(separator: ", "),
        parameters: fields, columns: fields)
    var sample: Sample

    func bind(to parameters: inout Parameters) {
        parameters.append(sample.flag, as: .boolean)
        parameters.append(sample.small, as: .smallint)
        parameters.append(sample.medium, as: .integer)
        parameters.append(sample.large, as: .bigint)
        parameters.append(sample.real, as: .float8)
        parameters.append(sample.amount, as: .numeric)
        parameters.append(sample.words, as: .text)
        parameters.append(sample.id, as: .uuid)
        parameters.append(sample.at, as: .timestamptz)
        parameters.append(sample.document, as: .jsonb)
        parameters.append(sample.bytes, as: .bytea)
        parameters.append(sample.flags, as: .booleanArray)
        parameters.append(sample.numbers, as: .bigintArray)
        parameters.append(sample.tags, as: .textArray)
        parameters.append(sample.amounts, as: .numericArray)
        parameters.append(sample.instants, as: .timestamptzArray)
        parameters.append(sample.blobs, as: .byteaArray)
    }

    static func decode(_ row: borrowing ResultRow) throws -> Sample {
        try Sample(
            flag: row.value(at: 0, as: .boolean), small: row.value(at: 1, as: .smallint),
            medium: row.value(at: 2, as: .integer), large: row.value(at: 3, as: .bigint),
            real: row.value(at: 4, as: .float8), amount: row.value(at: 5, as: .numeric),
            words: row.optional(at: 6, as: .text), id: row.value(at: 7, as: .uuid),
            at: row.value(at: 8, as: .timestamptz),
            document: row.value(at: 9, as: .jsonb), bytes: row.value(at: 10, as: .bytea),
            flags: row.value(at: 11, as: .booleanArray), numbers: row.value(at: 12, as: .bigintArray),
            tags: row.value(at: 13, as: .textArray), amounts: row.value(at: 14, as: .numericArray),
            instants: row.value(at: 15, as: .timestamptzArray), blobs: row.value(at: 16, as: .byteaArray))
    }
}

/// SplitMix64: the same values in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
