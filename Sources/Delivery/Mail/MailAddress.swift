/// A mailbox that mail can be sent to, with the name that people see beside it.
///
/// Only what RFC 5321 calls a dot-string local part and a host name is taken, in ASCII: no quoted local parts, no
/// address literals. What is left out is hardly met in business; what it would let in, a line break above all, could
/// speak SMTP on our behalf (libcurl 7.88 passes it on).
package struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    /// `local@domain`, as it goes into the envelope.
    package let mailbox: String
    package let name: String?

    /// - Throws: `MailAddressError` for a mailbox that is not `local@domain` in the sense above.
    package init(_ mailbox: String, name: String? = nil) throws(MailAddressError) {
        guard Self.isMailbox(mailbox.utf8) else { throw MailAddressError(text: mailbox) }
        self.mailbox = mailbox
        self.name = name
    }

    package var description: String { mailbox }

    /// The part behind the `@`.
    package var domain: Substring { mailbox[mailbox.index(after: mailbox.lastIndex(of: "@") ?? mailbox.startIndex)...] }

    private static func isMailbox(_ text: String.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, text.count <= 254 else { return false }
        return (1...64).contains(parts[0].count) && isDotAtom(parts[0]) && isHostName(parts[1])
    }

    private static func isHostName(_ text: Substring.UTF8View) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }
}

package struct MailAddressError: Error, CustomStringConvertible {
    package let text: String

    package var description: String {
        "'\(HeaderText.printable(text))' is no mail address: write it as name@company.example, in ASCII letters"
    }
}

/// RFC 5322 §3.2.3: atoms of letters, digits and some signs, joined by single dots.
func isDotAtom(_ text: some Collection<UInt8>) -> Bool {
    text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
        !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
    }
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
