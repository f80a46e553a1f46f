import Delivery
import Domain
import Foundation
import Postgres
import Store

/// A file of customers.
struct CustomerFile: FileKind {
    private let number, name, team, language, email, phone, address, country, group, terms, procedure: Field

    init(_ header: inout Header) {
        number = header.field("number", isRequired: true)
        name = header.field("name", isRequired: true)
        team = header.field("team")
        language = header.field("language")
        email = header.field("email")
        phone = header.field("phone")
        address = header.field("address")
        country = header.field("country")
        group = header.field("group")
        terms = header.field("payment_terms_days")
        procedure = header.field("procedure")
    }

    func staged(_ row: Row, _ context: ImportContext) throws(Reject) -> ImportCustomersSQL.CopyStaged {
        let name = try name.need(try name.text(row))
        let email = try email.text(row)
        if let email, (try? MailAddress(email)) == nil {
            throw self.email.reject(
                .invalidEmail, email,
                "not an e-mail address such as ann@example.com, in ASCII letters (other domains have a form with xn--)"
            )
        }
        return ImportCustomersSQL.CopyStaged(
            line: row.line, number: try number.need(try number.text(row)), name: name, foldedName: Folding.name(name),
            team: try team.text(row), language: try language.text(row), email: email, phone: try phone.text(row),
            address: try address.text(row), country: try country.country(row), groupCode: try group.text(row),
            paymentTermsDays: try terms.integer(row, in: 0...3650), procedure: try procedure.text(row))
    }

    static func makeStaging(in db: isolated Connection) throws {
        try db.execute(ImportCustomersSQL.CreateStaging())
    }

    static func apply(_ context: ImportContext, in db: isolated Connection) throws -> Applied {
        try StagedCustomers.apply(source: context.source, in: db)
    }
}
