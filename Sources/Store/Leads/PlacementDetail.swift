package import Domain
import Foundation

/// The why of a placement as its event keeps it: rules and candidates passed over, each with a reason.
package struct PlacementDetail: Codable, Sendable, Hashable {
    package var rules: [LeadRouting.PassedOver]
    package var candidates: [FairRotation.Standing]

    package init(_ placement: LeadPlacement) {
        (rules, candidates) = (placement.rulesPassedOver, placement.standings)
    }

    /// - Throws: `DecodingError` for a detail that is not a placement's.
    package init(json: String) throws {
        self = try JSONDecoder().decode(PlacementDetail.self, from: Data(json.utf8))
    }

    package var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}
