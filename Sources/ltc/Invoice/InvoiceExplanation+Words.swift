import Automation
import Domain

extension InvoiceExplanation {
    var head: [String] {
        [
            "\(invoice)  \(creditor) → \(customer) \(customerName)" + (contract.map { ", contract \($0)" } ?? ""),
            "  issued \(issuedOn), due \(dueOn)"
                + (countsFrom.map { " (shifted off holidays to \($0))" } ?? "")
                + (daysOverdue > 0 ? ", \(daysOverdue) days overdue on \(day)" : ""),
            "  \(kind == "invoice" ? "" : "\(kind), ")\(amount), open \(open.amount)",
        ]
            + (notice.map { notice in
                ["  posted by notice \(notice)" + (chargedFor.map { ", charged for \($0)" } ?? "")]
            } ?? [])
    }

    var why: [String] {
        if kind == "credit-note" {
            return ["  a credit note is set off, or deducted from what a notice asks for"]
        }
        var lines =
            notice == nil
            ? ["  level \(level) reached" + (lastNoticeOn.map { ", last notice \($0)" } ?? "")]
            : ["  a charge has no level and bears no interest: it is asked for with the next notice"]
        if let procedure {
            lines.append(
                "  procedure \(procedure.name): grace \(procedure.graceDays) days, \(procedure.minimumInterval) days "
                    + "between notices")
            for step in procedure.levels {
                let state = step.level <= level ? "reached" : step.on <= day ? "overdue long enough" : "not yet"
                lines.append(
                    "    level \(step.level) after \(step.afterDays) days, on \(step.on): \(state)"
                        + Self.limits(of: step))
            }
        }
        lines += obstacles.map { obstacle in
            "  \(obstacle.kind)" + (obstacle.amount.map { " of \($0.amount)" } ?? "")
                + (obstacle.promisedFor.map { " for \($0), tolerated" } ?? "")
                + (obstacle.until.map { " until \($0)" } ?? "") + ": \(obstacle.state)"
        }
        if let problem = decision.problem { lines.append("  a run on \(day) stops, and nobody is dunned: \(problem)") }
        if let level = decision.level {
            lines.append("  a run on \(day) puts it on a notice at level \(level)")
            if let interest = decision.interest {
                lines += Self.lines(of: interest, amount.currency)
                if decision.interestPosted.minor > 0 {
                    lines.append(
                        "    interest posted before \(decision.interestPosted.amount), to post "
                            + decision.interestToPost.amount
                            + (decision.interestExcess.minor > 0
                                ? "; \(decision.interestExcess.amount) too much is set off against what accrues next"
                                : ""))
                }
            }
            if decision.compensation.minor > 0 { lines.append("    compensation \(decision.compensation.amount)") }
        } else if let reason = decision.reason {
            let missing = missingProcedure.map { ": '\($0)' is not described" } ?? ""
            lines.append("  a run on \(day) leaves it alone: \(reason.rawValue)\(missing)")
        }
        if decision.level == nil, decision.interestExcess.minor > 0 {
            lines.append(
                "  interest posted before \(decision.interestPosted.amount): \(decision.interestExcess.amount) more than is owed; "
                    + "ltc invoice write-off gives a charge up")
        }
        if let shortfall, decision.level == nil {
            let parts = [
                shortfall.minimum.minor > 0 ? "\(shortfall.minimum)" : nil,
                shortfall.minimumPercent > 0
                    ? "\(shortfall.minimumPercent) % of the account's \(shortfall.account)" : nil,
            ].compactMap { $0 }
            lines.append(
                "  level \(shortfall.level) needs \(parts.joined(separator: " and ")): there is \(shortfall.amount.amount)"
            )
        }
        if let waiting {
            lines.append(
                "  notice \(waiting.number ?? "\(waiting.notice)") by \(waiting.channel) is \(waiting.state)"
                    + (waiting.command.map { ": \($0)" } ?? ""))
        }
        if credit.minor > 0 { lines.append("  the customer has \(credit) that is not allocated") }
        if let next {
            lines.append(
                "  next: level \(next.level), not before \(next.on), unless it is paid"
                    + (waiting == nil ? "" : "; that notice comes first, and may change it"))
        }
        return lines
    }

