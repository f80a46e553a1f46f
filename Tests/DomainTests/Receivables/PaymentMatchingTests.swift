import TestSupport
import Testing

@testable import Domain

struct PaymentMatchingTests {
    private func payment(
        _ minor: Int = 100, reference: String? = nil, text: String = "", customer: Int? = nil, doubt: String? = nil
    ) -> IncomingPayment {
        IncomingPayment(
            receipt: 1, currency: "EUR", minor: minor, structuredReference: reference, remittance: text,
            customer: customer, doubt: doubt)
    }

    private func invoice(
        _ id: Int, _ number: String, of customer: Int = 1, open: Int = 100, currency: String = "EUR",
        namesAll: Bool = false
    ) -> MatchCandidate {
        MatchCandidate(
            customer: customer, invoice: id, number: number, namesAll: namesAll, currency: currency, openMinor: open)
    }

    @Test func `words are looked up whole and in parts, and references by what stands behind their check digits`() {
        let keys = PaymentMatching.keys(
            of: payment(reference: "rf18 5390 0754 7034", text: "inv-1/INV-2 RF45G72UUR 上海3"))
        #expect(keys.reference == ["539007547034", "G72UUR"])
        #expect(keys.words == ["INV1", "INV2", "RF45G72UUR", "INV1INV2"])
        #expect(PaymentMatching.keys(of: payment(reference: "2026/0042")).reference == ["20260042"])
    }

