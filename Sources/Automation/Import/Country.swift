import Foundation

/// Countries as files write them.
enum Country {
    /// The code of ISO 3166-1 in capitals, of a code or of a name in English, German or Chinese; nil for anything else.
    static func code(of text: String) -> String? {
        let code = text.uppercased()
        return codes.contains(code) ? code : names[folded(text)]
    }

    private static let codes = Set(Locale.Region.isoRegions.map(\.identifier).filter { $0.utf8.count == 2 && $0 > "A" })
        .subtracting(["EU", "EZ", "QO", "UN"])

    private static let names: [String: String] = {
        // What people say where the list of names is more exact.
        var names = [
            "china": "CN", "中国": "CN", "中华人民共和国": "CN", "uk": "GB", "great britain": "GB", "england": "GB",
            "großbritannien": "GB",
            "usa": "US", "vereinigte staaten von amerika": "US", "united states of america": "US", "holland": "NL",
            "czech republic": "CZ", "korea": "KR", "the netherlands": "NL", "turkey": "TR", "ivory coast": "CI",
            "prc": "CN", "taiwan": "TW", "台湾": "TW", "hong kong": "HK", "macau": "MO",
        ]
        for language in ["en", "de", "zh-Hans", "zh-Hant"] {
            let locale = Locale(identifier: language)
            for code in codes {
                if let name = locale.localizedString(forRegionCode: code) { names[folded(name)] = code }
            }
        }
        return names
    }()

    private static func folded(_ name: String) -> String {
        name.lowercased().trimmingCharacters(in: .whitespaces)
    }
}
