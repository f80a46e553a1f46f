import Domain
import Glibc

/// The encodings that files come in.
package enum FileEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    /// GB 18030-2022, which has GBK and GB 2312 in it: what spreadsheets in China write.
    case gb18030
}

/// Makes text of the bytes of single fields.
final class TextDecoder {
    let encoding: FileEncoding
    private let converter: iconv_t?

    init(_ encoding: FileEncoding) throws(Problem) {
        self.encoding = encoding
        guard encoding == .gb18030 else {
            converter = nil
            return
        }
        converter = iconv_open("UTF-8", "GB18030")
        // iconv_open says (iconv_t)-1 for an encoding that this machine's C library does not have.
        guard let converter, Int(bitPattern: converter) != -1 else {
            throw Problem(
                .inputRefused, "encoding_missing", "this machine cannot convert GB18030",
                advice: "install the C library's gconv modules, or save the file as UTF-8")
        }
    }

    deinit { if let converter { iconv_close(converter) } }

    /// Without white space around it; nil when the bytes are no text of the encoding, or hold a NUL, which the database
    /// cannot keep.
    func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        let trimmed = UnsafeBufferPointer(rebasing: bytes.trimmingBlanks)
        guard !trimmed.contains(0) else { return nil }
        guard trimmed.contains(where: { $0 >= 0x80 }) else { return String(decoding: trimmed, as: UTF8.self) }
        let text = converter == nil ? String(validating: trimmed, as: UTF8.self) : converted(trimmed)
        return text.map(trimmingWideBlanks)
    }

    private func converted(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        // No character of GB18030 grows to more than twice its bytes in UTF-8: 2 → 3, 4 → 4.
        let capacity = bytes.count * 2
        let text = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            var input = UnsafeMutableRawPointer(mutating: UnsafeRawPointer(bytes.baseAddress))?
                .assumingMemoryBound(to: CChar.self)
            var inputLeft = bytes.count
            var target = UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self)
            var left = capacity
            let failed = iconv(converter, &input, &inputLeft, &target, &left) == -1
            if failed { iconv(converter, nil, nil, nil, nil) }
            count = failed ? 0 : capacity - left
        }
        return text.isEmpty ? nil : String(validating: text, as: UTF8.self)
    }

    private func trimmingWideBlanks(_ text: String) -> String {
        func isBlank(_ scalar: Unicode.Scalar?) -> Bool { scalar?.properties.isWhitespace ?? false }
        guard isBlank(text.unicodeScalars.first) || isBlank(text.unicodeScalars.last) else { return text }
        let scalars = text.unicodeScalars.drop { isBlank($0) }
        let end = scalars.lastIndex { !isBlank($0) }.map { scalars.index(after: $0) } ?? scalars.startIndex
        return String(scalars[..<end])
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var trimmingBlanks: Slice<UnsafeBufferPointer<UInt8>> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var (start, end) = (startIndex, endIndex)
        while start < end, isBlank(self[start]) { start += 1 }
        while end > start, isBlank(self[end - 1]) { end -= 1 }
        return self[start..<end]
    }
}
