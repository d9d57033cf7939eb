// The module map, as the document states it and as the manifest states it.

import Foundation

/// What is known of one module.
struct Module: Equatable {
  enum Kind: String {
    case pure, shell, tool, system
  }

  let name: String
  let kind: Kind

  /// Modules of this package that it imports.
  let imports: Set<String>

  /// Modules of the system, of the toolchain or of other packages that it may import.
  let foreignImports: Set<String>
}

enum ModuleMap {
  /// The table of `Docs/Modules.md`, top row first: `| Module | Kind | Imports | From outside | … |`.
  static func ofDocument() throws -> [Module] {
    try Repository.file("Docs/Modules.md").lines.compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard cells.count >= 6, let kind = Module.Kind(rawValue: cells[2]) else { return nil }
      return Module(
        name: names(cells[1]).first ?? "", kind: kind, imports: Set(names(cells[3])),
        foreignImports: Set(names(cells[4])))
    }
  }

  /// Names between backquotes.
  private static func names(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap { index, part in
      index.isMultiple(of: 2) ? nil : String(part)
    }
  }

  /// A target of `Package.swift`.
  struct ManifestTarget {
    enum Place {
      /// `Sources`: what the package is made of.
      case sources
      case tests
      /// `Tools`: a program for scripts.
      case tools
    }

    let name: String
    let place: Place
    let dependencies: Set<String>
  }

  /// The targets in the order in which the manifest has them, products of other packages by their module name.
  static func ofManifest() throws -> [ManifestTarget] {
    let text = try Repository.file("Package.swift").text
    let pattern =
      #/\.(target|systemLibrary|executableTarget|testTarget)\(\s*name:\s*"(\w+)"(?:,\s*dependencies:\s*\[([^\]]*)\])?(?:,\s*path:\s*"(\w+))?/#
    return text.matches(of: pattern).map { match in
      let (_, kind, name, list, folder) = match.output
      let dependencies = (list ?? "").split(separator: ",").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" \n"))
      }
      return ManifestTarget(
        name: String(name),
        place: kind == "testTarget" || folder == "Tests" ? .tests : folder == "Tools" ? .tools : .sources,
        dependencies: Set(dependencies.filter { !$0.isEmpty }.map { moduleOfProduct[$0] ?? $0 }))
    }
  }

  /// The manifest's names for products of other packages, and the modules they bring.
  private static let moduleOfProduct = [
    "argumentParser": "ArgumentParser", "crypto": "Crypto", "logging": "Logging",
    "loggingInMemory": "InMemoryLogging", "metrics": "CoreMetrics", "metricsTestKit": "MetricsTestKit",
    "system": "SystemPackage",
  ]

  /// Modules that come from other packages.
  static let packagedModules = Set(moduleOfProduct.values)
}
