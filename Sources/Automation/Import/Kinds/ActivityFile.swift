import Domain
import Foundation
import Postgres
import Store

/// A file of what people did: calls, mails, meetings.
struct ActivityFile: FileKind {
    private enum Subject: String, CaseIterable { case lead, opportunity, contract, customer }
    private enum Deed: String, CaseIterable { case call, email, meeting, visit, note }

    private let externalID, subjectKind, subject, member, kind, happenedAt, note: Field

    init(_ header: inout Header) {
        externalID = header.field("external_id", isRequired: true)
        subjectKind = header.field("subject_kind", isRequired: true)
        subject = header.field("subject", isRequired: true)
        kind = header.field("kind", isRequired: true)
        happenedAt = header.field("happened_at", isRequired: true)
        member = header.field("member")
        note = header.field("note")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportActivitiesSQL.CopyStaged {
        ImportActivitiesSQL.CopyStaged(
            line: row.line, externalId: try externalID.need(try externalID.text(row)),
            subjectKind: try subjectKind.need(try subjectKind.choice(row, of: Subject.self)).rawValue,
            subject: try subject.need(try subject.text(row)), member: try member.text(row),
            kind: try kind.need(try kind.choice(row, of: Deed.self)).rawValue,
            happenedAt: try happenedAt.need(try happenedAt.instant(row)), note: try note.text(row) ?? "")
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportActivitiesSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        try StagedActivities.apply(source: context.source, in: db)
    }
}
