/// Text as imported data may hold it at its worst, the same for the same seed.
struct NastyText: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func text() -> String {
        let pieces = [
            "Müller & Söhne", "上海云杉科技有限公司", "\r\n", "\n", "\r", "Bcc: all@example.org", " ", "  ", "\t", "\0", "👩‍👩‍👧‍👦",
            "=?UTF-8?B?", "?=", ".", "\r\n.\r\n", "\"", "\\", ",", "<", ">", ";", ":", "x", "\u{2028}", "\u{85}",
            "\u{1B}[31m",
            String(repeating: "w", count: 90), "=", "From ", "--=_ltc_part", "\u{FEFF}", "\u{202E}",
        ]
        let count = Int.random(in: 0...12, using: &self)
        return (0..<count).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }
}
