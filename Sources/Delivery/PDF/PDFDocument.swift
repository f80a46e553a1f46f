import CPangoCairo

/// A PDF in the making, drawn with Cairo: A4, in points (1/72 inch) from the upper left corner.
///
/// The same drawing gives the same bytes: nothing in it is taken from the clock.
final class PDFDocument {
    static let width = 210 * millimetre
    static let height = 297 * millimetre
    static let millimetre = 72 / 25.4

    private let output = Output()
    private let surface: OpaquePointer
    private let cairo: OpaquePointer

    private final class Output {
        var bytes: [UInt8] = []
    }

    /// - Parameter created: an instant in ISO 8601: `2026-11-24T00:00:00Z`
    init(title: String, author: String, created: String) {
        let context = Unmanaged.passUnretained(output).toOpaque()
        surface = cairo_pdf_surface_create_for_stream(
            { context, bytes, count in
                guard let context, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
                let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
                output.bytes += UnsafeBufferPointer(start: bytes, count: Int(count))
                return CAIRO_STATUS_SUCCESS
            }, context, Self.width, Self.height)
        cairo = cairo_create(surface)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "ltc")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created)
    }

    deinit {
        cairo_destroy(cairo)
        cairo_surface_destroy(surface)
    }

    func draw(_ mark: Mark) {
        switch mark {
        case .text(let text, let x, let y):
            cairo_move_to(cairo, x, y)
            pango_cairo_show_layout(cairo, text.layout)
        case .rule(let from, let to, let y, let thickness):
            cairo_set_line_width(cairo, thickness)
            cairo_move_to(cairo, from, y)
            cairo_line_to(cairo, to, y)
            cairo_stroke(cairo)
        case .code(let code, let x, let y, let side):
            let module = side / Double(code.width)
            for (row, columns) in code.bars {
                cairo_rectangle(
                    cairo, x + Double(columns.lowerBound) * module, y + Double(row) * module,
                    Double(columns.count) * module, module)
            }
            cairo_fill(cairo)
        }
    }

    func endPage() { cairo_show_page(cairo) }

    /// The finished file; nothing can be drawn afterwards.
    func finish() throws(PDFError) -> [UInt8] {
        cairo_surface_finish(surface)
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS else {
            throw PDFError(problem: String(cString: cairo_status_to_string(status)))
        }
        return output.bytes
    }
}

/// What can stand on a page, in points from its upper left corner.
enum Mark {
    case text(SetText, x: Double, y: Double)
    case rule(from: Double, to: Double, y: Double, thickness: Double)
    case code(QRCode, x: Double, y: Double, side: Double)
}

/// Cairo could not write a file; in practice it is out of memory.
package struct PDFError: Error, Sendable, CustomStringConvertible {
    let problem: String

    package var description: String { "the PDF could not be written: \(problem)" }
}
