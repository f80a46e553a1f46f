import Delivery
import Domain

/// Messages as banks write them, put together by a test, and what is read of them.
struct Camt {
    var version = "08"
    var statements: [String] = []

    /// A statement in EUR.
    static func statement(
        _ id: String = "S-1", account: String = "DE89370400440532013000", opening: String = "100.00",
        closing: String, _ entries: String...
    ) -> String {
        """
        <Stmt><Id>\(id)</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-03-02T18:00:00+01:00</CreDtTm>
        <Acct><Id><IBAN>\(account)</IBAN></Id><Ccy>EUR</Ccy></Acct>
        \(balance("OPBD", opening))\(balance("CLBD", closing))
        \(entries.joined(separator: "\n"))
        </Stmt>
        """
    }

    static func balance(_ code: String, _ amount: String, sign: String = "CRDT") -> String {
        "<Bal><Tp><CdOrPrtry><Cd>\(code)</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">\(amount)</Amt>"
            + "<CdtDbtInd>\(sign)</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    }

    static func entry(
        _ amount: String, currency: String = "EUR", sign: String = "CRDT", status: String = "<Cd>BOOK</Cd>",
        _ more: String = "", details: String = ""
    ) -> String {
        "<Ntry><Amt Ccy=\"\(currency)\">\(amount)</Amt><CdtDbtInd>\(sign)</CdtDbtInd><Sts>\(status)</Sts>"
            + "<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-03</Dt></ValDt>\(more)"
            + (details.isEmpty ? "" : "<NtryDtls>\(details)</NtryDtls>") + "</Ntry>"
    }

    var text: String {
        let body =
            "<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>\(statements.joined(separator: "\n"))</BkToCstmrStmt>"
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.\(version)">\(body)</Document>
            """
    }

    /// All of a text, in pieces of so many bytes.
    struct Reading {
        var entries: [BankEntry] = []
        var statements: [BankStatement] = []
        var rejects: [RejectedLine] = []

        init(_ bytes: some Collection<UInt8>, piece: Int = 1000) throws {
            var rest = Array(bytes)[...]
            let reader = CamtReader(file: "bank.xml") { buffer in
                buffer += rest.prefix(piece)
                defer { rest = rest.dropFirst(piece) }
                return !rest.isEmpty
            }
            while let item = try reader.next() {
                switch item {
                case .entry(let entry): entries.append(entry)
                case .rejected(let reject, _): rejects.append(reject)
                case .statement(.success(let statement), _, _, _): statements.append(statement)
                case .statement(.failure(let reject), _, _, _): rejects.append(reject)
                }
            }
        }
    }

    func read(piece: Int = 1000) throws -> Reading { try Reading(text.utf8, piece: piece) }
}
