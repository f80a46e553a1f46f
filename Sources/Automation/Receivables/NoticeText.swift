import Delivery
package import Postgres
import Store

/// What messages about notices say: written when they are sent, since ten thousand letters take longer than the decisions
/// that they tell of. A letter that was handed to somebody stays as it was; before, its text follows from the notice.
package enum NoticeText {
    /// What a message that has no text yet would say if it were sent now; nil where its subject writes none.
    package static func draft(
        subjectKind: String, subject: Int, language: String, in db: isolated Connection
    ) throws -> String? {
        guard [NoticePaper.mailed, DunningTask.subjectKind].contains(subjectKind) else { return nil }
        return try NoticePaper.one(subject, in: db).body(subjectKind: subjectKind, language: language)
    }

    /// What the letter of a notice says, or would say.
    package static func letter(of notice: Int, in db: isolated Connection) throws -> String {
        try NoticePaper.one(notice, in: db).text
    }

    /// In the transaction that begins to send the message: from here on its text and the letter's are kept.
    static func write(_ message: QueuedMessage, in db: isolated Connection) throws {
        let paper = try NoticePaper.one(message.subjectId, in: db)
        try paper.keepText(in: db)
        let body = try paper.body(subjectKind: message.subjectKind, language: message.language)
        guard body != message.body else { return }
        let isTask = message.subjectKind == DunningTask.subjectKind
        let subject = isTask ? try DunningTask(paper.head, language: message.language).subject : paper.letter.subject
        try db.execute(DunningSQL.WriteMessage(message: message.id, subject: subject, body: body))
    }
}

extension NoticePaper {
    /// What a letter to the customer is about.
    static let mailed = "notice"

    /// The letter as it was handed to somebody, or else as it reads now.
    var text: String { head.letter ?? letter.text }

    func keepText(in db: isolated Connection) throws {
        guard head.letter == nil else { return }
        try db.execute(DunningSQL.KeepTexts(notices: [head.id], letters: [text]))
    }

    fileprivate func body(subjectKind: String, language: String) throws -> String {
        guard subjectKind == DunningTask.subjectKind else { return text }
        // A mail that is too large went this way; the whole of it is printed from the notice.
        let isCut = text.utf8.count > DunningTask.longestLetter
        let letter =
            isCut ? "\(text.prefix(DunningTask.longestLetter / 4))\n…\nltc dunning show \(head.id) --pdf FILE\n" : text
        return try DunningTask(head, language: language).body + letter
    }
}
