import Glibc

/// Text in the charsets in which mails are written, by the C library.
enum Charset {
    /// What cannot be read is U+FFFD; a charset that is unknown here, and none, is read as UTF-8.
    static func text(of bytes: [UInt8], in charset: String?) -> String {
        guard let charset = charset?.lowercased(), !["utf-8", "utf8", "us-ascii"].contains(charset),
            let converter = iconv_open("UTF-8", broader(charset)), Int(bitPattern: converter) != -1
        else { return String(decoding: bytes, as: UTF8.self) }
        defer { iconv_close(converter) }
        var text: [UInt8] = []
        var bytes = bytes
        var read = 0
        while read < bytes.count {
            var chunk = [UInt8](repeating: 0, count: 4096)
            let (taken, written, isWrong) = convert(&bytes, from: read, into: &chunk, converter)
            text += chunk[..<written]
            read += taken
            guard isWrong else { continue }
            text += Array("\u{FFFD}".utf8)
            read += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// GB 18030 has in it what GB 2312 and GBK have, and what programs write under their names.
    private static func broader(_ charset: String) -> String {
        ["gb2312", "gbk", "gb_2312-80", "cp936", "x-gbk"].contains(charset) ? "GB18030" : charset
    }

    private static func convert(
        _ bytes: inout [UInt8], from start: Int, into chunk: inout [UInt8], _ converter: iconv_t
    ) -> (taken: Int, written: Int, isWrong: Bool) {
        bytes.withUnsafeMutableBytes { input in
            chunk.withUnsafeMutableBytes { output in
                var source = input.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self)
                var target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                var (left, room) = (input.count - start, output.count)
                let result = iconv(converter, &source, &left, &target, &room)
                // Too little room is no mistake; anything else that stops it is one.
                let isWrong = result == -1 && errno != E2BIG
                return (input.count - start - left, output.count - room, isWrong)
            }
        }
    }
}
