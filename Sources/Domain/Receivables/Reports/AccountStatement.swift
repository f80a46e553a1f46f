/// What moved a customer's account with one creditor in one currency within some days.
package struct AccountStatement: Sendable, Hashable {
    package struct Movement: Sendable, Hashable {
        package var day: CalendarDate
        /// `invoice`, `credit_note`, `receipt`, `write_off` and so on: a stable code.
        package var kind: String
        package var reference: String
        /// Of an invoice.
        package var dueOn: CalendarDate?
        /// Above zero when more is owed.
        package var minor: Int

        package init(day: CalendarDate, kind: String, reference: String, dueOn: CalendarDate? = nil, minor: Int) {
            self.day = day
            self.kind = kind
            self.reference = reference
            self.dueOn = dueOn
            self.minor = minor
        }
    }

    package var currency: Currency
    package var from, until: CalendarDate
    package var openingMinor: Int
    package private(set) var movements: [Movement] = []
    package private(set) var closingMinor: Int

    package init(currency: Currency, from: CalendarDate, until: CalendarDate, openingMinor: Int) {
        self.currency = currency
        self.from = from
        self.until = until
        self.openingMinor = openingMinor
        closingMinor = openingMinor
    }

    package mutating func add(_ movement: Movement) {
        movements.append(movement)
        closingMinor += movement.minor
    }

    /// The balance after each movement.
    package var balances: [Int] {
        var balance = openingMinor
        return movements.map { movement in
            balance += movement.minor
            return balance
        }
    }
}
