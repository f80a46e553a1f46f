import Delivery
import Domain
import Foundation
import Testing

/// A letter about `count` invoices, the n-th due n days before the run.
func sampleLetter(
    _ language: String, invoices count: Int = 3, customer: String = "Müller & Söhne Maschinenbau GmbH",
    address: String? = "Industriestraße 7, 70565 Stuttgart", number: String? = "DN-2026-000007",
    currency: String = "EUR", open: (Int) -> Int = { 100_000 + $0 }, interest: Int? = 1_234,
    iban: String? = "DE89 3704 0044 0532 0130 00"
) throws -> DunningLetter {
    let day = try #require(CalendarDate("2026-03-31"))
    let items = try (1...count).map { place in
        let due = day.adding(days: -place)
        return DunningNotice.Item(
            item: OpenItem(
                id: place, number: "R-2026-\(place)", issuedOn: due.adding(days: -30), dueOn: due,
                openMinor: open(place),
                level: 1),
            daysOverdue: place, level: 2,
            interest: try interest.map { minor in
                let stored = """
                    {"from": "\(due.adding(days: 1))", "through": "\(day)", "days": \(place), "percent": "11.5",
                    "year_days": 365, "open_minor": \(open(place)), "exact": "12.3404", "minor": \(minor),
                    "source": "§ 288 Abs. 2 BGB"}
                    """
                return try JSONDecoder().decode(InterestComputation.self, from: Data(stored.utf8))
            })
    }
    return DunningLetter(
        number: number, runDate: day,
        notice: DunningNotice(
            procedure: "standard", currency: try #require(Currency(currency)), level: 2, items: items, feeMinor: 4_000,
            creditMinor: 0, payBy: day.adding(days: 7)),
        creditor: .init(
            name: "Acme Instruments GmbH", address: "Leopoldstraße 12, 80802 München", taxID: "DE123456789",
            email: "finance@acme.example", iban: iban, bic: "COBADEFFXXX", bank: "Commerzbank München"),
        debtor: .init(number: "C-1001", name: customer, address: address, language: language))
}
