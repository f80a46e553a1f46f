import Domain

extension LetterSheets {
    private static let cell = TextStyle(size: 8.5)
    private static let heading = TextStyle(size: 8.5, isBold: true)
    private static let gap = 8.0

    /// One row an invoice. The heading comes again on each page, and the sums so far go from page to page.
    mutating func invoices() throws {
        let items = letter.notice.items
        let showsInterest = items.contains { $0.interest != nil }
        var titles = [words.invoice, words.issued, words.due, words.days, words.level, words.open]
        if showsInterest { titles.append(words.interest) }
        func amounts(_ open: Int, _ interest: Int) -> [String] {
            [letter.money(open)] + (showsInterest ? [letter.money(interest)] : [])
        }
        let rows = items.map { item in
            [
                item.item.number, "\(item.item.issuedOn)", "\(item.item.dueOn)", "\(item.daysOverdue)",
                "\(item.level)",
            ] + amounts(item.item.openMinor, item.interestMinor)
        }
        let sums = amounts(letter.notice.openMinor, letter.notice.interestMinor)
        let columns = try Columns(titles: titles, rows: rows + [["", "", "", "", ""] + sums], typesetter)

        try tableHeading(columns)
        var (open, interest) = (0, 0)
        for (item, cells) in zip(items, rows) {
            let row = try columns.set(cells, Self.cell, typesetter)
            // A page keeps room for the sums that it hands on.
            if y + row.height + 16 > Self.bottom {
                try sumRow(sheetWords.carriedOver, amounts(open, interest), columns)
                try beginPage()
                try tableHeading(columns)
                try sumRow(sheetWords.broughtForward, amounts(open, interest), columns)
            }
            put(row, columns)
            open += item.item.openMinor
            interest += item.interestMinor
        }
        y += 6
    }

    /// The charges of earlier notices that are asked for again, one line each.
    mutating func charges() throws {
        guard !letter.notice.charges.isEmpty else { return }
        try ensure(40)
        try paragraph(words.sumCharges, Self.heading, space: 3)
        for charge in letter.notice.charges {
            let amount = try typesetter.set(letter.money(charge.item.openMinor), Self.cell)
            let name = try typesetter.set(
                "\(letter.name(of: charge)), \(words.due) \(charge.item.dueOn)", Self.cell,
                width: Self.width - amount.width - Self.gap)
            try ensure(name.height + 3)
            y += put(onOneLine: [(name, Self.left), (amount, Self.right - amount.width)], y: y) + 3
        }
        y += 6
    }

    /// What the invoices come to, line by line, so that the reader can add it up.
    mutating func totals() throws {
        let notice = letter.notice
        let parts = letter.parts
        try ensure(Double(parts.count + 1) * 14 + 6)
        for (title, minor) in parts { try total(title, minor, Self.body) }
        put(.rule(from: Self.left + Self.width / 2, to: Self.right, y: y, thickness: 0.6))
        y += 3
        try total(words.total, notice.totalMinor, Self.bold)
        y += 10
    }

    private mutating func total(_ title: String, _ minor: Int, _ style: TextStyle) throws {
        let amount = try typesetter.set("\(letter.money(minor)) \(letter.notice.currency.code)", style)
        let label = try typesetter.set(title, style, width: Self.width / 2 - amount.width - Self.gap)
        y += put(onOneLine: [(label, Self.left + Self.width / 2), (amount, Self.right - amount.width)], y: y) + 2
    }

    private mutating func tableHeading(_ columns: Columns) throws {
        let row = try columns.set(columns.titles, Self.heading, typesetter)
        try ensure(row.height + 40)
        put(row, columns)
        put(.rule(from: Self.left, to: Self.right, y: y - 1.5, thickness: 0.6))
        y += 1.5
    }

    private mutating func sumRow(_ title: String, _ amounts: [String], _ columns: Columns) throws {
        let empty = Array(repeating: "", count: columns.titles.count - 1 - amounts.count)
        put(try columns.set([title] + empty + amounts, Self.heading, typesetter), columns)
    }

    private mutating func put(_ row: Columns.Row, _ columns: Columns) {
        let cells = zip(row.cells, columns.places).compactMap { cell, place in cell.map { ($0, x: place.x) } }
        y += put(onOneLine: cells, y: y) + 3
    }

    /// Where the columns of the table stand: as wide as their widest cell, and the first takes what is left.
    private struct Columns {
        struct Place {
            let x, width: Double
            let isRight: Bool
        }

        struct Row {
            let cells: [SetText?]
            let height: Double
        }

        let titles: [String]
        let places: [Place]

        init(titles: [String], rows: [[String]], _ typesetter: Typesetter) throws {
            func width(_ text: String, _ style: TextStyle) throws -> Double { try typesetter.set(text, style).width }
            var widths = [0.0]
            for column in titles.indices.dropFirst() {
                // Of the longest cell, and of the longest word of the title, which is broken between words.
                let longest = rows.map { $0[column] }.max { $0.utf8.count < $1.utf8.count } ?? ""
                let words = try titles[column].split(separator: " ").map {
                    try width(String($0), LetterSheets.heading)
                }
                widths.append(max(try width(longest, LetterSheets.heading), words.max() ?? 0) + 1)
            }
            let gaps = LetterSheets.gap * Double(titles.count - 1)
            widths[0] = max(60, LetterSheets.width - widths.reduce(0, +) - gaps)
            var x = LetterSheets.left
            var places: [Place] = []
            for (column, width) in widths.enumerated() {
                places.append(Place(x: x, width: width, isRight: column >= 3))
                x += width + LetterSheets.gap
            }
            self.titles = titles
            self.places = places
        }

        func set(_ cells: [String], _ style: TextStyle, _ typesetter: Typesetter) throws -> Row {
            let set = try zip(cells, places).map { text, place in
                text.isEmpty
                    ? nil
                    : try typesetter.set(text, style, width: place.width, place.isRight ? .right : .left)
            }
            return Row(cells: set, height: set.map { $0?.height ?? 0 }.max() ?? 0)
        }
    }
}
