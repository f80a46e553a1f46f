import Foundation
import Testing

@testable import Delivery

/// A rendered mail taken apart again, as a receiver does.
struct ReadMail {
    /// In order, unfolded.
    var headers: [(name: String, value: String)] = []
    var body = ""

    init(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.range(of: "\r\n\r\n"))
        let head = text[..<end.lowerBound].replacing("\r\n ", with: " ")
        for line in head.components(separatedBy: "\r\n") {
            let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
            try #require(parts.count == 2, "not a header line: \(line)")
            headers.append((String(parts[0]), String(parts[1])))
        }
        body = String(text[end.upperBound...])
    }

    subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// RFC 2047: white space between two encoded words is not shown.
    static func decoded(_ value: String) throws -> String {
        var bytes: [UInt8] = []
        var rest = value[...]
        while let match = rest.firstMatch(of: /=\?UTF-8\?B\?([A-Za-z0-9+\/=]*)\?=( (?==\?))?/) {
            bytes += Array(rest[..<match.range.lowerBound].utf8)
            bytes += try #require(Data(base64Encoded: String(match.output.1)))
            rest = rest[match.range.upperBound...]
        }
        return String(decoding: bytes + Array(rest.utf8), as: UTF8.self)
    }

    /// The text of the one part, its transfer encoding undone.
    func text() throws -> String {
        guard self["Content-Transfer-Encoding"] == "quoted-printable" else {
            let data = try #require(Data(base64Encoded: body, options: .ignoreUnknownCharacters))
            return String(decoding: data, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        var rest = Array(body.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            rest = rest.dropFirst(2)
            if digits != "\r\n" { bytes.append(try #require(UInt8(digits, radix: 16))) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
