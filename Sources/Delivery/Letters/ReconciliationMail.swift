package import Domain

/// What the mail says that brings a letter of reconciliation, in the customer's language and in English.
package struct ReconciliationMail: Sendable {
    private let number, creditor: String
    private let day: CalendarDate
    private let words: [AccountPhrases]

    package init(number: String, creditor: String, day: CalendarDate, language: String) {
        (self.number, self.creditor, self.day) = (number, creditor, day)
        words = AccountPhrases.of(language)
    }

    /// As the letter's.
    package var subject: String { "\(words.line(\.reconciliation)) \(number) · \(creditor)" }

    package var text: String {
        words.map { "\($0.greeting)\n\n\($0.mail("\(day)", "\(number).pdf"))\n" }.joined(separator: "\n")
            + "\n\(creditor)\n"
    }
}
