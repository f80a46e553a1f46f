/// The text of a mail as HTML for programs that prefer it: paragraphs, and tables that keep their columns.
///
/// Made of the text, so that both say the same. Nothing in the text is markup, whatever it contains.
struct HTMLBody {
    private let text: String
    private let title: String
    private let language: String
    /// Shown below the text, by their Content-IDs.
    private let pictures: [MailAttachment]

    init(_ mail: Mail, language: String, pictures: [MailAttachment]) {
        (text, title, self.language, self.pictures) = (mail.body, mail.subject, language, pictures)
    }

    var page: String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let blocks = lines.split { $0.allSatisfy(\.isWhitespace) }.map(Self.block)
        let images = pictures.map {
            "<p><img src=\"cid:\(Self.escaped($0.contentID))\" alt=\"\(Self.escaped($0.name))\"></p>"
        }
        return """
            <!DOCTYPE html>
            <html lang="\(Self.escaped(language))"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title></head>
            <body style="font-family: sans-serif; font-size: 14px; color: #111">
            \((blocks + images).joined(separator: "\n"))
            </body></html>

            """
    }

    /// Lines with two spaces between words are the rows of a table.
    private static func block(_ lines: ArraySlice<Substring>) -> String {
        let text = lines.map { escaped(String($0)) }
        let isTable = lines.contains { line in line.contains("  ") }
        return isTable
            ? "<pre style=\"font-family: monospace\">\(text.joined(separator: "\n"))</pre>"
            : "<p>\(text.joined(separator: "<br>\n"))</p>"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars where scalar == "\t" || scalar.properties.generalCategory != .control {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
