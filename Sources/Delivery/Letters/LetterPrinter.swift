import Domain

/// Prints dunning letters as PDF: A4 for an envelope with a window (DIN 5008, form B), fonts embedded.
///
/// One printer prints any number of letters, one after another; the same letter is the same bytes every time.
package final class LetterPrinter {
    private let typesetter = Typesetter()

    package init() {}

    /// - Throws: `LetterMistake` for a text that cannot be printed; `PDFError`.
    package func print(_ letter: DunningLetter) throws -> [UInt8] { try render([letter]) }

    package func print(_ letter: ReconciliationLetter) throws -> [UInt8] { try render([letter]) }

    /// A customer's accounts one after another, each on pages of its own.
    package func print(_ statements: [StatementLetter]) throws -> [UInt8] { try render(statements) }

    private func render(_ letters: [some PrintedLetter]) throws -> [UInt8] {
        guard let first = letters.first else { preconditionFailure("nothing to print") }
        var pages: [[Mark]] = []
        for letter in letters {
            typesetter.speak(letter.debtor.language)
            do {
                var sheets = LetterSheets(letter, typesetter)
                pages += try sheets.fill()
            } catch let error as UnprintableText {
                throw LetterMistake.unprintable(error)
            }
        }
        let pdf = PDFDocument(
            title: first.subject, author: first.creditor.name, created: "\(first.date)T00:00:00Z")
        for page in pages {
            for mark in page { pdf.draw(mark) }
            pdf.endPage()
        }
        return try pdf.finish()
    }
}

/// Why a letter cannot be printed.
package enum LetterMistake: Error, Sendable, Hashable, CustomStringConvertible {
    case unprintable(UnprintableText)
    /// More lines than the envelope's window shows.
    case addressTooLong(String)

    /// A stable code.
    package var reason: String {
        switch self {
        case .unprintable: "unprintable_text"
        case .addressTooLong: "address_too_long"
        }
    }

    package var description: String {
        switch self {
        case .unprintable(let text): text.description
        case .addressTooLong(let address):
            "the address '\(HeaderText.printable(address))' does not fit the window of an envelope: shorten it"
        }
    }
}
