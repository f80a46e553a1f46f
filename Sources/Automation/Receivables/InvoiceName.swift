import Domain

/// How a person names an item: by its number, or, where two sources have the same, by `source:number`.
enum InvoiceName {
    /// The one row of this name; nil when there is none.
    ///
    /// - Parameter rows: those of a number, of one source if it is not nil; with the source of each
    /// - Throws: a `Problem` when two sources have the number.
    static func only<Row>(
        _ name: String, rows: (_ number: String, _ source: String?) throws -> [Row], source: (Row) -> String
    ) throws -> Row? {
        var found = try rows(name, nil)
        // A number may have a colon of its own.
        if found.isEmpty, let colon = name.firstIndex(of: ":") {
            found = try rows(String(name[name.index(after: colon)...]), String(name[..<colon]))
        }
        guard found.count < 2 else {
            let names = found.map { "\(source($0)):\(name)" }.sorted()
            throw Problem(
                .refused, "two_invoices", "\(found.count) sources have an invoice '\(name)'",
                advice: "name one of \(names.joined(separator: ", "))")
        }
        return found.first
    }
}
