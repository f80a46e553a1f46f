import Delivery
import Domain
import Foundation
import Postgres
import Store

/// Brings a bank's file of statements (camt.053) into the database, in the caller's transaction. Each statement by
/// itself is taken, is here already, or is refused as a whole.
struct StatementImport {
    let path: String
    /// Whose statements these are, when it is not the creditor that has the account's IBAN.
    let creditor: String?
    let asOf: Date
    let progress: () -> Void

    /// Recognised by its content: it begins with a tag.
    static func isMeant(by file: InputFile) throws -> Bool {
        var head: [UInt8] = []
        _ = try file.read(into: &head)
        file.rewind()
        // A byte order mark; and in UTF-16, each second byte of a tag is empty.
        let first = head.prefix(256).first { ![0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "<")
    }

    func apply(_ file: InputFile, in db: isolated Connection) throws -> ImportReport {
        var report = ImportReport(file: path)
        report.isBankFile = true
        let name = URL(filePath: path).lastPathComponent
        // Banks book a weekend or holidays ahead.
        let lastDay = CalendarDate(utc: asOf).adding(days: 7)
        let feed = StatementFeed(
            CamtReader(file: path) { try file.read(into: &$0) }, file: path, lastDay: lastDay, progress: progress)
        try db.execute(BankStatementsSQL.CreateStaging())
        try db.copy(feed)
        if let failure = feed.failure { throw failure }
        _ = try db.one(BankStatementsSQL.TakeTurn())
        report.left = feed.left
        var rejects = feed.rejects
        var ids: [Int: Int] = [:]
        var places: [Int: Int] = [:]
        for statement in feed.statements {
            let (outcome, id, reject) = try take(
                statement, isComplete: !feed.incomplete.contains(statement.ordinal), file: name, in: db)
            ids[statement.ordinal] = id
            places[statement.ordinal] = report.statements.count
            report.statements.append(outcome)
            if let reject { rejects.append(RejectedLine(line: statement.line, reject)) }
        }
        report.statements += feed.unreadable
        let counts = try keep(ids, file: name, in: db)
        for row in counts {
            guard let place = places[row.statement] else { continue }
            report.statements[place].fresh = row.entries
            report.statements[place].receipts = row.receipts
        }
        report.waiting = try settle(Array(ids.values), in: db)
        let fresh = counts.reduce(0) { $0 + $1.entries }
        let rows = feed.movements.values.reduce(0, +)
        let good = Set(zip(feed.statements, report.statements).filter { $1.state != .refused }.map(\.0.ordinal))
        let refused = feed.movements.filter { !good.contains($0.key) }.values.reduce(0, +)
        report.add(
            .init(kind: .receipts, rows: rows, taken: fresh, unchanged: rows - refused - fresh, rejected: refused),
            rejects)
        return report
    }

    private func take(
        _ statement: BankStatement, isComplete: Bool, file: String, in db: isolated Connection
    ) throws -> (ImportReport.Statement, id: Int?, Reject?) {
        let known = try db.first(
            BankStatementsSQL.WhatIsKnown(account: statement.account, statement: statement.id, creditor: creditor))
        var outcome = ImportReport.Statement(
            line: statement.line, id: statement.id, account: statement.account,
            opening: Money(minor: statement.openingMinor, currency: statement.currency),
            closing: Money(minor: statement.closingMinor, currency: statement.currency), entries: statement.entries,
            state: .taken)
        let verdict = StatementRules.judge(
            statement, isComplete: isComplete, knownContent: known?.contentKey, isOurs: known?.creditor != nil)
        switch verdict {
        case .alreadyImported:
            outcome.state = .alreadyImported
            return (outcome, nil, nil)
        case .refuse(let reject):
            outcome.state = .refused
            return (outcome, nil, reject)
        case .take:
            guard let creditor = known?.creditor, let team = known?.team else { return (outcome, nil, nil) }
            let id = try db.one(
                BankStatementsSQL.InsertStatement(
                    creditor: creditor, team: team, account: statement.account, statement: statement.id,
                    sequence: statement.sequence,
                    createdAt: statement.createdAt.flatMap { InstantText.read($0, in: .gmt) },
                    currency: statement.currency.code, openingMinor: statement.openingMinor,
                    openingOn: statement.openingOn, closingMinor: statement.closingMinor,
                    closingOn: statement.closingOn, entries: statement.entries, contentKey: statement.contentKey,
                    file: file)
            ).id
            return (outcome, id, nil)
        }
    }

    /// Stores what no statement had before.
    private func keep(
        _ ids: [Int: Int], file: String, in db: isolated Connection
    ) throws -> [BankStatementsSQL.CountFresh.Row] {
        try db.execute(BankStatementsSQL.CreateFresh())
        let accepted = ids.sorted { $0.key < $1.key }
        try db.execute(BankStatementsSQL.FindFresh(ordinals: accepted.map(\.key), statements: accepted.map(\.value)))
        try db.execute(
            BankStatementsSQL.InsertRepeats(ordinals: accepted.map(\.key), statements: accepted.map(\.value)))
        try db.execute(BankStatementsSQL.RecogniseByReference())
        try db.execute(BankStatementsSQL.RecogniseByContent())
        try db.execute(BankStatementsSQL.InsertReceipts(file: file))
        try db.execute(BankStatementsSQL.InsertEntries())
        return try db.run(BankStatementsSQL.CountFresh())
    }

    /// Allocates the new receipts and takes back what was returned, one day after the other.
    private func settle(_ statements: [Int], in db: isolated Connection) throws -> [String: Int] {
        try AllocateReceipts.begin(in: db)
        try db.execute(BankStatementsSQL.AddFreshReceipts())
        try db.execute(BankStatementsSQL.DropStaging())
        let days = try db.run(BankStatementsSQL.DaysOfReversals(statements: statements)).map(\.day)
        let outcome = try AllocateReceipts.allocateIncoming(alsoOn: days, at: asOf, in: db) { day, ofBefore in
            guard let first = days.first, first <= day else { return [] }
            return try ReverseReceipts.match(
                statements, through: day, before: ofBefore ? day : nil, at: asOf, in: db
            ).reversed
        }
        var waiting = Dictionary(uniqueKeysWithValues: outcome.waiting.map { ($0.key.rawValue, $0.value) })
        guard !days.isEmpty else { return waiting }
        for (reason, count) in try ReverseReceipts.match(statements, at: asOf, in: db).waiting {
            waiting[reason.rawValue] = count
        }
        return waiting
    }
}
