import Domain
import Foundation
import Testing

struct SpansTests {
    @Test(arguments: ["30m", "4h", "2d", "0d", "90m"])
    func `a working span is written as it is read`(text: String) {
        #expect(WorkingSpan(text)?.description == text)
    }

    @Test(arguments: ["90d", "6w", "3m", "3m-eom", "0d"])
    func `a notice period is written as it is read`(text: String) {
        #expect(NoticePeriod(text)?.description == text)
    }

    @Test(arguments: ["", "d", "3", "-3d", "3x", "3.5d", "m-eom", "3d-eom", " 3d", "+3d"])
    func `what is no span is refused`(text: String) {
        #expect(WorkingSpan(text) == nil)
        #expect(NoticePeriod(text) == nil)
    }
}
