/// A key for rows that bring none of their own: the same content is the same key, so that the same file imported again
/// is recognised.
///
/// FNV-1a with 128 bits (Fowler, Noll, Vo; RFC 9923): not against forgery, which nobody gains by here.
package struct ContentKey {
    private var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    package init() {}

    package mutating func add(_ value: String?) {
        // A byte that UTF-8 never has keeps ("ab", "c") and ("a", "bc") apart, another one nil from "".
        for byte in (value ?? "\u{FFFF}").utf8 { mix(byte) }
        mix(0xFF)
    }

    private mutating func mix(_ byte: UInt8) {
        hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
    }

    /// `#` and 32 hexadecimal digits.
    package var text: String {
        let digits = String(hash, radix: 16)
        return "#" + String(repeating: "0", count: 32 - digits.count) + digits
    }
}
