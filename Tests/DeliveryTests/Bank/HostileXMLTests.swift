import Delivery
import Domain
import Foundation
import Testing

struct HostileXMLTests {
    private static let namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

    private static func code(_ text: String) throws -> [String?] {
        let problem = #expect(throws: Problem.self) { try Camt.Reading(text.utf8) }
        return [problem?.code, problem?.place]
    }

    @Test func `a bomb of entities never goes off`() throws {
        var bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE Document [\n<!ENTITY a0 \"ha\">\n"
        for level in 1...30 { bomb += "<!ENTITY a\(level) \"&a\(level - 1);&a\(level - 1);\">\n" }
        bomb += "]>\n<Document xmlns=\"\(Self.namespace)\">&a30;</Document>"
        #expect(try Self.code(bomb) == ["document_type", "bank.xml:2"])
    }

    @Test func `nothing is fetched from elsewhere`() throws {
        let external = """
            <!DOCTYPE Document SYSTEM "file:///etc/passwd"><Document xmlns="\(Self.namespace)"/>
            """
        #expect(try Self.code(external) == ["document_type", "bank.xml:1"])
        let parameter = """
            <!DOCTYPE Document [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><Document xmlns="\(Self.namespace)"/>
            """
        #expect(try Self.code(parameter) == ["document_type", "bank.xml:1"])
        let included = """
            <Document xmlns="\(Self.namespace)">
            <x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/></Document>
            """
        #expect(try Self.code(included) == ["xinclude", "bank.xml:2"])
        #expect(try Self.code("<Document xmlns=\"\(Self.namespace)\">&nobody;</Document>")[0] == "malformed_xml")
    }

    @Test func `depth and length end where no bank goes`() throws {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(try Self.code("<Document xmlns=\"\(Self.namespace)\">\(deep)")[0] == "too_deep")
        let long = Camt.statement(closing: "1").replacing(
            "<Id>S-1</Id>", with: "<Id>\(String(repeating: "x", count: 70_000))</Id>")
        #expect(try Self.code(Camt(statements: [long]).text)[0] == "text_too_long")
    }

    @Test func `an entry that would fill the memory is refused`() throws {
        let line = "<Ustrd>\(String(repeating: "x", count: 60_000))</Ustrd>"
        let words = "<TxDtls><RmtInf>\(String(repeating: line, count: 1200))</RmtInf></TxDtls>"
        #expect(
            try Self.code(Camt(statements: [Camt.statement(closing: "1", Camt.entry("1", details: words))]).text)[0]
                == "batch_too_large")
    }

    @Test func `an unwanted text may be as long as it likes`() throws {
        let notes = "<TechInptChanl>\(String(repeating: "x", count: 1_000_000))</TechInptChanl>"
        let reading = try Camt(statements: [Camt.statement(closing: "101", Camt.entry("1", notes))]).read(piece: 65_536)
        #expect(reading.entries.count == 1)
    }

    @Test func `what is no statement says what it is`() throws {
        let other = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03\"></Document>"
        #expect(try Self.code(other) == ["not_a_statement", "bank.xml:1"])
        #expect(try Self.code(Camt(version: "09").text) == ["not_a_statement", "bank.xml:2"])
        #expect(try Self.code("\n<html></html>") == ["not_a_statement", "bank.xml:2"])
        #expect(try Self.code(Camt().text) == ["no_statement", "bank.xml"])
    }

    @Test func `a file that ends in the middle is refused wherever it is cut`() throws {
        let text = Array(Camt(statements: [Camt.statement(closing: "101", Camt.entry("1"))]).text.utf8)
        for length in stride(from: 1, to: text.count - 1, by: 13) {
            #expect(throws: Problem.self) { try Camt.Reading(text.prefix(length)) }
        }
        let problem = #expect(throws: Problem.self) { try Camt.Reading(text.prefix(text.count - 10)) }
        #expect(problem?.code == "truncated_file")
    }

    @Test func `crossed tags and bytes of another encoding are not taken`() throws {
        #expect(try Self.code("<Document xmlns=\"\(Self.namespace)\"><a></b></Document>")[0] == "malformed_xml")
        let text = Array(Camt(statements: [Camt.statement("Ü", closing: "100")]).text.utf8)
        let broken = text.filter { $0 != 0x9C }
        let problem = #expect(throws: Problem.self) { try Camt.Reading(broken) }
        #expect(problem?.code == "malformed_xml")
    }
}
