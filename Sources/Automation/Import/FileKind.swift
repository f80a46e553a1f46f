import Domain
import Foundation
import Postgres
import Store

/// What a kind of file is: its columns, how a row is read, and what becomes of the rows in the database.
protocol FileKind {
    associatedtype Staged: CopyRow

    /// Takes its columns from the header.
    init(_ header: inout Header)
    /// The row as it goes into the staging table.
    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> Staged
    static func makeStaging(in db: isolated Connection) throws
    /// Resolves what the staged rows refer to, rejects what cannot be taken, writes the rest, and drops the staging table.
    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied
}

/// What all rows of an import have in common.
struct ImportContext: Sendable {
    let source: String
    /// The file's name without its folder, for the events.
    let file: String
    /// When the import takes place, for what the file gives no time.
    let asOf: Date
    /// The file is a complete list of another ledger's open items.
    var openItems: OpenItemsList?

    /// The day on which it takes place where it is latest on Earth (UTC+14).
    var lastDay: CalendarDate { CalendarDate(utc: asOf.addingTimeInterval(14 * 3600)) }
}

extension ImportKind {
    var type: any FileKind.Type {
        switch self {
        case .teams: TeamFile.self
        case .members: MemberFile.self
        case .customers: CustomerFile.self
        case .leads: LeadFile.self
        case .opportunities: OpportunityFile.self
        case .contracts: ContractFile.self
        case .invoices: InvoiceFile.self
        case .receipts: ReceiptFile.self
        case .activities: ActivityFile.self
        case .rates: RateFile.self
        }
    }
}
