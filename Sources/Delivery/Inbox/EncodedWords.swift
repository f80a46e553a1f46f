import Foundation

/// The reading of what headers have outside ASCII (RFC 2047): `=?GB18030?B?1tDOxA==?=`.
enum EncodedWords {
    /// `header` with its encoded words as text. What is none, or cannot be read, stays as it is.
    static func text(of header: String) -> String {
        var text = ""
        var pending: (charset: String, bytes: [UInt8])?
        var rest = header[...]
        func flush() {
            if let word = pending { text += Charset.text(of: word.bytes, in: word.charset) }
            pending = nil
        }
        // A language may stand behind the charset (RFC 2231, 5).
        let word = /=\?([A-Za-z0-9._:\-]{1,40})(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?=/
        while let match = rest.firstMatch(of: word) {
            let between = rest[..<match.range.lowerBound]
            rest = rest[match.range.upperBound...]
            let charset = match.output.1.lowercased()
            guard let bytes = bytes(match.output.3, in: match.output.2) else {
                flush()
                text += between + match.output.0
                continue
            }
            // Blanks between two of them are none (RFC 2047, 6.2); programs cut characters at their border.
            if let before = pending, before.charset == charset, between.allSatisfy(\.isWhitespace) {
                pending = (charset, before.bytes + bytes)
            } else {
                let isBetweenTwo = pending != nil && between.allSatisfy(\.isWhitespace)
                flush()
                if !isBetweenTwo { text += between }
                pending = (charset, bytes)
            }
        }
        flush()
        return text + rest
    }

    private static func bytes(_ text: Substring, in encoding: Substring) -> [UInt8]? {
        guard encoding.lowercased() == "q" else {
            return Data(base64Encoded: String(text), options: .ignoreUnknownCharacters).map { Array($0) }
        }
        return ReceivedMail.unquoted(Array(text.replacing("_", with: " ").utf8)[...])
    }
}