    /// What the level asks for, and how its notice goes out.
    private static func limits(of level: Level) -> String {
        let parts = [
            level.minimum.map { "at least \($0)" },
            level.minimumPercent > 0 ? "at least \(level.minimumPercent) % of the account" : nil,
            level.repeatEvery.map { "repeated every \($0) days" },
            level.channels == [.mail] ? nil : "by " + level.channels.map(\.rawValue).joined(separator: ", then "),
        ].compactMap { $0 }
        return parts.isEmpty ? "" : "; " + parts.joined(separator: ", ")
    }

    var history: [String] {
        payments.map(words) + writeOffs.map(words) + drafts.map(words) + notices.flatMap(words)
            + charges.map { "  \($0.words)" }
    }

    private func words(on payment: Payment) -> String {
        let on =
            "\(payment.amount.amount) on "
            + (payment.paidOn.map { "\($0), counted from \(payment.effectiveOn)," } ?? "\(payment.effectiveOn)")
        if let counterpart = payment.counterpart {
            return "  set off \(on) against \(counterpart) (\(payment.reason))"
        }
        return payment.reference.map { "  paid \(on) by \($0) (\(payment.reason))" }
            ?? "  closed \(on) without money (\(payment.reason))"
    }

    private func words(on writeOff: WriteOff) -> String {
        "  write-off of \(writeOff.amount.amount) for \(writeOff.effectiveOn) (\(writeOff.reason)): \(writeOff.state), "
            + "proposed by \(writeOff.proposedBy)" + (writeOff.decidedBy.map { ", \(writeOff.state) by \($0)" } ?? "")
    }

    private func words(on draft: Draft) -> String {
        "  draft \(draft.reference) for \(draft.amount.amount), matures on \(draft.maturesOn): \(draft.state)"
    }

    private func words(on notice: Notice) -> [String] {
        let reason = notice.reason.map { " (\($0))" } ?? ""
        let version = notice.configurationVersion.map(String.init) ?? "none"
        let line =
            "  notice \(notice.number ?? "\(notice.notice)") of \(notice.runDate), \(notice.state)\(reason): "
            + "level \(notice.levelBefore) → \(notice.level), \(notice.daysOverdue) days overdue, "
            + "open \(notice.open.amount); run \(notice.run), configuration \(version)"
        guard let interest = notice.interest else { return [line] }
        let asked =
            interestAsked(notice, interest)
            + (notice.compensation.minor > 0 ? ["    compensation \(notice.compensation.amount)"] : [])
        return [line] + Self.lines(of: interest, amount.currency) + asked
    }

    /// Where earlier notices charged a part of the interest.
    private func interestAsked(_ notice: Notice, _ interest: InterestComputation) -> [String] {
        interest.minor == notice.interestAsked.minor ? [] : ["    interest asked for \(notice.interestAsked.amount)"]
    }

    /// A line for each segment, and one for their sum when there are several.
    private static func lines(of interest: InterestComputation, _ currency: Currency) -> [String] {
        let rounded = ", rounded \(Money(minor: interest.minor, currency: currency).amount)"
        let source = interest.source.isEmpty ? "" : "; \(interest.source)"
        let isOne = interest.segments.count == 1
        let lines = interest.segments.map { segment in
            "    interest " + interest.arithmetic(of: segment, in: currency) + (isOne ? rounded : "")
                + " (\(segment.from) to \(segment.through)" + (segment.rate.origin().map { "; \($0)" } ?? "")
                + (isOne ? "\(source))" : ")")
        }
        return isOne ? lines : lines + ["    interest sum \(interest.exact)\(rounded)\(source)"]
    }
}
