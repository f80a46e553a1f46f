import Foundation
import Logging
import Metrics
import Testing

@testable import ltcd

/// What an operator reads of the daemon.
struct ShownTests {
    private func line(_ message: String, _ facts: [String: String]) -> LogLine {
        LogLine(
            time: Date(timeIntervalSince1970: 1_795_417_139.5), level: .info, message: message,
            facts: facts.mapValues { .string($0) }, label: "ltcd")
    }

    @Test func `a line for people has its facts sorted behind it`() {
        let text = line("run finished", ["run": "12", "as_of": "2026-11-23", "held": "bank data old"]).text(as: .human)
        #expect(text == "2026-11-23T06:58:59.500Z info    run finished  as_of=2026-11-23 held=\"bank data old\" run=12")
    }

    @Test func `a line for machines is one JSON object`() throws {
        let text = line("a \"b\"", ["name": "x\ny\u{1B}", "time": "own"]).text(as: .json)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String]
        #expect(
            object == [
                "time": "2026-11-23T06:58:59.500Z", "level": "info", "message": "a \"b\"", "logger": "ltcd",
                "name": "x\ny\u{1B}", "_time": "own",
            ])
    }

    @Test(arguments: [Settings.LogFormat.human, .json])
    func `no fact forges a second line or colours a terminal`(format: Settings.LogFormat) {
        let text = line("m", ["a": "x\n2026 info forged", "b": "\u{1B}[31m\u{2028}\u{85}"]).text(as: format)
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0.value != 0x2028 })
    }

    @Test func `metrics read as Prometheus expects`() {
        let exposition = Exposition()
        exposition.makeCounter(label: "jobs_completed_total", dimensions: [("kind", "a\"b")]).increment(by: 2)
        exposition.makeCounter(label: "jobs_completed_total", dimensions: [("kind", "a\"b")]).increment(by: 1)
        exposition.makeRecorder(label: "jobs.depth", dimensions: [], aggregate: false).record(Int64(7))
        exposition.makeTimer(label: "jobs_seconds", dimensions: []).recordNanoseconds(1_500_000_000)
        #expect(
            exposition.text == """
                # TYPE jobs_completed_total counter
                jobs_completed_total{kind="a\\"b"} 3
                # TYPE jobs_depth gauge
                jobs_depth 7
                # TYPE jobs_seconds histogram
                jobs_seconds_bucket{le="0.001"} 0
                jobs_seconds_bucket{le="0.005"} 0
                jobs_seconds_bucket{le="0.025"} 0
                jobs_seconds_bucket{le="0.1"} 0
                jobs_seconds_bucket{le="0.5"} 0
                jobs_seconds_bucket{le="1.0"} 0
                jobs_seconds_bucket{le="5.0"} 1
                jobs_seconds_bucket{le="15.0"} 1
                jobs_seconds_bucket{le="60.0"} 1
                jobs_seconds_bucket{le="300.0"} 1
                jobs_seconds_bucket{le="1800.0"} 1
                jobs_seconds_bucket{le="+Inf"} 1
                jobs_seconds_sum 1.5
                jobs_seconds_count 1

                """)
    }
}
