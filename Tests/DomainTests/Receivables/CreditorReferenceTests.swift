import Domain
import Testing

struct CreditorReferenceTests {
    @Test(arguments: ["RF18539007547034", "RF18 5390 0754 7034", "rf18000000000539007547034", "RF45G72UUR", "RF6518K5"])
    func `references of the standard's and the banks' examples are read`(text: String) throws {
        let reference = try #require(CreditorReference(text))
        #expect(CreditorReference(reference.description) == reference)
    }

    @Test(arguments: ["RF19539007547034", "RF18539007547043", "RF18", "XX18539007547034", "RF18 5390-0754", "RF00", ""])
    func `a wrong digit, a swap and other signs are noticed`(text: String) {
        #expect(CreditorReference(text) == nil)
    }

    @Test(arguments: ["DN-2026-000001", "1", "539007547034", "A/B 7", "ABCDEFGHIJKLMNOPQRSTU"])
    func `a number's own reference can be checked and keeps its letters and digits`(number: String) throws {
        let reference = try #require(CreditorReference(number: number))
        #expect(CreditorReference(reference.text) == reference)
        #expect(reference.body == number.filter { $0.isLetter || $0.isNumber })
    }

    @Test func `a number without letters and digits or with too many has none`() {
        #expect(CreditorReference(number: "-/-") == nil && CreditorReference(number: "合同") == nil)
        #expect(CreditorReference(number: "ABCDEFGHIJKLMNOPQRSTUV") == nil)
        #expect(CreditorReference(number: "539007547034")?.text == "RF18539007547034")
    }
}
