import Foundation

extension StringProtocol {
    /// The text as it compares: letter case, full and half width, and space around it do not count (`ＥＭＥＡ ` = `emea`).
    package var folded: String {
        let compatible = trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCompatibilityMapping
        return compatible.lowercased()
    }
}
