/// Why a row of a file is not taken.
package struct Reject: Error, Hashable, Sendable {
    package enum Reason: String, Sendable, CaseIterable, Codable {
        case malformedCSV = "malformed_csv"
        case wrongColumnCount = "wrong_column_count"
        case wrongEncoding = "wrong_encoding"
        case controlCharacter = "control_character"
        case missingValue = "missing_value"
        case invalidDate = "invalid_date"
        case invalidNumber = "invalid_number"
        case tooManyDigits = "too_many_digits"
        case outOfRange = "out_of_range"
        case unknownCurrency = "unknown_currency"
        case unknownValue = "unknown_value"
        case invalidEmail = "invalid_email"
        case invalidZone = "invalid_zone"
        case contradiction = "contradiction"
        case duplicateExternalID = "duplicate_external_id"
        case duplicateIdentity = "duplicate_identity"
        case alreadyDiffers = "already_differs"
        case unknownTeam = "unknown_team"
        /// Another team than the one that collects for the creditor.
        case otherTeam = "other_team"
        case unknownMember = "unknown_member"
        case unknownCustomer = "unknown_customer"
        case unknownCreditor = "unknown_creditor"
        case unknownContract = "unknown_contract"
        case unknownInvoice = "unknown_invoice"
        case unknownSubject = "unknown_subject"
        case unknownAccount = "unknown_account"
        /// A bank's statement whose entries do not lead from its opening to its closing balance.
        case unbalanced
        /// Of a bank's statement, nothing is taken when not all of it can be.
        case incompleteStatement = "incomplete_statement"
    }

    package var reason: Reason
    /// The column's name in this program; nil when the row as a whole is at fault.
    package var column: String?
    /// As it stands in the file.
    package var value: String?
    /// For people: what is wrong, and what would be right.
    package var text: String

    package init(_ reason: Reason, column: String?, value: String? = nil, _ text: String) {
        self.reason = reason
        self.column = column
        self.value = value
        self.text = text
    }
}

/// A reject with the line on which its row begins.
package struct RejectedLine: Error, Hashable, Sendable {
    package var line: Int
    package var reject: Reject

    package init(line: Int, _ reject: Reject) {
        self.line = line
        self.reject = reject
    }
}
