import TestSupport
import Testing

@testable import Domain

@Suite struct CSVTests {
    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func `what is written is read back, whatever the size of the chunks`(chunk: Int) throws {
        var random = SeededRandom(seed: UInt64(chunk))
        let alphabet = ["a", "b", ",", "\"", "\n", "\r", "\r\n", "é", "申通", " ", ""]
        for _ in 0..<50 {
            let width = Int.random(in: 1...5, using: &random)
            let records = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                (0..<width).map { _ in
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
                        .joined()
                }
            }
            var writer = CSVWriter()
            for record in records { writer.write(record) }
            #expect(try texts(of: writer.bytes, chunk: chunk) == records)
        }
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `lines end in any of three ways, and the last needs no end`(lineEnd: String) throws {
        let text = ["a,b", "1,2", "", "3,"].joined(separator: lineEnd)
        #expect(try texts(of: Array(text.utf8), chunk: 2) == [["a", "b"], ["1", "2"], ["3", ""]])
    }

    @Test func `a record carries the line on which it begins`() throws {
        let text = "h,h\n\n\"two\r\nlines\",x\n\"three\n\nlines\",y\rz,z"
        #expect(try records(of: Array(text.utf8), chunk: 3).map(\.line) == [1, 3, 5, 8])
    }

    @Test(arguments: [";", "\t"], [1, 3, 1_000])
    func `a header without a comma says what separates`(separator: String, chunk: Int) throws {
        let text = ["\u{FEFF}", "\"a, b\"|c|d", "1.234,50|x;y\t|\"p|q\"", ""].joined(separator: "\r\n").replacing(
            "|", with: separator)
        let second = separator == ";" ? ["1.234,50", "x", "y\t", "p;q"] : ["1.234,50", "x;y", "", "p\tq"]
        #expect(try texts(of: Array(text.utf8), chunk: chunk) == [["a, b", "c", "d"], second])
        // With one it is a comma, whatever else is there.
        #expect(try texts(of: Array("a,b;c\n1;2,3\n".utf8), chunk: chunk) == [["a", "b;c"], ["1;2", "3"]])
        // And what a first line says, with which people tell spreadsheets.
        for lineEnd in ["\n", "\r\n"] {
            let told = ["\u{FEFF}SEP=\(separator)", "a,b|c", "1|2"].joined(separator: lineEnd).replacing(
                "|", with: separator)
            #expect(try texts(of: Array(told.utf8), chunk: chunk) == [["a,b", "c"], ["1", "2"]])
        }
    }

    @Test func `a byte order mark is dropped`() throws {
        #expect(try texts(of: [0xEF, 0xBB, 0xBF] + Array("a,b\n".utf8), chunk: 1) == [["a", "b"]])
    }

    @Test func `a quoted empty field alone on its line is a record`() throws {
        #expect(try texts(of: Array("\"\"\n\n\"\"".utf8), chunk: 1) == [[""], [""]])
    }

    @Test func `text behind a closing quote spoils its record and no other`() throws {
        let found = try records(of: Array("\"a\"b,c\nd,e\n".utf8), chunk: 4)
        #expect(found.map(\.malformedField) == [0, nil])
        #expect(String(decoding: found[0].bytes(at: 0), as: UTF8.self) == "\"a\"b")
        #expect(found[0].count == 2)
    }

    @Test func `a quote in the middle of an unquoted field is text`() throws {
        #expect(try texts(of: Array("5\" disk,x\n".utf8), chunk: 3) == [["5\" disk", "x"]])
    }

    @Test func `a quote that is never closed names the line where its record begins`() {
        #expect(throws: CSVReader.Mistake.unclosedQuote(line: 3)) {
            try texts(of: Array("a,b\n1,2\n3,\"4\n5,6\n".utf8), chunk: 5)
        }
    }

    @Test func `a record longer than any row stops the reading instead of filling the memory`() {
        let open = Array("a\n\"".utf8)
        var chunks = 0
        var reader = CSVReader { buffer in
            buffer += chunks == 0 ? open : [UInt8](repeating: 0x61, count: 1 << 18)
            chunks += 1
            return true
        }
        #expect(throws: CSVReader.Mistake.recordTooLong(line: 2)) {
            while try reader.next() != nil {}
        }
        #expect(chunks < 8)
    }

    private func texts(of bytes: [UInt8], chunk: Int) throws -> [[String]] {
        try records(of: bytes, chunk: chunk).map { record in
            (0..<record.count).map { String(decoding: record.bytes(at: $0), as: UTF8.self) }
        }
    }

    private func records(of bytes: [UInt8], chunk: Int) throws -> [CSVRecord] {
        var rest = bytes[...]
        var reader = CSVReader { buffer in
            buffer += rest.prefix(chunk)
            rest = rest.dropFirst(chunk)
            return !rest.isEmpty
        }
        var records: [CSVRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }
}
