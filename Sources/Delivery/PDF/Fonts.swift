import CPangoCairo

/// Which of the installed fonts a PDF may embed: those with TrueType outlines.
///
/// Cairo 1.16 embeds some glyphs of CFF fonts (OpenType with PostScript outlines, Noto Sans CJK among them) as empty
/// ones: 如 was missing on a letter whose text could still be copied out of it. No reader must find that out.
enum Fonts {
    /// For each glyph the first that has it; what none of them has is looked for in all others.
    static let families = "Liberation Sans, DejaVu Sans, WenQuanYi Micro Hei"

    /// True once a process; Pango looks for fonts where this says from then on.
    static let areChosen: Bool = {
        guard let fonts = FcConfigCreate(), let file = FcConfigFilename(nil) else { return false }
        defer { FcStrFree(file) }
        let choice = """
            <fontconfig><selectfont><rejectfont>
            <pattern><patelt name="fontformat"><string>CFF</string></patelt></pattern>
            <pattern><patelt name="fontformat"><string>Type 1</string></patelt></pattern>
            </rejectfont></selectfont></fontconfig>
            """
        return FcConfigParseAndLoadFromMemory(fonts, choice, FcTrue) == FcTrue
            && FcConfigParseAndLoad(fonts, file, FcTrue) == FcTrue
            && FcConfigBuildFonts(fonts) == FcTrue && FcConfigSetCurrent(fonts) == FcTrue
    }()
}
