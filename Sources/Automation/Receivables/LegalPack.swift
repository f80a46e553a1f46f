import Delivery
import Domain
import Foundation
package import Postgres
package import Store

/// What a lawyer needs to go on with a claim: the letters so far, the invoices, the interest with its rule, what happened and
/// what moved the account. It is made when it is first wanted and kept, so that it is the same bytes whenever it is asked for.
package enum LegalPack {
    /// - Returns: the kept files of a notice's pack, the index first.
    /// - Throws: a `Problem` when the notice does not go to a lawyer; `LetterMistake` for a letter that cannot be printed.
    @discardableResult
    package static func keep(of notice: Int, in db: isolated Connection) throws -> [LegalSQL.KeptPack.Row] {
        let kept = try db.run(LegalSQL.KeptPack(notice: notice))
        guard kept.isEmpty else { return kept }
        let claim = try db.one(LegalSQL.Claim(notice: notice))
        guard claim.channel == DunningChannel.legal.rawValue, let number = claim.number else {
            throw Problem(
                .refused, "not_legal",
                claim.number == nil
                    ? "notice \(notice) is \(claim.state) and goes nowhere yet"
                    : "notice \(notice) goes by \(claim.channel), not to a lawyer",
                advice: "ltc dunning list; a level's channels name 'legal'")
        }
        let folder = try folder(of: claim, number, in: db)
        let place = "legal/\(Self.plain(claim.customerNumber))/"
        try db.execute(
            LegalSQL.KeepPack(
                notice: notice, names: folder.files.map { place + "\(number)/\($0.name)" },
                mediaTypes: folder.files.map(\.mediaType), contents: folder.files.map(\.bytes)))
        return try db.run(LegalSQL.KeptPack(notice: notice))
    }

    /// With the message that asks somebody in the house to hand the claim over.
    static func attach(
        to message: QueuedMessage, in db: isolated Connection
    ) throws {
        try keep(of: message.subjectId, in: db)
        try db.execute(LegalSQL.AttachPack(message: message.id, notice: message.subjectId))
    }

    private static func folder(
        of claim: LegalSQL.Claim.Row, _ number: String, in db: isolated Connection
    ) throws -> LegalFolder {
        let currency = try Currency(stored: claim.currency)
        var folder = LegalFolder(in: currency)
        for letter in try db.run(LegalSQL.LettersBefore(notice: claim.id)) {
            let kept = try LetterPress.letter(of: letter.id, in: db)
            folder.add(letter: kept.name, try db.one(LettersSQL.Content(artefact: kept.id)).content)
        }
        folder.add(
            try db.run(LegalSQL.ClaimedInvoices(notice: claim.id)).map {
                .init(
                    number: $0.number, contract: $0.contract, issuedOn: $0.issuedOn, dueOn: $0.dueOn,
                    amountMinor: $0.amountMinor, openMinor: $0.openMinor, daysOverdue: $0.daysOverdue, level: $0.level,
                    interestMinor: $0.interestMinor, compensationMinor: $0.compensationMinor,
                    interest: try InterestComputation(stored: $0.computation))
            }, feeMinor: claim.feeMinor, chargesMinor: claim.chargesMinor, creditMinor: claim.creditMinor)
        folder.add(
            try db.run(LegalSQL.AccountLog(notice: claim.id)).map {
                .init(
                    at: $0.at, about: $0.about, what: $0.what, from: $0.fromState, to: $0.toState, actor: $0.actor,
                    reason: $0.reason, detail: $0.detail)
            })
        let movements = LegalSQL.Movements(
            creditor: claim.creditor, customer: claim.customer, currency: claim.currency)
        folder.add(
            try db.run(movements).map {
                .init(day: $0.day, what: $0.what, document: $0.document, minor: $0.amountMinor)
            })
        func money(_ minor: Int) -> String { Money(minor: minor, currency: currency).description }
        folder.close([
            ("notice", number), ("of", "\(claim.runDate)"), ("pay_by", "\(claim.payBy)"), ("level", "\(claim.level)"),
            ("creditor", claim.creditorName), ("creditor_address", claim.creditorAddress ?? ""),
            ("creditor_tax_id", claim.creditorTaxId ?? ""),
            ("customer", "\(claim.customerNumber) \(claim.customerName)"),
            ("customer_address", claim.customerAddress ?? ""), ("customer_email", claim.customerEmail ?? ""),
            ("open", money(claim.openMinor)), ("charges", money(claim.chargesMinor)),
            ("interest", money(claim.interestMinor)), ("compensation", money(claim.compensationMinor)),
            ("fee", money(claim.feeMinor)),
            ("credit", money(claim.creditMinor)), ("total", money(claim.totalMinor)),
        ])
        return folder
    }

    /// A file's name without the folders of a run's package.
    package static func plainName(of name: String) -> String { String(name.split(separator: "/").last ?? "") }

    /// A customer's number as the name of a folder.
    private static func plain(_ number: String) -> String {
        let name = String(
            number.unicodeScalars.map { "/\\:*?\"<>|\0".unicodeScalars.contains($0) ? "_" : Character($0) })
        return name.hasPrefix(".") ? "_" + name.dropFirst() : name
    }
}
