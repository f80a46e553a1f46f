package import Domain

/// Reads a camt.053 message (ISO 20022), versions 02 to 08, entry by entry, in memory that does not grow with it.
///
/// What cannot be read of an entry is a reject with its line, and its statement is marked as incomplete.
package final class CamtReader {
    package enum Item: Sendable {
        case entry(BankEntry)
        case rejected(RejectedLine, statement: Int)
        /// After all entries of the statement. With a reject in it when what a statement has is missing.
        case statement(Result<BankStatement, RejectedLine>, ordinal: Int, id: String?, account: String?)
    }

    /// Below it, the two digits of the version.
    private static let namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
    private static let versions = ["02", "03", "04", "05", "06", "07", "08"]

    private let stream: XMLStream
    private let file: String
    private var isRootChecked = false
    private var statements = 0
    private var page: Int?
    private var statement: StatementDraft?
    private var entry: EntryDraft?

    /// - Parameters:
    ///   - file: for messages only
    ///   - read: appends the next piece of the file; false at its end.
    package init(file: String, read: @escaping (inout [UInt8]) throws -> Bool) {
        self.file = file
        stream = XMLStream(CamtField.wanted, read: read)
    }

    /// Nil at the end of the file.
    /// - Throws: a `Problem` with file and line when the file is no such message or cannot be read to its end.
    package func next() throws -> Item? {
        do {
            while let token = try stream.nextToken() {
                try checkRoot()
                if let item = try take(token) { return item }
            }
            try checkRoot()
        } catch let mistake as XMLStream.Mistake {
            throw Problem(
                .inputRefused, mistake.code, mistake.what, place: "\(file):\(mistake.line)",
                advice: "nothing of this file was taken; ask the bank for it again")
        }
        guard statements > 0 else {
            throw Problem(
                .inputRefused, "no_statement", "there is no statement in it (BkToCstmrStmt/Stmt)", place: file)
        }
        return nil
    }

    private func take(_ token: XMLStream.Token) throws -> Item? {
        switch (token.field, token.isClosing) {
        case (.messagePage, true): page = Int(token.text)
        case (.statement, false):
            statements += 1
            statement = StatementDraft(ordinal: statements, line: token.line, page: page)
        case (.statement, true):
            defer { statement = nil }
            return statement.map { draft in
                let result = Result { () throws(RejectedLine) in try draft.finish() }
                return .statement(result, ordinal: draft.ordinal, id: draft.id, account: draft.account)
            }
        case (.entry, false):
            statement?.begun += 1
            entry = EntryDraft(statement: statements, ordinal: statement?.begun ?? 0, line: token.line)
        case (.entry, true):
            defer { entry = nil }
            return entry.map(finish)
        default:
            try statement?.take(token)
            try entry?.take(token)
        }
        return nil
    }

    private func finish(_ draft: EntryDraft) -> Item {
        do throws(RejectedLine) {
            guard let currency = statement?.currency else {
                throw RejectedLine(
                    line: draft.line,
                    Reject(.unknownCurrency, column: "currency", value: nil, "the account's currency is not known"))
            }
            let entry = try draft.finish(in: currency)
            statement?.add(entry)
            return .entry(entry)
        } catch {
            return .rejected(error, statement: statements)
        }
    }

    private func checkRoot() throws {
        guard !isRootChecked else { return }
        guard let root = stream.root else { return }
        isRootChecked = true
        let isKnown = Self.versions.contains { root.namespace == Self.namespace + $0 }
        guard root.name == "Document", isKnown else {
            throw Problem(
                .inputRefused, "not_a_statement",
                "begins with <\(root.name)> of the namespace '\(root.namespace)'", place: "\(file):\(root.line)",
                advice: "a bank's statement is camt.053, versions \(Self.versions[0]) to \(Self.versions.last ?? ""), "
                    + "whose namespace is \(Self.namespace)\(Self.versions.last ?? "")")
        }
    }
}
