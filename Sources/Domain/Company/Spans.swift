extension WorkingSpan: LosslessStringConvertible, Codable {
    /// `30m`, `4h` or `2d`.
    package init?(_ description: String) {
        guard let unit = description.last, let count = Int(digits: description.dropLast()) else { return nil }
        switch unit {
        case "m": self = .seconds(count * 60)
        case "h": self = .seconds(count * 3600)
        case "d": self = .days(count)
        default: return nil
        }
    }

    package var description: String {
        switch self {
        case .days(let count): "\(count)d"
        case .seconds(let count) where count % 3600 == 0: "\(count / 3600)h"
        case .seconds(let count): "\(count / 60)m"
        }
    }

    package init(from decoder: any Decoder) throws { self = try .decoded(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension NoticePeriod: LosslessStringConvertible, Codable {
    /// `90d`, `6w`, `3m` or `3m-eom`.
    package init?(_ description: String) {
        if description.hasSuffix("m-eom"), let count = Int(digits: description.dropLast(5)) {
            self = .monthsToEndOfMonth(count)
            return
        }
        guard let unit = description.last, let count = Int(digits: description.dropLast()) else { return nil }
        switch unit {
        case "d": self = .days(count)
        case "w": self = .weeks(count)
        case "m": self = .months(count)
        default: return nil
        }
    }

    package var description: String {
        switch self {
        case .days(let count): "\(count)d"
        case .weeks(let count): "\(count)w"
        case .months(let count): "\(count)m"
        case .monthsToEndOfMonth(let count): "\(count)m-eom"
        }
    }

    package init(from decoder: any Decoder) throws { self = try .decoded(from: decoder) }
    package func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension LosslessStringConvertible where Self: Decodable {
    /// For values that are written as one string.
    static func decoded(from decoder: any Decoder) throws -> Self {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a \(Self.self)")
        }
        return value
    }
}

extension Int {
    /// Digits only: no sign, no space.
    fileprivate init?(digits: some StringProtocol) {
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        self.init(digits)
    }
}
