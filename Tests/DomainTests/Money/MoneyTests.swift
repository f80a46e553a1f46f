import Domain
import Foundation
import TestSupport
import Testing

struct MoneyTests {
    static let euro = Currency("EUR")!
    static let yen = Currency("JPY")!
    static let dinar = Currency("KWD")!

    @Test(arguments: [euro, yen, dinar])
    func `every amount is read back from what is printed`(currency: Currency) throws {
        var random = SeededRandom(seed: 3)
        let edges = [0, 1, -1, 9, -10, 99, 100, -100, 999, 1000, Int.max, -Int.max]
        for minor in edges + (0..<500).map({ _ in Int.random(in: -1_000_000_000...1_000_000_000, using: &random) }) {
            let money = Money(minor: minor, currency: currency)
            #expect(try Money(money.amount, currency: currency) == money)
            let json = try JSONEncoder().encode(money)
            #expect(try JSONDecoder().decode(Money.self, from: json) == money)
        }
    }

    @Test(arguments: [
        ("1234.5", euro, 123_450), ("-3", euro, -300), ("0.05", euro, 5), ("00012.30", euro, 1230),
        ("1.500", euro, 150), ("7", yen, 7), ("7.00", yen, 7), ("0.001", dinar, 1),
    ])
    func `a decimal is read in minor units`(text: String, currency: Currency, minor: Int) throws {
        #expect(try Money(text, currency: currency).minor == minor)
    }

    @Test(arguments: ["", "-", ".", "1.", ".5", "1,50", "1 000", "+1", "1e3", "１", "0x10", "--1", "1.2.3", "NaN"])
    func `what is no decimal is refused`(text: String) {
        #expect(throws: Money.Mistake.notANumber) { try Money(text, currency: Self.euro) }
    }

    @Test func `more digits than the currency has are refused, not rounded`() {
        #expect(throws: Money.Mistake.tooManyDigits) { try Money("1.005", currency: Self.euro) }
        #expect(throws: Money.Mistake.tooManyDigits) { try Money("1.5", currency: Self.yen) }
        #expect(throws: Money.Mistake.outOfRange) { try Money("92233720368547758.08", currency: Self.euro) }
    }

    @Test func `an amount shows all of its currency's digits`() {
        #expect(Money(minor: -5, currency: Self.euro).description == "-0.05 EUR")
        #expect(Money(minor: 5, currency: Self.yen).description == "5 JPY")
        #expect(Money(minor: 1234, currency: Self.dinar).description == "1.234 KWD")
    }

    @Test(arguments: ["XXX", "eur", "EURO", "", "DEM", "XAU"])
    func `what is no currency in use is refused`(code: String) {
        #expect(Currency(code) == nil)
    }
}
