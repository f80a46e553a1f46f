// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A release takes little memory: what a program does not use is left out even if it could be seen from outside, what is
/// the same is there once, and relocations are packed (glibc 2.36 and later read them).
let slim = LinkerSetting.unsafeFlags(
    ["-use-ld=lld"]
        + ["--no-export-dynamic", "--as-needed", "--icf=safe", "-z", "pack-relative-relocs"].flatMap {
            ["-Xlinker", $0]
        },
    .when(platforms: [.linux], configuration: .release))

func layer(
    _ name: String, _ dependencies: [Target.Dependency], plugins: [Target.PluginUsage] = []
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings, plugins: plugins)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, swiftSettings: settings, linkerSettings: [slim])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let yaml: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "ltc",
    products: [
        .executable(name: "ltcd", targets: ["ltcd"]),
        .executable(name: "ltc", targets: ["ltc"]),
        // The job engine, for other programs: docs/jobs.md.
        .library(name: "Jobs", targets: ["Jobs", "Postgres"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.9.0"),
        // No traits: with two of them the build plan changes from run to run, and Hummingbird is compiled again.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The floors of the house, bottom first; a floor imports only what stands below it.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        layer("Postgres", ["CLibPQ", logging]),
        layer("Domain", []),
        layer("Store", ["Domain", "Postgres"], plugins: ["EmbedSQL"]),
        layer("Jobs", ["Postgres", logging, metrics], plugins: ["EmbedSQL"]),
        layer(
            "Delivery",
            ["CLibCurl", "CLibXML2", "CPangoCairo", "CQREncode", "CXLSXWriter", "Domain", logging, mustache]),
        layer("Automation", ["Domain", "Store", "Jobs", "Delivery", "Postgres", logging, yaml]),
        program(
            "ltcd",
            [
                "Automation", "Store", "Jobs", "Delivery", "Domain", "Postgres",
                arguments, configuration, yaml, logging, metrics, lifecycle, unixSignals, hummingbird,
            ]),
        program(
            "ltc",
            [
                "Automation", "Store", "Jobs", "Delivery", "Domain", "Postgres",
                arguments, configuration, logging,
            ]),

        // sql/ becomes Swift: every statement a type, every migration a value.
        .executableTarget(name: "embed-sql", path: "Plugins/embed-sql"),
        .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["embed-sql"]),
        program(
            "ltc-bench",
            [
                "TestSupport", "Automation", "Store", "Jobs", "Delivery", "Domain", "Postgres", "CLibPQ",
                arguments, logging, unixSignals,
            ],
            path: "Benchmarks"),
        program(
            "ltc-faults", ["TestSupport", "Jobs", "Postgres", arguments, logging, unixSignals], path: "Tests/Faults"),

        .target(
            name: "TestSupport", dependencies: ["Store", "Jobs", "Automation", "Domain", "Postgres", logging],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("PostgresTests", ["Postgres", logging]),
        tests("DomainTests", ["Domain"]),
        tests("StoreTests", ["Store", "Domain", "Postgres"]),
        tests("JobsTests", ["Jobs", "Postgres", logging]),
        tests("DeliveryTests", ["Delivery", "Domain", logging]),
        tests("AutomationTests", ["Automation", "Store", "Jobs", "Delivery", "Domain", "Postgres", logging]),
        tests(
            "EndToEndTests",
            ["ltcd", "Automation", "Store", "Jobs", "Delivery", "Domain", "Postgres", logging, hummingbird]),
    ]
)
