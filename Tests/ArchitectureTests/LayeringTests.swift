import Testing

@Suite("Layering")
struct LayeringTests {
  @Test("the manifest and Docs/Modules.md name the same modules with the same dependencies")
  func manifestEqualsDocument() throws {
    let document = try ModuleMap.ofDocument()
    let manifest = try ModuleMap.ofManifest().filter { $0.place == .sources }
    #expect(Set(document.map(\.name)) == Set(manifest.map(\.name)))
    for target in manifest {
      let row = try #require(document.first { $0.name == target.name }, "\(target.name) has no row")
      let packaged = row.foreignImports.intersection(ModuleMap.packagedModules)
      #expect(target.dependencies == row.imports.union(packaged), "dependencies of \(target.name)")
    }
  }

  @Test("dependencies point strictly downward: each target stands after all it depends on")
  func dependenciesPointDownward() throws {
    var seen: Set<String> = ModuleMap.packagedModules
    for target in try ModuleMap.ofManifest() where target.place == .sources {
      #expect(target.dependencies.isSubset(of: seen), "\(target.name) depends on something below it in the list")
      seen.insert(target.name)
    }
  }

  @Test("every import in Sources is one that its module's row allows, and every allowed edge is used")
  func importsFollowTheTable() throws {
    for module in try ModuleMap.ofDocument() where module.kind != .system && module.name != "CHashing" {
      var used: Set<String> = []
      for file in try Repository.files(below: "Sources/\(module.name)", where: { $0.hasSuffix(".swift") }) {
        for found in SwiftCode(file.text).imports {
          used.insert(found.module)
          let allowed = module.imports.union(module.foreignImports).contains(found.module)
          #expect(allowed, "\(file.path):\(found.line) imports \(found.module), which \(module.name) may not")
        }
      }
      let unused = module.imports.union(module.foreignImports.intersection(ModuleMap.packagedModules)).subtracting(used)
      #expect(unused.isEmpty, "\(module.name) declares but never imports \(unused.sorted())")
    }
  }

  @Test("a C library has one importer")
  func oneImporterPerLibrary() throws {
    let map = try ModuleMap.ofDocument()
    for system in map where system.kind == .system {
      #expect(map.count { $0.imports.contains(system.name) } == 1, "importers of \(system.name)")
    }
    // SHA-256: the tree of the log, and a precompiled contract.
    #expect(Set(map.filter { $0.foreignImports.contains("Crypto") }.map(\.name)) == ["EVM", "MerkleLog"])
  }

  @Test("pure modules depend on pure modules only, and name no module of the system")
  func pureStaysPure() throws {
    let map = try ModuleMap.ofDocument()
    let impure = Set(map.filter { $0.kind == .shell || $0.kind == .tool }.map(\.name))
    for module in map where module.kind == .pure {
      #expect(module.imports.isDisjoint(with: impure), "\(module.name) is pure, but depends on a shell")
      #expect(module.foreignImports.isSubset(of: ["Crypto"]), "\(module.name) is pure, but imports from outside")
    }
  }

  @Test("the import finder sees through attributes, access levels, single declarations and comments")
  func importFinder() {
    let code = SwiftCode(
      """
      import Alpha
      @_exported public import Beta
      package import struct Gamma.Thing
      // import Delta
      let text = "import Epsilon"
      #if canImport(Zeta)
        import Zeta
      #endif
      /* import Eta /* nested */ import Theta */ import Iota
      """)
    #expect(code.imports.map(\.module) == ["Alpha", "Beta", "Gamma", "Zeta", "Iota"])
  }
}
