import Foundation

/// How bytes become lines of ASCII no longer than 76 (RFC 2045 §6).
enum TransferEncoding: String {
    case quotedPrintable = "quoted-printable"
    case base64

    /// The one that stays readable in the raw message for Western text, and the shorter one for Chinese.
    static func best(for text: String) -> TransferEncoding {
        text.utf8.count { $0 >= 0x80 } * 6 > text.utf8.count ? .base64 : .quotedPrintable
    }

    /// The encoded lines, each with its CRLF. Line ends of text become CRLF before; those of a file stay as they are.
    func encode(_ bytes: some Collection<UInt8>) -> String {
        switch self {
        case .base64:
            let text = Data(bytes).base64EncodedString(options: [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ])
            return text.isEmpty ? "" : text + "\r\n"
        case .quotedPrintable:
            return Self.quotedPrintable(bytes)
        }
    }

    private static func quotedPrintable(_ bytes: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        var column = 0
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == 0x0D, rest.first == 0x0A {
                rest.removeFirst()
                out += [0x0D, 0x0A]
                column = 0
                continue
            }
            // White space at a line's end would be lost on the way.
            let endsLine = rest.isEmpty || rest.first == 0x0D
            let isLiteral = (0x21...0x7E).contains(byte) && byte != 0x3D || (byte == 0x20 || byte == 0x09) && !endsLine
            let token = isLiteral ? [byte] : [0x3D, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            if column + token.count > 75 {
                out += [0x3D, 0x0D, 0x0A]
                column = 0
            }
            out += token
            column += token.count
        }
        if column > 0 { out += [0x0D, 0x0A] }
        return String(decoding: out, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}
