import Domain

extension LetterSheets where Letter == DunningLetter {
    /// Until when, how much, to whom and under which reference, and for a banking app the same as a code.
    mutating func payment() throws {
        let creditor = letter.creditor
        let total = "\(letter.money(letter.notice.totalMinor)) \(letter.notice.currency.code)"
        let facts: [(String, String?)] = [
            (words.pay, "\(letter.notice.payBy)"), (sheetWords.amount, total),
            (words.account, creditor.iban?.plainAccount.grouped(by: 4) ?? creditor.account), ("BIC", creditor.bic),
            (words.bank, creditor.bank),
            (words.reference, letter.paymentReference),
        ]
        let code = letter.creditTransferCode.flatMap { QRCode($0.text) }
        let side = code == nil ? 0 : 32 * Self.mm
        let label = 45 * Self.mm
        let width = Self.width - side - (code == nil ? 16 : 32)
        let rows = try facts.compactMap { title, text -> (SetText, SetText)? in
            guard let text else { return nil }
            return (
                try typesetter.set(title, Self.body, width: label - 6),
                try typesetter.set(text, Self.bold, width: width - label)
            )
        }
        let textHeight = rows.reduce(0) { $0 + max($1.0.height, $1.1.height) + 3 }
        let height = max(textHeight, side + (code == nil ? 0 : 14)) + 12
        try ensure(height)
        put(.rule(from: Self.left, to: Self.right, y: y, thickness: 0.6))
        var line = y + 7
        for (title, text) in rows {
            line += put(onOneLine: [(title, Self.left + 4), (text, Self.left + 4 + label)], y: line) + 3
        }
        if let code {
            let x = Self.right - side - 4
            put(.code(code, x: x, y: y + 6, side: side))
            put(try typesetter.set(sheetWords.scan, Self.small, width: side, .center), x: x, y: y + 6 + side + 2)
        }
        put(.rule(from: Self.left, to: Self.right, y: y + height, thickness: 0.6))
        y += height + 12
    }
}

extension DunningLetter {
    /// Nil for a draft, for a creditor without an IBAN, and for what is not paid by SEPA credit transfer in euros.
    package var creditTransferCode: CreditTransferCode? {
        guard let iban = creditor.iban, let creditorReference else { return nil }
        return CreditTransferCode(
            payee: creditor.name, iban: iban, bic: creditor.bic,
            amount: Money(minor: notice.totalMinor, currency: notice.currency), reference: creditorReference)
    }
}
