/// What may leave the house.
package enum Outbound: Sendable, Hashable {
    /// Nothing: messages wait. So a fresh installation writes to nobody.
    case hold
    /// Everything goes to this one address and says whom it was for.
    case redirect(MailAddress)
    case on

    /// `hold`, `on`, or `redirect ADDRESS`.
    package init?(_ text: String) {
        let words = text.split(separator: " ")
        switch (words.first, words.count) {
        case ("hold", 1): self = .hold
        case ("on", 1): self = .on
        case ("redirect", 2):
            do {
                self = .redirect(try MailAddress(String(words[1])))
            } catch {
                return nil
            }
        default: return nil
        }
    }
}
