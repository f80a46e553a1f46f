package import Domain

/// What a run told of renewals: `run alert-renewals` of the interface.
package struct AlertRenewalsReport: AutomationReport {
    package struct Alert: Encodable, Sendable {
        package let contract: String
        package let customer: String
        package let renewal: RenewalKind
        /// The working day by which somebody must act.
        package let noticeDeadline: CalendarDate
        package let endsOn: CalendarDate?
        package let rung: Int
        /// The code of the member who was told.
        package let recipient: String
        /// The renewal opportunity that this alert opened.
        package let opportunity: Int?
    }

    package struct Skipped: Encodable, Sendable {
        package let contract: String
        package let reason: RenewalReason
    }

    package var alerts: [Alert] = []
    package var skipped: [Skipped] = []

    package init() {}

    package mutating func add(_ other: AlertRenewalsReport) {
        alerts += other.alerts
        skipped += other.skipped
    }

    package var counts: [String: Int] {
        var counts = ["alerts": alerts.count, "opportunities": alerts.count { $0.opportunity != nil }]
        counts["skipped"] = skipped.count
        for item in skipped { counts["skipped_\(item.reason.rawValue)", default: 0] += 1 }
        return counts
    }
}
