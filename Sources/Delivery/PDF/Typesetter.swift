import CPangoCairo

/// Size and weight of a piece of text.
struct TextStyle: Hashable {
    /// In points.
    var size: Double
    var isBold = false
}

/// Sets text with Pango: shapes it, breaks it into lines and measures it, in points (1/72 inch).
///
/// Fonts are looked for and opened once a typesetter, so one is kept for many letters. It is not for two threads at once.
final class Typesetter {
    enum Alignment { case left, right, center }

    private let fonts: UnsafeMutablePointer<PangoFontMap>
    private let context: OpaquePointer
    private var descriptions: [TextStyle: OpaquePointer] = [:]

    init() {
        precondition(Fonts.areChosen, "fontconfig is out of memory")
        fonts = pango_cairo_font_map_new()
        pango_cairo_font_map_set_resolution(OpaquePointer(fonts), 72)
        context = pango_font_map_create_context(fonts)
        let options = cairo_font_options_create()
        defer { cairo_font_options_destroy(options) }
        // Paper has no pixels to which glyphs would be fitted: a letter looks the same on each screen and printer.
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
        pango_context_set_round_glyph_positions(context, 0)
    }

    deinit {
        for description in descriptions.values { pango_font_description_free(description) }
        g_object_unref(UnsafeMutableRawPointer(context))
        g_object_unref(fonts)
    }

    /// The language of what is set from now on, which chooses between the forms that Han characters have.
    func speak(_ language: String) {
        pango_context_set_language(context, pango_language_from_string(language))
    }

    /// - Parameter width: where lines are broken; nil for one line.
    /// - Throws: `UnprintableText` when no installed font has a glyph that it needs.
    func set(
        _ text: String, _ style: TextStyle, width: Double? = nil, _ alignment: Alignment = .left
    ) throws(UnprintableText) -> SetText {
        guard let layout = pango_layout_new(context) else { preconditionFailure("Pango is out of memory") }
        let set = SetText(layout)
        pango_layout_set_font_description(layout, description(of: style))
        pango_layout_set_text(layout, text, Int32(text.utf8.count))
        if let width {
            pango_layout_set_width(layout, Int32(max(1, width) * Double(PANGO_SCALE)))
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        }
        switch alignment {
        case .left: break
        case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
        case .center: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
        }
        guard pango_layout_get_unknown_glyphs_count(layout) == 0 else { throw UnprintableText(text: text) }
        return set
    }

    private func description(of style: TextStyle) -> OpaquePointer {
        if let known = descriptions[style] { return known }
        guard let new = pango_font_description_from_string(Fonts.families) else {
            preconditionFailure("Pango is out of memory")
        }
        pango_font_description_set_absolute_size(new, style.size * Double(PANGO_SCALE))
        pango_font_description_set_weight(new, style.isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        descriptions[style] = new
        return new
    }
}

/// Text that is set: it can be measured and drawn.
final class SetText {
    let layout: OpaquePointer

    fileprivate init(_ layout: OpaquePointer) { self.layout = layout }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    private var extents: PangoRectangle {
        var logical = PangoRectangle()
        pango_layout_get_extents(layout, nil, &logical)
        return logical
    }

    /// Of its widest line, in points.
    var width: Double { Double(extents.width) / Double(PANGO_SCALE) }
    var height: Double { Double(extents.height) / Double(PANGO_SCALE) }
    /// From the top to the line on which the first line of text stands.
    var baseline: Double { Double(pango_layout_get_baseline(layout)) / Double(PANGO_SCALE) }
}

/// No installed font can print this.
package struct UnprintableText: Error, Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package var description: String {
        "no installed font can print all of '\(HeaderText.printable(text))': correct the text, or install a font for its script"
    }
}
