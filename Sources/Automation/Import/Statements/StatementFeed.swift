import Delivery
import Domain
import Foundation
import Store

/// The movements of a bank's file as they go into the staging table, read as the database takes them.
///
/// A COPY takes a sequence, and a sequence cannot throw: what stops it is kept in `failure`.
final class StatementFeed: Sequence, IteratorProtocol {
    /// A statement is a row or two in memory; a file of so many is not what it is taken for.
    private static let maximumStatements = 100_000

    private let reader: CamtReader
    private let file: String
    private let lastDay: CalendarDate
    private let progress: () -> Void
    private var pending: [BankStatementsSQL.CopyEntry] = []
    private var position = 0
    private var items = 0

    private(set) var statements: [BankStatement] = []
    /// Statements that lack what every statement has.
    private(set) var unreadable: [ImportReport.Statement] = []
    /// Places of statements in the file of which something could not be read.
    private(set) var incomplete: Set<Int> = []
    private(set) var rejects: [RejectedLine] = []
    private(set) var left: [String: Int] = [:]
    private(set) var movements: [Int: Int] = [:]
    private(set) var failure: (any Error)?

    /// - Parameter lastDay: booked money is in; a later day than this is a mistake.
    init(_ reader: CamtReader, file: String, lastDay: CalendarDate, progress: @escaping () -> Void) {
        self.reader = reader
        self.file = file
        self.lastDay = lastDay
        self.progress = progress
    }

    func next() -> BankStatementsSQL.CopyEntry? {
        do {
            while position == pending.count {
                pending.removeAll(keepingCapacity: true)
                position = 0
                guard let item = try reader.next() else { return nil }
                try take(item)
            }
        } catch {
            failure = error
            return nil
        }
        position += 1
        return pending[position - 1]
    }

    private func take(_ item: CamtReader.Item) throws {
        items += 1
        if items % 1024 == 0 {
            try Task.checkCancellation()
            progress()
        }
        switch item {
        case .entry(let entry):
            guard entry.status == .booked else {
                left[entry.status.rawValue, default: 0] += 1
                return
            }
            if let day = entry.bookedOn, day > lastDay {
                try add(
                    RejectedLine(
                        line: entry.line,
                        Reject(.outOfRange, column: "booked_on", value: day.description, "booked in the future")))
                incomplete.insert(entry.statement)
            }
            for payment in entry.payments { try add(payment, of: entry) }
        case .rejected(let reject, let statement):
            try add(reject)
            incomplete.insert(statement)
        case .statement(.success(let statement), _, _, _):
            statements.append(statement)
            guard statements.count <= Self.maximumStatements else {
                throw Problem(
                    .inputRefused, "too_many_statements", "more than \(Self.maximumStatements) statements", place: file)
            }
        case .statement(.failure(let reject), let ordinal, let id, let account):
            try add(reject)
            unreadable.append(
                .init(line: reject.line, id: id ?? "", account: account ?? "", entries: 0, state: .refused))
            incomplete.insert(ordinal)
        }
    }

    private func add(_ reject: RejectedLine) throws {
        rejects.append(reject)
        guard rejects.count <= ImportReport.maximumRejects else { throw ImportReport.tooManyRejects(file: file) }
    }

    private func add(_ payment: BankPayment, of entry: BankEntry) throws {
        guard let bookedOn = entry.bookedOn else {
            throw Problem(.defect, "no_booking_date", "a booked entry without its day", place: "\(file):\(entry.line)")
        }
        let about = payment.about
        movements[entry.statement, default: 0] += 1
        pending.append(
            BankStatementsSQL.CopyEntry(
                statement: entry.statement, ordinal: entry.ordinal, detail: payment.detail, line: entry.line,
                kind: payment.kind.rawValue, bookedOn: bookedOn, valueOn: entry.valueOn, amountMinor: payment.minor,
                chargesMinor: payment.chargesMinor, key: entry.key(of: payment), reference: entry.reference,
                serviceReference: BankEntry.usable(about.serviceReference) ?? BankEntry.usable(entry.serviceReference),
                endToEnd: BankEntry.usable(about.endToEnd), transactionId: BankEntry.usable(about.transactionID),
                structuredReference: about.structuredReference,
                remittance: about.remittance.isEmpty ? nil : about.remittance, debtorName: about.debtorName,
                debtorAccount: about.debtorAccount, doubt: payment.doubt?.rawValue,
                remitted: about.remitted.isEmpty
                    ? nil : String(decoding: try JSONEncoder().encode(about.remitted), as: UTF8.self)))
    }
}
