/// What is read of a camt.053 message (ISO 20022, BankToCustomerStatement), versions 02 to 08.
///
/// Fields that an entry and its details both have carry one name: they belong to the detail while one is open.
enum CamtField: Sendable {
    case messagePage, statement, statementID, statementPage, sequence, createdAt, account, accountCurrency
    case balance, balanceCode, balanceAmount, balanceSign, balanceDate
    case entry, entryReference, amount, sign, reversal, status, bookedOn, valueOn, serviceReference
    case chargeAmount, chargeSign, chargeIncluded, chargeTotal, familyCode, information
    case detail, endToEnd, transactionID, transactionAmount, instructedAmount
    case structured, structuredReference, unstructured, additionalWords, documentNumber, remittedAmount, debtorName,
        debtorAccount, returned

    static let wanted: WantedElements = {
        let statement = "Document/BkToCstmrStmt/Stmt"
        let entry = "\(statement)/Ntry"
        let detail = "\(entry)/NtryDtls/TxDtls"
        return WantedElements(
            [
                ("Document/BkToCstmrStmt/GrpHdr/MsgPgntn/PgNb", .messagePage), (statement, .statement), (entry, .entry),
                (detail, .detail),
            ]
                + ofStatement.map { ("\(statement)/\($0)", $1) } + ofEntry.map { ("\(entry)/\($0)", $1) }
                + ofDetail.map { ("\(detail)/\($0)", $1) } + ofCharges.map { ("\(entry)/\($0)", $1) }
                + ofCharges.map { ("\(detail)/\($0)", $1) })
    }()

    private static let ofStatement: [(String, CamtField)] = [
        ("Id", .statementID), ("StmtPgntn/PgNb", .statementPage), ("ElctrncSeqNb", .sequence), ("CreDtTm", .createdAt),
        ("Acct/Id/IBAN", .account),
        ("Acct/Id/Othr/Id", .account), ("Acct/Ccy", .accountCurrency), ("Bal", .balance),
        ("Bal/Tp/CdOrPrtry/Cd", .balanceCode), ("Bal/Amt", .balanceAmount), ("Bal/CdtDbtInd", .balanceSign),
        ("Bal/Dt/Dt", .balanceDate), ("Bal/Dt/DtTm", .balanceDate),
    ]

    private static let ofEntry: [(String, CamtField)] = [
        ("NtryRef", .entryReference), ("Amt", .amount), ("CdtDbtInd", .sign), ("RvslInd", .reversal),
        // A code by itself until version 06, a choice since.
        ("Sts", .status), ("Sts/Cd", .status), ("BookgDt/Dt", .bookedOn), ("BookgDt/DtTm", .bookedOn),
        ("ValDt/Dt", .valueOn), ("ValDt/DtTm", .valueOn), ("AcctSvcrRef", .serviceReference),
        ("BkTxCd/Domn/Fmly/SubFmlyCd", .familyCode), ("AddtlNtryInf", .information),
        ("AmtDtls/TxAmt/Amt", .transactionAmount), ("AmtDtls/InstdAmt/Amt", .instructedAmount),
    ]

    private static let ofDetail: [(String, CamtField)] = [
        ("Refs/EndToEndId", .endToEnd), ("Refs/TxId", .transactionID), ("Refs/AcctSvcrRef", .serviceReference),
        ("Amt", .amount), ("CdtDbtInd", .sign), ("AmtDtls/TxAmt/Amt", .transactionAmount),
        ("AmtDtls/InstdAmt/Amt", .instructedAmount), ("RmtInf/Ustrd", .unstructured),
        ("RmtInf/Strd", .structured), ("RmtInf/Strd/RfrdDocAmt/RmtdAmt", .remittedAmount),
        ("RmtInf/Strd/CdtrRefInf/Ref", .structuredReference), ("RmtInf/Strd/RfrdDocInf/Nb", .documentNumber),
        ("RltdPties/Dbtr/Nm", .debtorName), ("RltdPties/Dbtr/Pty/Nm", .debtorName),
        ("RltdPties/DbtrAcct/Id/IBAN", .debtorAccount), ("RltdPties/DbtrAcct/Id/Othr/Id", .debtorAccount),
        ("RmtInf/Strd/AddtlRmtInf", .additionalWords), ("RtrInf", .returned),
        ("BkTxCd/Domn/Fmly/SubFmlyCd", .familyCode),
        ("AddtlTxInf", .information),
    ]

    private static let ofCharges: [(String, CamtField)] = [
        ("Chrgs/Amt", .chargeAmount), ("Chrgs/CdtDbtInd", .chargeSign), ("Chrgs/Rcrd/Amt", .chargeAmount),
        ("Chrgs/Rcrd/CdtDbtInd", .chargeSign), ("Chrgs/Rcrd/ChrgInclInd", .chargeIncluded),
        ("Chrgs/TtlChrgsAndTaxAmt", .chargeTotal),
    ]
}
