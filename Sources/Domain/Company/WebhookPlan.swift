/// A chat that takes messages; only the daemons know its URL.
package struct WebhookPlan: Codable, Sendable, Hashable {
    package var code: String
    package var format: WebhookFormat

    package init(code: String, format: WebhookFormat) {
        self.code = code
        self.format = format
    }
}

/// In which words a chat is spoken to.
package enum WebhookFormat: String, Codable, Sendable, CaseIterable {
    /// A JSON object of our own, for programs of the company.
    case generic
    case slack
    /// 企业微信, 钉钉, 飞书: their group robots.
    case wecom, dingtalk, feishu
}
