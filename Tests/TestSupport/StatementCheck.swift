package import Postgres

extension TestDatabase {
    /// Prepares each statement without the types that its header declares and says where the server infers something
    /// else than the generated Swift binds and decodes, by name and by type.
    package func mismatches(of statements: [Statement]) async throws -> [String] {
        let byName = Dictionary(uniqueKeysWithValues: statements.map { ($0.name, $0) })
        var mismatches: [String] = []
        for statement in statements where !statement.isCopy {
            do {
                let found = try await pool.transaction(.init(rollsBack: true)) { db in
                    for name in statement.needs { try db.script(byName[name]?.text ?? "no statement \(name)") }
                    return try db.describe(statement)
                }
                let wrong =
                    found.parameters != statement.parameters.map(\.type)
                    || found.columns.map(\.name) != statement.columns.map(\.name)
                    || found.columns.map(\.type) != statement.columns.map(\.type)
                if wrong {
                    mismatches.append(
                        "\(statement.name): declared \(statement.parameters.map(\.type)) -> \(statement.columns); "
                            + "the server says \(found.parameters) -> \(found.columns)")
                }
            } catch let error as DatabaseError {
                mismatches.append("\(statement.name): \(error)")
            }
        }
        return mismatches
    }
}
