import Domain
import Foundation
import Testing

struct WeeklyHoursTests {
    @Test(arguments: ["09:00-17:30", "00:00-24:00", "13:05-13:06"])
    func `a shift is written as it is read`(text: String) {
        #expect(WeeklyHours.Shift(text)?.description == text)
    }

    @Test(arguments: [
        "09:00", "9:00-17:00", "17:00-09:00", "09:00-09:00", "09:60-10:00", "00:00-24:01", "25:00-26:00", "+9:00-10:00",
        "09:00-17:00-18:00", "09:00 - 17:00", "",
    ])
    func `what is no shift is refused`(text: String) {
        #expect(WeeklyHours.Shift(text) == nil)
    }

    @Test func `shifts of a day are kept in order, may touch and may not overlap`() throws {
        func hours(_ shifts: String...) throws -> WeeklyHours? {
            WeeklyHours([1: try shifts.map { try #require(WeeklyHours.Shift($0)) }])
        }
        #expect(try hours("13:00-17:00", "09:00-13:00")?.shifts[1]?.map(\.from) == [540, 780])
        #expect(try hours("09:00-13:00", "12:59-17:00") == nil)
        #expect(WeeklyHours([8: []]) == nil)
        #expect(WeeklyHours([1: []])?.shifts == [:])
    }

    @Test func `hours read from JSON are checked like others`() throws {
        let json = Data(#"{"1":["09:00-12:00","13:00-18:00"]}"#.utf8)
        let hours = try JSONDecoder().decode(WeeklyHours.self, from: json)
        #expect(try JSONEncoder().encode(hours) == json)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(WeeklyHours.self, from: Data(#"{"1":["09:00-12:00","11:00-18:00"]}"#.utf8))
        }
    }
}
