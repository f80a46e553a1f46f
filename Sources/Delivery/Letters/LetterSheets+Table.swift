import Domain

extension LetterSheets {
    static var cell: TextStyle { TextStyle(size: 8.5) }
    static var heading: TextStyle { TextStyle(size: 8.5, isBold: true) }
    static var gap: Double { 8 }

    /// Rows under a heading that comes again on each page; the columns after `numbersFrom` are of numbers.
    ///
    /// - Parameters:
    ///   - widest: further rows that the columns must hold
    ///   - carried: the last cells of the rows that hand on, and take up, the sums of the first so many rows
    mutating func table(
        _ titles: [String], numbersFrom: Int, _ rows: [[String]], widest: [[String]] = [],
        carried: (_ rows: Int) -> [String]
    ) throws {
        let columns = try Columns(titles: titles, rows: rows + widest, numbersFrom: numbersFrom, typesetter)
        try tableHeading(columns)
        for (place, cells) in rows.enumerated() {
            let row = try columns.set(cells, Self.cell, typesetter)
            // A page keeps room for the sums that it hands on.
            if y + row.height + 16 > Self.bottom {
                try sumRow(sheetWords.carriedOver, carried(place), columns)
                try beginPage()
                try tableHeading(columns)
                try sumRow(sheetWords.broughtForward, carried(place), columns)
            }
            put(row, columns)
        }
        y += 6
    }

    /// Sums under a table, line by line, so that the reader can add them up, and what they come to.
    mutating func totals(_ parts: [(title: String, amount: String)], _ total: (title: String, amount: String)) throws {
        try ensure(Double(parts.count + 1) * 14 + 6)
        for (title, amount) in parts { try sum(title, amount, Self.body) }
        put(.rule(from: Self.left + Self.width / 2, to: Self.right, y: y, thickness: 0.6))
        y += 3
        try sum(total.title, total.amount, Self.bold)
        y += 10
    }

    private mutating func sum(_ title: String, _ text: String, _ style: TextStyle) throws {
        let amount = try typesetter.set(text, style)
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

        init(titles: [String], rows: [[String]], numbersFrom: Int, _ typesetter: Typesetter) throws {
            func width(_ text: String, _ style: TextStyle) throws -> Double { try typesetter.set(text, style).width }
            var widths = [0.0]
            for column in titles.indices.dropFirst() {
                // Of the long cells, and of the longest word of the title, which is broken between words.
                let longest = rows.reduce(0) { max($0, $1[column].utf8.count) }
                let long = Set(rows.map { $0[column] }.filter { $0.utf8.count * 4 >= longest * 3 }.map(\.shape))
                let words = titles[column].split(whereSeparator: \.isWhitespace).map(String.init)
                widths.append(try long.union(words).reduce(0) { max($0, try width($1, LetterSheets.heading)) } + 1)
            }
            let gaps = LetterSheets.gap * Double(titles.count - 1)
            widths[0] = max(60, LetterSheets.width - widths.reduce(0, +) - gaps)
            var x = LetterSheets.left
            var places: [Place] = []
            for (column, width) in widths.enumerated() {
                places.append(Place(x: x, width: width, isRight: column >= numbersFrom))
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

extension String {
    /// All digits are as wide as a zero: a column of numbers has few shapes.
    fileprivate var shape: String {
        String(decoding: utf8.map { (48...57).contains($0) ? 48 : $0 }, as: UTF8.self)
    }
}
