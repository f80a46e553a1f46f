import Domain
import Foundation
import TestSupport
import Testing

@testable import Delivery

struct AgeingChartTests {
    @Test(arguments: ["en", "zh"])
    func `the chart is a picture that other programs read`(language: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "ltc-chart-\(UUID().uuidString).png")
        let day = try #require(CalendarDate("2026-03-31"))
        let ageing = try ["EUR", "JPY"].map { code in
            var ageing = Ageing(currency: try #require(Currency(code)))
            ageing.add(openMinor: 123_456, dueOn: day, on: day)
            ageing.add(openMinor: 999_999_999_999_999, dueOn: day.adding(days: -91), on: day)
            return ageing
        }
        try Data(AgeingChart(ageing, language: language).png()).write(to: file)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
        // It reads the picture and says that no code is on it.
        #expect(try await ChildProcess("zbarimg", ["--quiet", file.path]).exit() == 4)
    }
}
