import Foundation
import PackagePlugin

/// Turns `sql/` into Swift before a target is compiled, so that an installed program needs no files to run.
///
/// `Jobs` gets the statements of `sql/queries/jobs*.sql` and the migrations `NNNN_jobs*.sql`, the engine's own; `Store` gets
/// all other statements and every migration.
@main
struct EmbedSQL: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let sql = context.package.directoryURL.appending(path: "sql")
        let ofJobs = target.name == "Jobs"
        let queries = try files(in: sql.appending(path: "queries"))
            .filter { $0.lastPathComponent.hasPrefix("jobs") == ofJobs }
        let migrations = try files(in: sql.appending(path: "migrations"))
            .filter { !ofJobs || $0.lastPathComponent.dropFirst(5).hasPrefix("jobs") }
        let inputs = (ofJobs ? [] : try files(in: sql)) + migrations + queries
        let output = context.pluginWorkDirectoryURL.appending(path: "SQL.swift")
        return [
            .buildCommand(
                displayName: "Embedding SQL in \(target.name)",
                executable: try context.tool(named: "embed-sql").url,
                arguments: [target.name, output.path(percentEncoded: false)]
                    + inputs.map { $0.path(percentEncoded: false) },
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "sql" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}
