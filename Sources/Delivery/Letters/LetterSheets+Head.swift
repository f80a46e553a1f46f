import Domain

extension LetterSheets {
    /// Letterhead, window and the facts beside it; the text begins below the window (DIN 5008, form B).
    mutating func head() throws {
        try letterhead()
        try window()
        try facts()
        y = 98.5 * Self.mm
    }

    private mutating func letterhead() throws {
        let creditor = letter.creditor
        let name = try typesetter.set(creditor.name, .init(size: 15, isBold: true), width: Self.width)
        put(name, x: Self.left, y: 14 * Self.mm)
        guard let address = creditor.address else { return }
        let line = address.addressLines.joined(separator: " · ")
        let text = try typesetter.set(line, .init(size: 8.5), width: Self.width)
        put(text, x: Self.left, y: 14 * Self.mm + name.height + 2)
    }

    /// 80 mm wide: where the letter comes from in one small line, below it 27.3 mm for whom it is for.
    private mutating func window() throws {
        let creditor = letter.creditor
        let width = 80 * Self.mm
        let origin = ([creditor.name] + (creditor.address?.addressLines ?? [])).joined(separator: " · ")
        let line = try typesetter.set(origin, .init(size: 6), width: width)
        put(line, x: Self.left, y: 62 * Self.mm - line.height)
        put(.rule(from: Self.left, to: Self.left + width, y: 62.3 * Self.mm, thickness: 0.3))
        let lines = [letter.debtor.name] + (letter.debtor.address?.addressLines ?? [])
        for size in [10.5, 9, 8, 7] {
            let address = try typesetter.set(lines.joined(separator: "\n"), .init(size: size), width: width)
            guard address.height <= 27.3 * Self.mm else { continue }
            return put(address, x: Self.left, y: 63.7 * Self.mm)
        }
        throw LetterMistake.addressTooLong(lines.joined(separator: ", "))
    }

    private mutating func facts() throws {
        var y = 50 * Self.mm
        let (x, value) = (125 * Self.mm, 150 * Self.mm)
        for (label, text) in letter.facts {
            guard let text else { continue }
            let name = try typesetter.set(label, .init(size: 8.5), width: value - x - 4)
            let set = try typesetter.set(text, .init(size: 8.5), width: Self.right - value)
            y += put(onOneLine: [(name, x), (set, value)], y: y) + 2
        }
    }
}
