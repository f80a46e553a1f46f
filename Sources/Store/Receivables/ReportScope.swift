package import Domain
package import Foundation

/// What a report is about, and when.
package struct ReportScope: Sendable {
    /// Of one finance team, or of one customer, only.
    package var team, customer: Int?
    /// As of this day: all that is effective by then, recorded late or not.
    package var day: CalendarDate
    /// Only what was recorded by then; nil is all.
    package var known: Date?

    package init(team: Int? = nil, customer: Int? = nil, day: CalendarDate, known: Date? = nil) {
        (self.team, self.customer, self.day, self.known) = (team, customer, day, known)
    }

    package func on(_ day: CalendarDate) -> ReportScope {
        ReportScope(team: team, customer: customer, day: day, known: known)
    }
}

/// What a report has a line for, beside each currency.
package enum ReportGrouping: String, Sendable, CaseIterable { case currency, customer, team, creditor }

/// Whose line it is; all nil where a report is not grouped, the customer where nobody knows whose money it is.
package struct ReportGroup: Sendable, Hashable {
    package var customerID: Int?
    package var customer, customerName: String?
    package var creditor, team: String?

    package init(
        customerID: Int? = nil, customer: String? = nil, customerName: String? = nil, creditor: String? = nil,
        team: String? = nil
    ) {
        (self.customerID, self.customer, self.customerName) = (customerID, customer, customerName)
        (self.creditor, self.team) = (creditor, team)
    }
}
