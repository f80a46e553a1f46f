import Foundation

/// Where a chat takes messages. Whoever knows the URL can write there: it is a secret.
package struct WebhookAddress: Sendable {
    let url: Secret

    /// - Parameter text: an HTTPS URL; HTTP goes to this machine only, to a relay on it.
    package init?(_ text: String) {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil else {
            return nil
        }
        let isLocal = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
        guard parts.scheme == "https" || parts.scheme == "http" && isLocal else { return nil }
        url = Secret(text)
    }

    /// A server's words without what of the URL they repeat.
    func redacted(_ words: String) -> String {
        let parts = url.text.split { "/?&=#".contains($0) }.filter { $0.count >= 12 }.map(String.init)
        return ([url.text] + parts).reduce(words) { $0.replacing($1, with: "(secret)") }
    }
}
