import Domain

/// An amount as it stands in a file, until the account's currency says how many digits it may have.
struct CamtAmount {
    var text: String
    var currency: String
    var line: Int

    init(_ token: XMLStream.Token) {
        (text, currency, line) = (token.text, token.currency, token.line)
    }

    /// Nil in another currency.
    func minor(ifIn account: Currency) throws(RejectedLine) -> Int? {
        currency == account.code ? try minor(in: account) : nil
    }

    func minor(in account: Currency) throws(RejectedLine) -> Int {
        guard currency == account.code else {
            throw rejected(.unknownCurrency, currency, "the account is kept in \(account)")
        }
        let money: Money
        do throws(Money.Mistake) {
            money = try Money(decimal, currency: account)
        } catch {
            switch error {
            case .notANumber: throw rejected(.invalidNumber, text, "not a decimal with a point such as 1234.50")
            case .tooManyDigits:
                throw rejected(.tooManyDigits, text, "\(account) has \(account.minorDigits) digits after the point")
            case .outOfRange: throw rejected(.outOfRange, text, "too large")
            }
        }
        // ISO 20022: at most 18 digits, and the sign stands beside it.
        guard (0...Self.maximumMinor).contains(money.minor) else {
            throw rejected(.outOfRange, text, "an amount has at most 18 digits and no sign")
        }
        return money.minor
    }

    /// As a decimal of XML Schema may also be written: `+119.00`, `119.`, `.50`.
    private var decimal: String {
        var decimal = text.hasPrefix("+") ? String(text.dropFirst()) : text
        if decimal.hasPrefix("."), decimal.count > 1 { decimal = "0" + decimal }
        if decimal.hasSuffix("."), decimal.count > 1 { decimal.removeLast() }
        return decimal
    }

    static let maximumMinor = 999_999_999_999_999_999

    func rejected(_ reason: Reject.Reason, _ value: String, _ text: String) -> RejectedLine {
        RejectedLine(line: line, Reject(reason, column: "amount", value: value, text))
    }
}
