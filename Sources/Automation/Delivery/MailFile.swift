import Delivery
import Postgres
import Store

/// A kept file that goes with a mail, or is too large for it.
typealias MailFile = MessagesSQL.Attachments.Row

extension MailFile {
    /// As many as there is room for, in their order; and those that are left.
    static func fitting(_ files: [MailFile], into bytes: Int) -> (fitting: [MailFile], left: [MailFile]) {
        var room = bytes
        var (fitting, left): ([MailFile], [MailFile]) = ([], [])
        for file in files {
            if file.bytes <= room {
                room -= file.bytes
                fitting.append(file)
            } else {
                left.append(file)
            }
        }
        return (fitting, left)
    }

    /// Where the ones that are left lie, and by which hash they are known.
    static func words(_ left: [MailFile], outputs: String?, language: String) -> String {
        let isChinese = language.hasPrefix("zh")
        let run = left.compactMap(\.run).first.map { "--run \($0) " } ?? ""
        let command = "ltc dunning package \(run)--into \(isChinese ? "目录" : "DIRECTORY")"
        let title =
            isChinese ? "附件过大，未随信发送，见文件包（\(command)）：" : "Too large to attach, in the package (\(command)):"
        let lines = left.map { file in
            let path =
                outputs == nil
                ? file.name : [outputs, file.place, file.name].compactMap { $0 }.joined(separator: "/")
            return "  \(path)\n    \(file.bytes) \(isChinese ? "字节" : "bytes"), SHA-256 \(file.sha256)"
        }
        return "\n\(title)\n\(lines.joined(separator: "\n"))\n"
    }
}

extension MailAttachment {
    /// With its bytes.
    init(_ file: MailFile, in db: isolated Connection) throws {
        let content: [UInt8]
        if let letter = file.letter {
            content = try db.one(ReconciliationsSQL.Content(reconciliation: letter)).content
        } else {
            content = try db.one(LettersSQL.Content(artefact: file.artefact ?? 0)).content
        }
        self.init(name: LegalPack.plainName(of: file.name), kind: .init(mediaType: file.mediaType), bytes: content)
    }
}
