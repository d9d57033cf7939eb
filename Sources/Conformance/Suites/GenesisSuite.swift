import ChainImport
import Primitives
import Rollup

/// Genesis files, `NAME.json`, each with the block 0 that it gives beside it in `NAME.expected.json`: state root, header
/// and hash.
struct GenesisSuite: Suite {
  private static let ending = ".expected.json"

  func files(among files: [FixtureFile]) -> [FixtureFile] {
    let paths = Set(files.map(\.path))
    return files.filter { file in
      let expectation = String(file.path.dropLast(".json".count)) + Self.ending
      return file.path.hasSuffix(".json") && !paths.contains(expectation)
    }
  }

  func cases(of file: FixtureFile) throws -> [SuiteCase] {
    guard file.name.hasSuffix(Self.ending) else { return [] }
    let name = String(file.name.dropLast(Self.ending.count))
    let expected = try file.json()
    guard let genesis = file.sibling("\(name).json") else { throw FixtureError("\(name).json is not there") }
    return [SuiteCase(name: name, fork: "genesis") { try run(genesis, expected) }]
  }

  private func run(_ genesis: FixtureFile, _ expected: JSON) throws -> String? {
    let header = try Genesis.header(json: try genesis.bytes())
    let root = try expected.member("stateRoot").hash()
    if header.stateRoot != root { return "the state root is \(header.stateRoot), expected \(root)" }
    let rlp = try expected.member("headerRlp").bytes()
    if header.encode() != rlp { return "the header is \(Hex.encode(header.encode())), expected \(Hex.encode(rlp))" }
    let hash = try expected.member("genesisHash").hash()
    return header.hash == hash ? nil : "the hash is \(header.hash), expected \(hash)"
  }
}
