import CoreMetrics
import Synchronization

/// The process's metrics, and their text for Prometheus (exposition format 0.0.4).
///
/// Labels and dimensions are few and come from code, so a series lives as long as the process.
final class Exposition: MetricsFactory {
    struct Name: Hashable {
        let label: String
        let dimensions: [String]

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
            self.dimensions = dimensions.map { "\($0)=\"\(Self.escaped($1))\"" }
        }

        private static func escaped(_ value: String) -> String {
            value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }

        /// Each bucket counts what lies at or below its bound, those of the smaller bounds too.
        func lines(of histogram: HistogramSeries) -> String {
            let (counts, sum) = histogram.value
            var below = Int64(0)
            var text = ""
            for (bound, count) in zip(HistogramSeries.bounds.map { "\($0)" } + ["+Inf"], counts) {
                below += count
                text += line(Double(below), suffix: "_bucket", further: ["le=\"\(bound)\""])
            }
            return text + line(sum, suffix: "_sum") + line(Double(below), suffix: "_count")
        }

        func line(_ value: Double, suffix: String = "", further: [String] = []) -> String {
            let dimensions = dimensions + further
            let braces = dimensions.isEmpty ? "" : "{\(dimensions.joined(separator: ","))}"
            let whole = Int(exactly: value).map(String.init)
            return "\(label)\(suffix)\(braces) \(whole ?? "\(value)")\n"
        }
    }

    private let counters = Mutex<[Name: CounterSeries]>([:])
    private let gauges = Mutex<[Name: GaugeSeries]>([:])
    private let histograms = Mutex<[Name: HistogramSeries]>([:])

    /// All series, sorted, so that two scrapes can be compared.
    var text: String {
        let counters = self.counters.withLock { $0.map { ($0.key, $0.key.line(Double($0.value.value))) } }
        let gauges = self.gauges.withLock { $0.map { ($0.key, $0.key.line($0.value.value)) } }
        let histograms = self.histograms.withLock { all in
            all.map { name, series in
                return (name, name.lines(of: series))
            }
        }
        return Self.family("counter", counters) + Self.family("gauge", gauges) + Self.family("histogram", histograms)
    }

    private static func family(_ type: String, _ series: [(Name, String)]) -> String {
        Dictionary(grouping: series) { $0.0.label }.sorted { $0.key < $1.key }.map { label, lines in
            "# TYPE \(label) \(type)\n" + lines.map(\.1).sorted().joined()
        }.joined()
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counters.withLock { $0.series(Name(label, dimensions), or: CounterSeries()) }
    }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        gauges.withLock { $0.series(Name(label, dimensions), or: GaugeSeries()) }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauges.withLock { $0.series(Name(label, dimensions), or: GaugeSeries()) }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return gauges.withLock { $0.series(Name(label, dimensions), or: GaugeSeries()) } }
        return histograms.withLock { $0.series(Name(label, dimensions), or: HistogramSeries()) }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histograms.withLock { $0.series(Name(label, dimensions), or: HistogramSeries()) }
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

extension Dictionary {
    fileprivate mutating func series(_ key: Key, or new: @autoclosure () -> Value) -> Value {
        if let value = self[key] { return value }
        let value = new()
        self[key] = value
        return value
    }
}
