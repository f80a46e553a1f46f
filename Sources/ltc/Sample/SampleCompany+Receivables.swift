import Domain

extension SampleCompany {
    /// To whom a market's customers owe: the creditor of its country, or the first.
    private func creditor(of market: SampleMarket) -> String {
        (company.creditors.first { market.countries.contains($0.country ?? "") } ?? company.creditors[0]).code
    }

    mutating func makeInvoices() {
        var rows = [SampleStory.invoice(creditor: creditor(of: .china), on: on)]
        for index in 1..<sizes.invoices { rows.append(invoice(index)) }
        write(
            "invoices.csv",
            [
                "number", "customer", "creditor", "contract", "issued_on", "due_on", "amount", "currency", "kind",
                "open_amount", "dunning_level", "last_notice_on",
            ], rows)
    }

    private mutating func invoice(_ index: Int) -> [String] {
        let contract = random.happens(40) ? contracts[random.number(1...contracts.count - 1)] : nil
        let customer = contract?.customer ?? random.number(1...customers.count - 1)
        let market = customers[customer].market
        let number = "R-\(20_000 + index)"
        // Cents too, so that totals are not round.
        let amount = Money(
            minor: amount(4...400, in: market).minor + random.number(0...99), currency: Currency(market.currency)!)
        let terms = random.pick([14, 30, 30, 60])
        let isCreditNote = random.happens(2)
        let isPaid = !isCreditNote && random.happens(72)
        // What is paid was due in the last year; of what is open, half is not due yet, the rest thins out with age.
        let overdue =
            isPaid
            ? random.number(-10...350)
            : random.happens(50) ? -random.number(0...terms) : min(random.number(1...150), random.number(1...150))
        var open = isPaid ? Money(minor: 0, currency: amount.currency) : amount
        if !isPaid, random.happens(8) { open.minor = amount.minor / 100 * random.number(10...90) + 1 }
        let isDunned = open.minor > 0 && !isCreditNote && overdue > 12 && random.happens(70)
        let level = isDunned ? random.number(1...(overdue > 60 ? 3 : overdue > 30 ? 2 : 1)) : 0
        if open.minor > 0, !isCreditNote { payable.append((number, customer, open)) }
        return [
            number, customers[customer].number, creditor(of: market), contract?.number ?? "", day(-overdue - terms),
            day(-overdue), amount.amount, amount.currency.code, isCreditNote ? "credit-note" : "invoice", open.amount,
            level > 0 ? "\(level)" : "", level > 0 ? day(-random.number(1...(overdue - 5))) : "",
        ]
    }

    /// Money of the last days: most names its invoice and pays it, some pays a part, some says nothing.
    mutating func makeReceipts() {
        var rows: [[String]] = []
        for (index, paid) in payable.shuffled(using: &random).prefix(sizes.receipts).enumerated() {
            let customer = customers[paid.customer]
            var amount = paid.open
            if random.happens(15), amount.minor > 2 { amount.minor = amount.minor / 2 }
            let isSilent = random.happens(10)
            rows.append([
                "B-\(20_000 + index)", day(-random.number(0...4)), amount.amount, amount.currency.code,
                creditor(of: customer.market), customer.number, isSilent ? "" : "\(paid.number) \(customer.name)",
            ])
        }
        write(
            "receipts.csv",
            ["reference", "booked_on", "amount", "currency", "creditor", "customer", "remittance"], rows)
    }
}
