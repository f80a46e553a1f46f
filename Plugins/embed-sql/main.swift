import Foundation

// embed-sql TARGET OUTPUT FILE.sql…: see SQLFile.swift for what a query file looks like.
let (target, output, files) = (CommandLine.arguments[1], CommandLine.arguments[2], CommandLine.arguments.dropFirst(3))

do {
    var swift = SwiftText(target: target)
    var areas: [String] = []
    for file in files where file.contains("/queries/") {
        try swift.add(readQueries(file), file: file)
        areas.append((file as NSString).lastPathComponent.replacingOccurrences(of: ".sql", with: ""))
    }
    swift.add(allOf: areas)
    func named(_ file: String) throws -> (name: String, text: String) {
        let name = (file as NSString).lastPathComponent.replacingOccurrences(of: ".sql", with: "")
        return (name, try String(contentsOfFile: file, encoding: .utf8))
    }
    swift.add(
        migrations: try files.filter { $0.contains("/migrations/") }.map(named),
        bootstrap: try files.first { $0.hasSuffix("/bootstrap.sql") }.map { try named($0).text })
    try swift.file.write(toFile: output, atomically: true, encoding: .utf8)
} catch let mistake as Mistake {
    FileHandle.standardError.write(Data("\(mistake.file):\(mistake.line): error: \(mistake.message)\n".utf8))
    exit(1)
}
