import Foundation

/// A mail as it came in (RFC 5322, MIME), read leniently: anybody can send anything.
package struct ReceivedMail: Sendable {
    /// Lower-case names, unfolded values, in order.
    package let headers: [(name: String, value: String)]
    /// The bytes below the headers, as they came.
    let body: ArraySlice<UInt8>

    /// Parts within parts that are followed; what lies deeper is not looked at.
    private static let maximumDepth = 5
    private static let maximumParts = 100

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    init(_ bytes: ArraySlice<UInt8>) {
        var headers: [(name: String, value: String)] = []
        var rest = bytes
        while let line = Self.line(&rest), !line.isEmpty {
            let text = String(decoding: line, as: UTF8.self)
            if let first = text.first, first == " " || first == "\t", !headers.isEmpty {
                headers[headers.count - 1].value += " " + text.trimmed
            } else if let colon = text.firstIndex(of: ":") {
                headers.append((text[..<colon].lowercased().trimmed, String(text[text.index(after: colon)...]).trimmed))
            }
        }
        self.headers = headers
        body = rest
    }

    package subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Ids between angle brackets, in order: of `Message-ID`, `In-Reply-To`, `References`.
    package func identifiers(_ name: String) -> [String] {
        (self[name] ?? "").matches(of: /<([^<>\s]+)>/).map { String($0.output.1) }
    }

    /// `multipart/report`, in small letters.
    var mediaType: String {
        (self["content-type"] ?? "text/plain").prefix { $0 != ";" }.lowercased().trimmed
    }

    /// The innermost parts, this mail itself when it has none.
    var leaves: [ReceivedMail] {
        var leaves: [ReceivedMail] = []
        collect(into: &leaves, depth: 0)
        return leaves
    }

    private func collect(into leaves: inout [ReceivedMail], depth: Int) {
        guard mediaType.hasPrefix("multipart/"), depth < Self.maximumDepth, let boundary else {
            if leaves.count < Self.maximumParts { leaves.append(self) }
            return
        }
        for part in parts(boundary) { part.collect(into: &leaves, depth: depth + 1) }
    }

    private var boundary: String? {
        guard let match = (self["content-type"] ?? "").firstMatch(of: /(?i)boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/)
        else {
            return nil
        }
        return (match.output.1 ?? match.output.2).map(String.init)
    }

    private func parts(_ boundary: String) -> [ReceivedMail] {
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [ReceivedMail] = []
        var (rest, begin) = (body, Int?.none)
        while parts.count < Self.maximumParts {
            let start = rest.startIndex
            guard let line = Self.line(&rest) else { break }
            guard line.starts(with: delimiter) else { continue }
            let end = String(decoding: line.dropFirst(delimiter.count), as: UTF8.self).trimmed
            guard end.isEmpty || end == "--" else { continue }
            if let begin { parts.append(ReceivedMail(body[begin..<start])) }
            begin = end == "--" ? nil : rest.startIndex
            if begin == nil { return parts }
        }
        // The end was cut off.
        if let begin { parts.append(ReceivedMail(body[begin...])) }
        return parts
    }

    /// The body as text, its transfer encoding and its charset undone.
    var text: String {
        let bytes: [UInt8] =
            switch (self["content-transfer-encoding"] ?? "").lowercased().trimmed {
            case "base64": Data(base64Encoded: Data(body), options: .ignoreUnknownCharacters).map { Array($0) } ?? []
            case "quoted-printable": Self.unquoted(body)
            default: Array(body)
            }
        return Charset.text(of: bytes, in: charset)
    }

    private var charset: String? {
        (self["content-type"] ?? "").firstMatch(of: /(?i)charset\s*=\s*"?([A-Za-z0-9._:\-]{1,40})/)
            .map { String($0.output.1) }
    }

    /// Quoted-printable undone (RFC 2045, 6.7).
    static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            if rest.starts(with: [13, 10]) {
                rest = rest.dropFirst(2)
            } else if rest.first == 10 {
                rest = rest.dropFirst()
            } else if let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// The next line without its end; nil when there is none.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: 10) ?? rest.endIndex
        var line = rest[rest.startIndex..<end]
        rest = rest[min(end + 1, rest.endIndex)...]
        if line.last == 13 { line = line.dropLast() }
        return line
    }
}

extension StringProtocol {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
