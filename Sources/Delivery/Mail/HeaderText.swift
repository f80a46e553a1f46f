import Foundation

/// Text of any kind made fit for a header line (RFC 5322 §2.2, RFC 2047).
///
/// Subjects and names come from imported data. Whatever stands in them, the result has no line break of theirs, no
/// control character and no byte outside ASCII; a line break in a company's name must not cost it its letter either.
enum HeaderText {
    /// A whole header line with its CRLF, folded; `text` is free text, as in `Subject`.
    static func line(_ name: String, _ text: String) -> String {
        let text = printable(text)
        return name + ": "
            + (isPlain(text) ? folded(text, used: name.utf8.count + 2) : encoded(text, used: name.utf8.count + 2))
            + "\r\n"
    }

    /// A whole header line with addresses, as in `To`, each on a line of its own.
    static func line(_ name: String, _ addresses: [MailAddress]) -> String {
        name + ": "
            + addresses.map { address in
                guard let phrase = address.name.map(printable), !phrase.isEmpty else { return address.mailbox }
                let shown = isPlain(phrase) ? quoted(phrase) : encoded(phrase, used: name.utf8.count + 2)
                return shown + "\r\n <" + address.mailbox + ">"
            }.joined(separator: ",\r\n ") + "\r\n"
    }

    /// `text` with each run of white space and control characters as one space, and none at its ends.
    static func printable(_ text: String) -> String {
        text.unicodeScalars.split { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
        }.map(String.init).joined(separator: " ")
    }

    /// Whether it can stand as it is: printable ASCII, no word too long to fold, nothing that reads as encoded.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
            && text.split(separator: " ").allSatisfy { $0.utf8.count <= 60 }
    }

    private static func folded(_ text: String, used: Int) -> String {
        var result = ""
        var column = used
        for word in text.split(separator: " ") {
            if result.isEmpty {
                result += word
            } else if column + 1 + word.utf8.count > 76 {
                result += "\r\n " + word
                column = 0
            } else {
                result += " " + word
            }
            column += 1 + word.utf8.count
        }
        return result
    }

    /// A quoted string (RFC 5322 §3.2.4); quotes are needed as soon as there is a comma or a dot.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Encoded words (RFC 2047 §4.1, "B"), cut between characters, no line over 76.
    private static func encoded(_ text: String, used: Int) -> String {
        var words: [String] = []
        var word: [UInt8] = []
        var room = (76 - used - 12) / 4 * 3
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > room {
                words.append(encodedWord(word))
                word = []
                room = 45
            }
            word += bytes
        }
        words.append(encodedWord(word))
        return words.joined(separator: "\r\n ")
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String {
        "=?UTF-8?B?" + Data(bytes).base64EncodedString() + "?="
    }
}
