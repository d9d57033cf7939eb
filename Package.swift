// swift-tools-version: 6.2
//
// Varve: an event-sourced, log-structured storage engine for optimistic rollups.
//
// Targets stand in dependency order, lowest first. Imports go strictly downward; `Tests/ArchitectureTests` holds
// every import in `Sources` against this list. One loop at the end gives all Swift targets the same settings.

import PackageDescription

// What a target may use of other packages.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let loggingInMemory = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "varve",
  products: [
    .executable(name: "varve", targets: ["varve"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // Module maps over the Debian libraries.
    .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CSecp256k1", providers: [.apt(["libsecp256k1-dev"])]),

    // Instructions that Swift cannot name per function: CRC-32C and wide Keccak, chosen at run time. Optimised in debug
    // builds as well: a third of what the tests do is hashing.
    .target(name: "CHashing", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),

    // Values with one fixed meaning and encoding.
    .target(name: "Primitives"),

    // Keccak-256 and CRC-32C.
    .target(name: "Hashing", dependencies: ["CHashing", "Primitives"]),

    // secp256k1: sign, recover.
    .target(name: "Signatures", dependencies: ["CSecp256k1", "Hashing", "Primitives"]),

    // Pairing curves and P-256.
    .target(name: "Curves", dependencies: ["Primitives"]),

    // Safe, typed view of LMDB.
    .target(name: "LMDB", dependencies: ["CLMDB", system]),

    // RFC 6962 tree, proofs, tiles, signed checkpoints.
    .target(name: "MerkleLog", dependencies: ["Hashing", "Primitives", crypto]),

    // Merkle-Patricia trie over a node reader.
    .target(name: "StateTrie", dependencies: ["Hashing", "Primitives"]),

    // The vocabulary: records, events, blocks, chain configuration, and their canonical bytes.
    .target(name: "Rollup", dependencies: ["Hashing", "MerkleLog", "Primitives", "StateTrie"]),

    // What others said of the order: signed messages read, and what contradicts judged.
    .target(name: "Testimony", dependencies: ["Hashing", "Primitives", "Rollup", "Signatures", "StateTrie"]),

    // Durable ordered records on LMDB.
    .target(
      name: "EventStore",
      dependencies: ["Hashing", "LMDB", "MerkleLog", "Primitives", "Rollup", logging, metrics, system]),

    // The data directory: whose it is, where its parts are, and the key of its log.
    .target(name: "StoreFiles", dependencies: ["EventStore", "LMDB", "Primitives", system]),

    // Runs code against a host.
    .target(name: "EVM", dependencies: ["Curves", "Hashing", "Primitives", "Signatures", crypto]),

    // Applies a block to a state view.
    .target(
      name: "StateTransition",
      dependencies: ["EVM", "Hashing", "Primitives", "Rollup", "Signatures", "StateTrie"]),

    // Proofs as files that stand alone.
    .target(
      name: "Evidence",
      dependencies: ["Hashing", "MerkleLog", "Primitives", "Rollup", "StateTransition", "StateTrie", "Testimony"]),

    // The rollup contract.
    .target(
      name: "Settlement",
      dependencies: ["Hashing", "Primitives", "Rollup", "Signatures", "StateTransition"]),

    // The folds.
    .target(
      name: "Projections",
      dependencies: [
        "EVM", "Hashing", "Primitives", "Rollup", "Signatures", "StateTransition", "StateTrie", "Testimony",
      ]),

    // L1 as a node sees it, and one in the process.
    .target(
      name: "L1",
      dependencies: [
        "EventStore", "Hashing", "Primitives", "Rollup", "Settlement", "StateTransition", "StateTrie",
      ]),

    // Runs folds over the log.
    .target(
      name: "ProjectionStore",
      dependencies: [
        "EventStore", "Hashing", "LMDB", "Primitives", "Projections", "Rollup", system,
      ]),

    // What sequencer, proposer and challenger want next, and why.
    .target(
      name: "Roles",
      dependencies: ["Hashing", "Primitives", "Rollup", "Settlement", "StateTransition"]),

    // Performs what roles want; follows L1 into the ledger.
    .target(
      name: "Node",
      dependencies: [
        "EventStore", "Evidence", "Hashing", "L1", "LMDB", "Primitives", "ProjectionStore", "Projections", "Roles",
        "Rollup", "Settlement", "Signatures", "StateTransition", "StateTrie", "StoreFiles", "Testimony", system,
      ]),

    // Whole rollups from a seed.
    .target(
      name: "Simulation",
      dependencies: [
        "EventStore", "Evidence", "Hashing", "L1", "MerkleLog", "Node", "Primitives", "Projections", "Roles", "Rollup",
        "Settlement", "Signatures", "StateTransition", "StateTrie", "Testimony", system,
      ]),

    // Genesis files and chain exports into ledger events.
    .target(
      name: "ChainImport",
      dependencies: [
        "EventStore", "Hashing", "MerkleLog", "Primitives", "Rollup", "Signatures", "StateTransition", "StateTrie",
        "StoreFiles", system,
      ]),

    // Runs published suites over the rules and over genesis files.
    .target(
      name: "Conformance",
      dependencies: [
        "ChainImport", "EVM", "Hashing", "Primitives", "Rollup", "Signatures", "StateTransition", "StateTrie",
      ]),

    // The tool.
    .executableTarget(
      name: "varve",
      dependencies: [
        "ChainImport", "Conformance", "EVM", "EventStore", "Evidence", "Hashing", "LMDB", "MerkleLog", "Node",
        "Primitives", "ProjectionStore", "Projections", "Roles", "Rollup", "Signatures", "Simulation",
        "StateTransition", "StateTrie", "StoreFiles", "Testimony", argumentParser, logging, system,
      ]),

    // What `Tools/faults` kills, and what checks the log afterwards.
    .executableTarget(
      name: "FaultDriver",
      dependencies: [
        "ChainImport", "EventStore", "Hashing", "L1", "LMDB", "MerkleLog", "Node", "Primitives", "ProjectionStore",
        "Projections", "Roles", "Rollup", "StateTransition", "StoreFiles", logging, system,
      ],
      path: "Tools/FaultDriver"),

    // The second virtual machine, slow and obvious, and random code for both: for tests and `MachineFuzz`.
    .target(
      name: "SecondMachine",
      dependencies: ["EVM", "Hashing", "Primitives", "Rollup", "Signatures", "StateTransition"],
      path: "Tests/SecondMachine"),

    // What `Tools/test` runs to hold the release build's virtual machine to the second one.
    .executableTarget(
      name: "MachineFuzz", dependencies: ["EVM", "Primitives", "SecondMachine"], path: "Tools/MachineFuzz"),

    // What several test targets share: vectors, seeded random, temporary stores verified at the end.
    .target(
      name: "TestSupport",
      dependencies: ["EventStore", "Hashing", "LMDB", "Primitives", "Projections", "Rollup", "StateTransition"],
      path: "Tests/TestSupport"),

    // The formats that strangers send or a disk gives back, for `FuzzTests` and for libFuzzer.
    .target(
      name: "FuzzFormats",
      dependencies: ["Evidence", "Hashing", "MerkleLog", "Node", "Primitives", "Rollup", "StoreFiles", "Testimony"],
      path: "Tests/FuzzFormats"),

    // Disk faults on demand: stands between LMDB and the C library.
    .target(name: "CDiskFaults", path: "Tests/CDiskFaults"),

    .testTarget(name: "PrimitivesTests", dependencies: ["Primitives", "TestSupport"]),
    .testTarget(name: "HashingTests", dependencies: ["Hashing", "Primitives", "TestSupport"]),
    .testTarget(name: "SignaturesTests", dependencies: ["Hashing", "Primitives", "Signatures", "TestSupport"]),
    .testTarget(name: "CurvesTests", dependencies: ["Curves", "Primitives", "TestSupport"]),
    .testTarget(name: "LMDBTests", dependencies: ["CDiskFaults", "CLMDB", "LMDB", "TestSupport", system]),
    .testTarget(name: "MerkleLogTests", dependencies: ["MerkleLog", "Primitives", "TestSupport"]),
    .testTarget(name: "StateTrieTests", dependencies: ["Hashing", "Primitives", "StateTrie", "TestSupport"]),
    .testTarget(
      name: "RollupTests",
      dependencies: ["Hashing", "MerkleLog", "Primitives", "Rollup", "Signatures", "StateTrie", "TestSupport"]),
    .testTarget(
      name: "TestimonyTests",
      dependencies: ["Hashing", "Primitives", "Rollup", "Signatures", "StateTrie", "Testimony", "TestSupport"]),
    .testTarget(
      name: "EventStoreTests",
      dependencies: [
        "CDiskFaults", "EventStore", "Hashing", "LMDB", "MerkleLog", "Primitives", "Rollup", "TestSupport", logging,
        loggingInMemory, metrics, metricsTestKit, system,
      ]),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "Evidence", "FuzzFormats", "Hashing", "MerkleLog", "Node", "Primitives", "Rollup", "Signatures", "StateTrie",
        "StoreFiles", "Testimony", "TestSupport",
      ],
      exclude: ["Corpus"]),
    .testTarget(name: "EVMTests", dependencies: ["EVM", "Hashing", "Primitives", "SecondMachine", "TestSupport"]),
    .testTarget(
      name: "StateTransitionTests",
      dependencies: [
        "EVM", "Hashing", "Primitives", "Rollup", "SecondMachine", "Signatures", "StateTransition", "StateTrie",
        "TestSupport",
      ]),
    .testTarget(
      name: "EvidenceTests",
      dependencies: [
        "Evidence", "Hashing", "MerkleLog", "Primitives", "Rollup", "Signatures", "StateTransition", "StateTrie",
        "Testimony", "TestSupport",
      ]),
    .testTarget(
      name: "ProjectionsTests",
      dependencies: [
        "Hashing", "Primitives", "Projections", "Rollup", "Signatures", "StateTransition", "StateTrie", "Testimony",
        "TestSupport",
      ]),
    .testTarget(
      name: "ProjectionStoreTests",
      dependencies: [
        "ChainImport", "EVM", "EventStore", "Evidence", "Hashing", "LMDB", "Primitives", "ProjectionStore",
        "Projections",
        "Rollup", "Signatures", "StateTransition", "StateTrie", "TestSupport", system,
      ]),
    .testTarget(
      name: "ChainImportTests",
      dependencies: [
        "CDiskFaults", "ChainImport", "EventStore", "Hashing", "Primitives", "Rollup", "StateTransition", "StoreFiles",
        "TestSupport", system,
      ]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Conformance", "Hashing", "Primitives", "Rollup", "Signatures", "StateTransition", "StateTrie", "TestSupport",
        "varve",
      ]),
    .testTarget(
      name: "SettlementTests",
      dependencies: ["Hashing", "Primitives", "Rollup", "Settlement", "Signatures", "StateTrie", "TestSupport"]),
    .testTarget(
      name: "L1Tests",
      dependencies: [
        "EventStore", "Hashing", "L1", "Primitives", "Rollup", "Settlement", "StateTransition", "StateTrie",
        "TestSupport", system,
      ]),
    .testTarget(
      name: "NodeTests",
      dependencies: [
        "EventStore", "Evidence", "Hashing", "L1", "Node", "Primitives", "ProjectionStore", "Projections", "Roles",
        "Rollup", "Settlement", "Signatures", "StateTransition", "StoreFiles", "Testimony", "TestSupport", system,
      ]),
    .testTarget(
      name: "RolesTests",
      dependencies: [
        "L1", "Primitives", "Roles", "Rollup", "Settlement", "Signatures", "StateTransition", "StateTrie",
        "TestSupport",
      ]),
    .testTarget(
      name: "SimulationTests", dependencies: ["ChainImport", "Primitives", "Rollup", "Simulation", "TestSupport"]),
    .testTarget(
      name: "ArchitectureTests",
      dependencies: [
        "EventStore", "Hashing", "LMDB", "MerkleLog", "Primitives", "ProjectionStore", "Rollup", "TestSupport", system,
      ]),
    .testTarget(
      name: "varveTests",
      dependencies: [
        "EventStore", "Hashing", "LMDB", "MerkleLog", "Primitives", "Projections", "Rollup", "StoreFiles",
        "TestSupport", "varve", argumentParser, system,
      ]),
  ]
)

// Asked for by `Tools/fuzz` alone, which links it with libFuzzer.
if Context.environment["VARVE_FUZZ"] != nil {
  package.products.append(.library(name: "FuzzFormats", type: .static, targets: ["FuzzFormats"]))
}

for target in package.targets where target.type != .system && !["CDiskFaults", "CHashing"].contains(target.name) {
  target.swiftSettings = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableExperimentalFeature("Lifetimes"),
  ]
}