    @Test(arguments: [
        ("RE 2026 0003", "RE20260003", true), ("R2026-\n0027", "R20260027", true), ("Ｒ２０２６－００１８", "R20260018", true),
        ("R2026\u{2011}0019", "R20260019", true), ("R2026\u{AD}-0020", "R20260020", true),
        ("支付发票R2026-0035货款", "R20260035", true), ("INV-1 2 pieces", "INV12", false), ("Dank 2026", "2026", true),
        ("上海31", "31", false), ("R2026 0003", "R20260003", true), ("12.03.2026", "12", false),
        ("2026-03-12", "2026", false),
        ("2026/0042", "0042", true), ("Summe 1.250,00 EUR", "1250", false), ("EUR 1250,50", "1250", false),
        ("1.250", "1250", false), ("Monat 2026-03", "202603", false), ("Monat 2026-03", "2026-03", true),
        ("RE - 2026 - 0112", "RE-2026-0112", true),
        ("Rg 2026 0117", "2026/0117", true), ("INV No. 0138", "INV-0138", true),
        ("RE NR 2026-0141", "RE2026-0141", true), ("货款发票号12345678", "12345678", true),
        ("发票26312000000012345678。", "26312000000012345678", true), ("金额123456.78元", "123456", false),
        ("Betrag EUR 100", "100", false), ("100€ danke", "100", false), ("100 EUR", "100", false),
        ("€100", "100", false),
        ("100 EUR 250", "100", true), ("100 EUR 250", "250", false), ("Rechnung 100", "100", true),
        ("IBAN DE89 3704 0044 0532 0130 00", "3704", false), ("DE89370400440532013000", "3704", false),
        ("DE89 3704 0044 0532 0130 01", "3704", true),
        ("RgNr12345678 vom 3.4.", "12345678", true), ("KdNr12345678", "12345678", false), ("RE2026", "2026", false),
    ])
    func `a number is found as people write it`(text: String, key: String, isFound: Bool) {
        // What is only looked up is compared in its place then.
        let plain = key.filter { $0.isLetter || $0.isNumber }
        if isFound { #expect(PaymentMatching.keys(of: payment(text: text)).words.contains(plain)) }
        #expect((PaymentText(text).places(of: [key]) != [nil]) == isFound)
    }

    @Test func `an invoice is meant beside one of its instalments where it stands by itself`() {
        let numbers = ["R-77/2", "R-77"]
        #expect(PaymentText("R-77/2").places(of: numbers).map { $0 != nil } == [true, false])
        #expect(PaymentText("R-77 and R-77/2").places(of: numbers).map { $0 != nil } == [true, true])
        #expect(PaymentText("R-77/2, R-77").places(of: numbers).map { $0 != nil } == [true, true])
        #expect(PaymentText("INV 7 8, 7").places(of: ["INV-78", "7"]).map { $0 != nil } == [true, true])
        #expect(PaymentText("INV 7 8").places(of: ["INV-78", "7"]).map { $0 != nil } == [true, false])
    }

    @Test func `a number that begins with the word for it is meant whole`() {
        #expect(PaymentText("RE202601").places(of: ["RE202601", "202601"]) == [0, nil])
        #expect(PaymentText("RE202601").places(of: ["202601"]) == [1])
    }

    @Test func `a reference goes before words, and words go in the order of the text`() {
        var matching = PaymentMatching()
        matching.named = [invoice(3, "INV-3"), invoice(2, "INV-2")]
        let payment = payment(reference: "INV-1", text: "INV-2, INV-3")
        #expect(matching.decide(payment).outcome == .matched(customer: 1, invoices: [2, 3], .remittance))
        matching.referenced = [invoice(1, "INV-1")]
        #expect(matching.decide(payment).outcome == .matched(customer: 1, invoices: [1], .structuredReference))
    }

    @Test(arguments: [
        ("INV-1 200 pieces", ["INV-1", "INV-1200"], [1]), ("R2026 0003", ["R20260003", "0003"], [1]),
        ("2026/0042", ["2026/0042", "0042"], [1]), ("RE 2026 0003", ["RE2026", "RE-2026-0003"], [2]),
        ("1001/1002", ["1001", "1002"], [1, 2]), ("0042 of 2026", ["2026", "0042"], [2]),
    ])
    func `of two numbers that a place may mean, one is meant, and a year is no invoice`(
        text: String, numbers: [String], expected: [Int]
    ) {
        var matching = PaymentMatching()
        matching.named = numbers.enumerated().map { invoice($0.offset + 1, $0.element, open: 70) }
        #expect(
            matching.decide(payment(text: text)).outcome == .matched(customer: 1, invoices: expected, .remittance))
        matching.named = [invoice(1, "2026", open: 100)]
        #expect(
            matching.decide(payment(text: "Thanks 2026")).outcome
                == .matched(customer: 1, invoices: [1], .remittance))
    }

    @Test(arguments: [
        ("RF18 5390 0754 7034 thanks", ["539007547034"]), ("ref rf18 5390 0754 7034", ["539007547034"]),
        ("RF18539007547034 100", ["539007547034"]), ("RF19 5390 0754 7034", []), ("RF18", []),
    ])
    func `a reference is found in groups of four, as it is printed`(text: String, references: [String]) {
        #expect(PaymentMatching.keys(of: payment(text: text)).reference == references)
    }

    @Test func `a mistyped reference among the words waits, unless something else is named`() {
        var matching = PaymentMatching()
        matching.byAccount = [1]
        let mistyped = payment(text: "RF00RE20260125")
        #expect(matching.decide(mistyped).outcome == .waiting(.wrongCheckDigits, customer: nil))
        matching.named = [invoice(1, "INV-1")]
        #expect(
            matching.decide(payment(text: "RF00RE20260125 INV-1")).outcome
                == .matched(customer: 1, invoices: [1], .remittance))
    }

    @Test func `who names what another ledger closed may be the money with which it did`() {
        var matching = PaymentMatching()
        matching.byAccount = [1]
        matching.exact = [invoice(2, "INV-2")]
        matching.named = [invoice(1, "INV-1", open: 0)]
        #expect(matching.decide(payment(text: "INV-1")).outcome == .matched(customer: 1, invoices: [2], .exactAmount))
        matching.named[0].closedInSourceMinor = 100
        #expect(matching.decide(payment(text: "INV-1")).outcome == .waiting(.alreadyPaid, customer: 1))
    }

    @Test func `a notice's reference pays all that the notice names`() {
        var matching = PaymentMatching()
        matching.referenced = [invoice(1, "DN-1", namesAll: true), invoice(2, "DN-1", namesAll: true)]
        #expect(
            matching.decide(payment(reference: "DN-1")).outcome
                == .matched(customer: 1, invoices: [1, 2], .structuredReference))
    }

    @Test func `a number that two invoices have, or invoices of two customers, are two candidates`() {
        for second in [invoice(2, "INV-1"), invoice(2, "INV-2", of: 2)] {
            var matching = PaymentMatching()
            matching.referenced = [invoice(1, "INV-1"), second]
            let match = matching.decide(payment(reference: "INV-1"))
            #expect(match.outcome == .waiting(.twoCandidates, customer: nil))
            #expect(match.passedOver.map(\.reason) == [.ambiguous, .ambiguous])
        }
    }

    @Test func `a wrong check digit is no reason to look further, unless the customer is known`() {
        var matching = PaymentMatching()
        matching.named = [invoice(1, "INV-1")]
        let mistyped = payment(reference: "RF19539007547034", text: "INV-1")
        #expect(matching.decide(mistyped).outcome == .waiting(.wrongCheckDigits, customer: nil))
        let known = payment(reference: "RF19539007547034", text: "INV-1", customer: 1)
        #expect(matching.decide(known).outcome == .matched(customer: 1, invoices: [1], .remittance))
    }

    @Test func `what names invoices of another currency waits; what names paid ones by reference is paid twice`() {
        var matching = PaymentMatching()
        matching.referenced = [invoice(1, "INV-1", currency: "USD")]
        #expect(matching.decide(payment(reference: "INV-1")).outcome == .waiting(.wrongCurrency, customer: 1))
        matching.referenced = [invoice(1, "INV-1", open: 0)]
        #expect(matching.decide(payment(reference: "INV-1")).outcome == .waiting(.alreadyPaid, customer: 1))
    }

    @Test func `the invoice of a customer other than the stated one is passed over`() {
        var matching = PaymentMatching()
        matching.named = [invoice(1, "INV-1", of: 2)]
        let match = matching.decide(payment(text: "INV-1", customer: 1))
        #expect(match.outcome == .matched(customer: 1, invoices: [], .customer))
        #expect(match.passedOver.map(\.reason) == [.otherCustomer])
    }

    @Test func `an account is enough for the oldest debt, a name only for the exact amount`() {
        var matching = PaymentMatching()
        matching.byName = [1]
        #expect(matching.decide(payment()).outcome == .waiting(.noExactAmount, customer: nil))
        matching.byAccount = [1]
        #expect(matching.decide(payment()).outcome == .matched(customer: 1, invoices: [], .customer))
        matching.exact = [invoice(1, "INV-1")]
        #expect(matching.decide(payment()).outcome == .matched(customer: 1, invoices: [1], .exactAmount))
        matching.exact.append(invoice(2, "INV-2"))
        #expect(matching.decide(payment()).outcome == .waiting(.twoCandidates, customer: 1))
        matching.exact.removeLast()
        // Of several with one account the name tells which, and alone it does not tell against the account.
        matching.byAccount = [1, 2]
        #expect(matching.decide(payment()).outcome == .matched(customer: 1, invoices: [1], .exactAmount))
        matching.byName = []
        #expect(matching.decide(payment()).outcome == .waiting(.twoCandidates, customer: nil))
        (matching.byAccount, matching.byName) = ([2], [1])
        #expect(matching.decide(payment()).outcome == .waiting(.twoCandidates, customer: nil))
        #expect(PaymentMatching().decide(payment()).outcome == .waiting(.unknownCustomer, customer: nil))
    }

    @Test func `the money of a draft waits with the draft's name, unless the payment says what else it is for`() {
        var matching = PaymentMatching()
        matching.drafts = [DraftCounterpart(receipt: 9, reference: "D-9", customer: 1, invoices: [1])]
        let unknown = matching.decide(payment())
        #expect(unknown.outcome == .waiting(.draftCash, customer: nil) && unknown.drafts.map(\.receipt) == [9])
        #expect(matching.decide(payment(customer: 1)).outcome == .waiting(.draftCash, customer: 1))
        #expect(matching.decide(payment(customer: 2)).outcome == .matched(customer: 2, invoices: [], .customer))
        matching.byName = [2]
        #expect(matching.decide(payment()).outcome == .waiting(.noExactAmount, customer: nil))
        #expect(matching.decide(payment(text: "maturity of D-9")).outcome == .waiting(.draftCash, customer: nil))
        matching.named = [invoice(1, "INV-1"), invoice(2, "INV-2")]
        #expect(matching.decide(payment(text: "INV-1")).outcome == .waiting(.draftCash, customer: 1))
        #expect(matching.decide(payment(text: "INV-2")).outcome == .matched(customer: 1, invoices: [2], .remittance))
    }

    @Test func `no payment is matched with an invoice that is paid, of another currency or of another customer`() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            func candidate() -> MatchCandidate {
                invoice(
                    Int.random(in: 0..<5, using: &random), "INV-\(Int.random(in: 0..<3, using: &random))",
                    of: Int.random(in: 0..<3, using: &random), open: Int.random(in: 0..<2, using: &random) * 100,
                    currency: Int.random(in: 0..<3, using: &random) == 0 ? "USD" : "EUR",
                    namesAll: Int.random(in: 0..<4, using: &random) == 0)
            }
            func many<Value>(_ make: () -> Value) -> [Value] {
                (0..<Int.random(in: 0..<3, using: &random)).map { _ in make() }
            }
            var matching = PaymentMatching()
            matching.referenced = many(candidate)
            matching.named = many(candidate)
            matching.byAccount = many { Int.random(in: 0..<3, using: &random) }
            matching.exact = many(candidate)
            let customer = Int.random(in: 0..<2, using: &random) == 0 ? nil : Int.random(in: 0..<3, using: &random)
            let match = matching.decide(payment(reference: "INV-1", text: "INV-0 INV-1 INV-2", customer: customer))
            guard case .matched(let payer, let invoices, _) = match.outcome else { continue }
            #expect(customer == nil || payer == customer)
            let all = matching.referenced + matching.named + matching.exact
            for invoice in invoices {
                #expect(
                    all.contains {
                        $0.invoice == invoice && $0.customer == payer && $0.currency == "EUR" && $0.openMinor > 0
                    })
            }
        }
    }
}
