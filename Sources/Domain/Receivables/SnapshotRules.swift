/// What a complete list of another ledger's open items, as of a day, changes in this one.
package enum SnapshotRules {
    /// An item that is here, beside the row of the list that speaks of it. Minor units of one currency.
    package struct Row: Sendable, Hashable {
        package var amountMinor: Int
        package var openMinor: Int
        package var dueOn: CalendarDate
        package var here: Here

        package init(amountMinor: Int, openMinor: Int, dueOn: CalendarDate, here: Here) {
            self.amountMinor = amountMinor
            self.openMinor = openMinor
            self.dueOn = dueOn
            self.here = here
        }
    }

    package struct Here: Sendable, Hashable {
        package var amountMinor: Int
        package var dueOn: CalendarDate
        /// Settled before it came here.
        package var settledMinor: Int
        /// Closed here by the day, and by now.
        package var closedMinor: Int
        package var closedByNowMinor: Int
        /// Of what is closed by now, what earlier lists closed.
        package var closedInSourceMinor: Int

        package init(
            amountMinor: Int, dueOn: CalendarDate, settledMinor: Int = 0, closedMinor: Int = 0,
            closedByNowMinor: Int? = nil, closedInSourceMinor: Int = 0
        ) {
            self.amountMinor = amountMinor
            self.dueOn = dueOn
            self.settledMinor = settledMinor
            self.closedMinor = closedMinor
            self.closedByNowMinor = closedByNowMinor ?? closedMinor
            self.closedInSourceMinor = closedInSourceMinor
        }
    }

    package struct Change: Sendable, Hashable {
        /// What the item says from the day on.
        package var amountMinor: Int
        package var dueOn: CalendarDate
        package var settledMinor: Int
        /// What the other ledger closed since; below zero opens again what an earlier list closed.
        package var closingMinor: Int
    }

    /// Nil when the list says what is here.
    ///
    /// What was paid here stays paid: when the other ledger does not know of it yet, less is open here than there.
    ///
    /// - Throws: more was paid here than the item is about there.
    package static func change(_ row: Row) throws(Reject) -> Change? {
        let here = row.here
        var change = Change(
            amountMinor: row.amountMinor, dueOn: row.dueOn, settledMinor: here.settledMinor, closingMinor: 0)
        let more = row.amountMinor - row.openMinor - here.settledMinor - here.closedMinor
        if more > 0 {
            // What was paid here after the day may be what the list speaks of.
            change.closingMinor = max(0, min(more, row.amountMinor - here.settledMinor - here.closedByNowMinor))
        } else {
            change.closingMinor = -min(-more, here.closedInSourceMinor)
            // What the other ledger does not know of yet was paid here, and not opened again there.
            let paidMinor = max(0, here.closedMinor - here.closedInSourceMinor)
            change.settledMinor -= min(max(0, -more + change.closingMinor - paidMinor), here.settledMinor)
        }
        guard change.settledMinor + here.closedByNowMinor + change.closingMinor <= row.amountMinor else {
            throw Reject(
                .contradiction, column: "amount",
                "more was paid here than the item is about there: ltc receipt release gives a payment free that is not for it"
            )
        }
        let isSame =
            change.closingMinor == 0 && change.settledMinor == here.settledMinor
            && (change.amountMinor, change.dueOn) == (here.amountMinor, here.dueOn)
        return isSame ? nil : change
    }

    /// A list that closes more than a fifth of a creditor's open items is more likely cut off than right.
    package static func closesTooMany(_ absent: Int, of open: Int) -> Bool { absent * 5 > open }
}
