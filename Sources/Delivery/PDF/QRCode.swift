import CQREncode

/// A QR code (ISO/IEC 18004) with error correction M, which survives the loss of 15 % of it.
struct QRCode {
    /// Modules a side.
    let width: Int
    /// Dark modules that stand side by side.
    let bars: [(row: Int, columns: Range<Int>)]

    /// Nil when the text is longer than the largest code holds.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        // Version 0: the smallest that holds it.
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let modules = UnsafeBufferPointer(start: code.pointee.data, count: width * width)
        self.width = width
        var bars: [(row: Int, columns: Range<Int>)] = []
        for row in 0..<width {
            var start: Int?
            for column in 0...width {
                let isDark = column < width && modules[row * width + column] & 1 == 1
                if isDark {
                    start = start ?? column
                } else if let first = start {
                    bars.append((row, first..<column))
                    start = nil
                }
            }
        }
        self.bars = bars
    }
}
