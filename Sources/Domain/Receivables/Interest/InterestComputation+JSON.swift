extension InterestComputation {
    /// What `Codable` writes, a run's million times over: JSONEncoder would take most of its time.
    package var json: String {
        var json = JSONText()
        json.add("from", from)
        json.add("through", through)
        json.add("days", days)
        json.add("day_count", dayCount)
        json.add("rounding", text: rounding.rawValue)
        json.open("segments", "[")
        for segment in segments { segment.write(to: &json) }
        json.close("]")
        json.add("exact", text: exact)
        json.add("minor", minor)
        json.add("source", text: source)
        return json.finished
    }
}

extension InterestComputation.Segment {
    fileprivate func write(to json: inout JSONText) {
        json.open(nil, "{")
        json.add("from", from)
        json.add("through", through)
        json.add("days", days)
        json.add("open_minor", openMinor)
        json.open("rate", "{")
        json.add("percent", rate.percent)
        if let reference = rate.reference {
            json.open("reference", "{")
            json.add("code", text: reference.code)
            json.add("valid_from", reference.validFrom)
            if let last = reference.validThrough { json.add("valid_through", last) }
            json.add("percent", reference.percent)
            json.add("source", text: reference.source)
            if let day = reference.publishedOn { json.add("published_on", day) }
            json.close("}")
        }
        if let margin = rate.margin { json.add("margin", margin) }
        json.close("}")
        json.add("fraction", text: fraction)
        json.add("year_fraction", text: yearFraction)
        if let dailyMinor { json.add("daily_minor", dailyMinor) }
        json.add("exact", text: exact)
        json.close("}")
    }
}

/// A JSON object on its way into a string.
private struct JSONText {
    private var text = "{"
    private var needsComma = false

    var finished: String { text + "}" }

    mutating func open(_ key: String?, _ bracket: String) {
        begin(key)
        text += bracket
        needsComma = false
    }

    mutating func close(_ bracket: String) {
        text += bracket
        needsComma = true
    }

    mutating func add(_ key: String, _ number: Int) {
        begin(key)
        text += String(number)
    }

    /// A value whose description needs no escape.
    mutating func add(_ key: String, _ value: some CustomStringConvertible) {
        begin(key)
        text += "\""
        text += value.description
        text += "\""
    }

    mutating func add(_ key: String, text value: String) {
        begin(key)
        text += "\""
        if value.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for scalar in value.unicodeScalars { text += Self.escaped(scalar) }
        } else {
            text += value
        }
        text += "\""
    }

    private mutating func begin(_ key: String?) {
        if needsComma { text += "," }
        needsComma = true
        guard let key else { return }
        text += "\""
        text += key
        text += "\":"
    }

    /// RFC 8259, section 7.
    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\u{0}"..<"\u{20}": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: String(scalar)
        }
    }
}
