import CPangoCairo
package import Domain

/// The ageing of each currency as bars, for the digest; its numbers stand in the digest's table too.
package struct AgeingChart {
    private let ageing: [Ageing]
    private let words: FinanceDigest.Words

    private static let width = 640.0
    private static let (label, bars) = (90.0, 360.0)
    private static let (row, title) = (22.0, 30.0)
    private static let margin = 12.0

    package init(_ ageing: [Ageing], language: String) {
        self.ageing = ageing
        words = FinanceDigest.words(language)
    }

    /// A picture 640 pixels wide.
    ///
    /// - Throws: `PDFError`, when Cairo is out of memory.
    package func png() throws -> [UInt8] {
        func block(_ ageing: Ageing) -> Double { Self.title + Self.row * Double(ageing.buckets.count) + Self.margin }
        let picture = Picture(width: Self.width, height: ageing.map(block).reduce(Self.margin, +))
        let typesetter = Typesetter()
        var top = Self.margin
        for currency in ageing {
            try draw(currency, at: top, in: picture, typesetter)
            top += block(currency)
        }
        return try picture.png()
    }

    private func draw(_ ageing: Ageing, at top: Double, in picture: Picture, _ typesetter: Typesetter) throws {
        let title = "\(words.ageing) · \(ageing.currency.code)"
        picture.draw(try typesetter.set(title, .init(size: 14, isBold: true)), x: Self.margin, y: top)
        let largest = max(1, ageing.minors.map(\.magnitude).max() ?? 1)
        for (place, (bucket, minor)) in zip(words.buckets(ageing.buckets), ageing.minors).enumerated() {
            let y = top + Self.title + Double(place) * Self.row
            picture.draw(try typesetter.set(bucket, .init(size: 12)), x: Self.margin, y: y)
            let length = Self.bars * Double(minor.magnitude) / Double(largest)
            picture.fill(
                x: Self.margin + Self.label, y: y + 1, width: max(1, length), height: Self.row - 6,
                darkness: 0.25 + 0.6 * Double(place) / Double(ageing.buckets.count - 1))
            let amount = Money(minor: minor, currency: ageing.currency).amount
            picture.draw(
                try typesetter.set(amount, .init(size: 12)), x: Self.margin + Self.label + max(1, length) + 8, y: y)
        }
    }
}

/// A white picture that is drawn upon, in pixels from the upper left corner.
private final class Picture {
    private let surface: OpaquePointer
    private let cairo: OpaquePointer

    private final class Output {
        var bytes: [UInt8] = []
    }

    init(width: Double, height: Double) {
        surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        cairo = cairo_create(surface)
        cairo_set_source_rgb(cairo, 1, 1, 1)
        cairo_paint(cairo)
    }

    deinit {
        cairo_destroy(cairo)
        cairo_surface_destroy(surface)
    }

    func draw(_ text: SetText, x: Double, y: Double) {
        cairo_set_source_rgb(cairo, 0, 0, 0)
        cairo_move_to(cairo, x, y)
        pango_cairo_show_layout(cairo, text.layout)
    }

    /// A bar; from 0, pale, to 1, dark.
    func fill(x: Double, y: Double, width: Double, height: Double, darkness: Double) {
        cairo_set_source_rgb(cairo, 0.8 - 0.1 * darkness, 0.85 - 0.75 * darkness, 0.9 - 0.8 * darkness)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_fill(cairo)
    }

    func png() throws(PDFError) -> [UInt8] {
        let output = Output()
        let context = Unmanaged.passUnretained(output).toOpaque()
        let status = withExtendedLifetime(output) {
            cairo_surface_write_to_png_stream(
                surface,
                { context, bytes, count in
                    guard let context, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
                    let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
                    output.bytes += UnsafeBufferPointer(start: bytes, count: Int(count))
                    return CAIRO_STATUS_SUCCESS
                }, context)
        }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw PDFError(problem: String(cString: cairo_status_to_string(status)))
        }
        return output.bytes
    }
}
