extension PaymentMatching {
    /// What to look invoices and notices up by: letters and digits alone, in capitals.
    ///
    /// - Returns: of the reference, and of the words of the payer's text.
    package static func keys(of payment: IncomingPayment) -> (reference: [String], words: [String]) {
        let text = PaymentText(payment.remittance)
        var references: [String] = []
        if let reference = payment.structuredReference {
            references.append(CreditorReference(reference).map { String($0.body) } ?? PaymentText.plain(reference))
        }
        // A reference that stands among the words is one just as well.
        references += text.references.map { String($0.body) }
        // Banks fill numbers with zeros from the left (the Finnish viitenumero), also in front of an RF reference's body.
        references += references.compactMap { reference in
            reference.hasPrefix("0") ? String(reference.drop { $0 == "0" }) : nil
        }
        return (references.filter { !$0.isEmpty }.withoutRepetition, text.keys)
    }
}
