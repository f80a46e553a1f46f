package import Foundation

/// A lead as it comes in, from a file, a person or another program.
package struct NewLead: Sendable, Hashable {
    package var externalID: String?
    package var company: String
    package var contact: String?
    package var email: String?
    package var phone: String?
    /// Where it came from: `fair`, `web`, `referral`.
    package var channel: String?
    package var region: String?
    package var segment: String?
    package var product: String?
    package var budget: Money?
    package var notes: String?
    package var doNotContact = false
    /// The clock of the first response starts here.
    package var createdAt: Date

    package init(company: String, createdAt: Date) {
        self.company = company
        self.createdAt = createdAt
    }

    /// The identity that belongs to one live lead; nil when there is no address.
    /// - Throws: `Reject` when what stands there is no address.
    package func emailKey() throws(Reject) -> String? {
        guard let email else { return nil }
        guard let key = Folding.email(email) else {
            throw Reject(.invalidEmail, column: "email", value: email, "not an e-mail address such as ann@example.com")
        }
        return key
    }

    /// An identity that several leads may share: a switchboard has one number.
    package var phoneKey: String? { phone.flatMap(Folding.phone) }

    /// The key of a lead that brings none of its own.
    /// - Parameter createdAt: as the lead's origin says it; nil when it does not
    package func contentKey(createdAt: Date?) -> String {
        var key = ContentKey()
        for value in [company, contact, email, phone, channel, region, segment, product, budget?.description, notes] {
            key.add(value)
        }
        key.add(createdAt.map { String($0.timeIntervalSince1970) })
        return key.text
    }
}
