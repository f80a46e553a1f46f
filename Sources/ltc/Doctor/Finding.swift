/// What one look showed.
struct Finding: Encodable {
    /// A stable snake_case code.
    let check: String
    let isFine: Bool
    let what: String
    /// What to do about it; nil when all is well.
    let advice: String?

    static func fine(_ check: String, _ what: String) -> Finding {
        Finding(check: check, isFine: true, what: what, advice: nil)
    }

    static func wrong(_ check: String, _ what: String, advice: String) -> Finding {
        Finding(check: check, isFine: false, what: what, advice: advice)
    }
}
