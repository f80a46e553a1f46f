import Domain
import Foundation

extension StatusBody {
    private static let shownContracts = 8

    var text: String {
        section("Leads", counts(leads, by: \.team, "team", of: \.state))
            + section("Follow-ups that wait for an answer", counts(followUps, by: \.team, "team", of: \.kind))
            + section("Contracts whose notice deadline is near", contractLines)
            + section("Owed", debtLines) + section("Messages", line(messages, of: \.state))
            + section("Jobs", counts(jobs, by: \.kind, "kind", of: \.state))
            + section("Last runs", runLines)
    }

    private func section(_ title: String, _ lines: String) -> String {
        "\(title)\n" + (lines.isEmpty ? "none\n" : lines).split(separator: "\n").map { "  \($0)\n" }.joined() + "\n"
    }

    /// A row a team or a kind, with how many there are of what.
    private func counts(
        _ counts: [Count], by row: KeyPath<Count, String?>, _ heading: String, of name: KeyPath<Count, String?>
    ) -> String {
        guard !counts.isEmpty else { return "" }
        var table = Table((heading, .left), ("", .left))
        let rows = Dictionary(grouping: counts) { $0[keyPath: row] ?? "not routed yet" }
        for (title, counts) in rows.sorted(by: { $0.key < $1.key }) { table.add(title, line(counts, of: name)) }
        return table.description
    }

    private func line(_ counts: [Count], of name: KeyPath<Count, String?>) -> String {
        counts.map { "\($0.count) \($0[keyPath: name] ?? "")" }.joined(separator: ", ")
    }

    private var contractLines: String {
        guard !contracts.isEmpty else { return "" }
        var table = Table(("until", .left), ("contract", .left), ("ends", .left), ("team", .left), ("customer", .left))
        for contract in contracts.prefix(Self.shownContracts) {
            table.add(
                contract.noticeDeadline.description, contract.number, contract.endsOn.description, contract.team,
                contract.customer)
        }
        let more = contracts.count - Self.shownContracts
        return table.description + (more > 0 ? "and \(more) more: ltc contract list\n" : "")
    }

    private var debtLines: String {
        guard !debts.isEmpty else { return "" }
        var table = Table(("currency", .left), ("open", .right), ("overdue", .right), ("invoices", .right))
        for debt in debts {
            table.add(debt.open.currency.code, debt.open.amount, debt.overdue.amount, "\(debt.items)")
        }
        return table.description
    }

    private var runLines: String {
        guard !runs.isEmpty else { return "" }
        var table = Table(("automation", .left), ("team", .left), ("as of", .left), ("", .left))
        for run in runs {
            table.add(
                run.automation, run.team ?? "all", run.asOf.ISO8601Format(),
                [run.state, run.reason].compactMap { $0 }.joined(separator: ": "))
        }
        return table.description
    }
}
