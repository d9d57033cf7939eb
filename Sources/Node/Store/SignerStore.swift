import Primitives
package import Roles
import Rollup
package import SystemPackage

/// Everything a sequencer was ever permitted to sign, in a file that is only appended to and never restored from a backup.
///
/// One line for each permission: the reason, the L1 block of the forced inclusion that the block builds on, and the block
/// in hexadecimal RLP. A line is durable before the signature is made.
package struct SignerStore {
  private let file: LineFile

  /// Opens the file, or makes it. A line that a crash left unfinished at the end was never acted on, and is cut off.
  package init(directory: FilePath) throws(NodeError) {
    file = try LineFile(directory.appending(Self.fileName))
  }

  /// What was permitted, in order.
  package func permissions() throws(NodeError) -> [SigningGuard.Permission] {
    try Self.permissions(try file.lines(), of: file.path)
  }

  /// What was permitted, without changing anything; nil where nobody ever signed. Part of a line at the end, which a crash
  /// has left, was never acted on and is passed over.
  package static func look(in directory: FilePath) throws(NodeError) -> [SigningGuard.Permission]? {
    let path = directory.appending(fileName)
    return try LineFile.look(at: path).map { lines throws(NodeError) in try permissions(lines, of: path) }
  }

  private static let fileName = "permissions"

  private static func permissions(
    _ lines: [String], of path: FilePath
  ) throws(NodeError) -> [SigningGuard.Permission] {
    var permissions: [SigningGuard.Permission] = []
    for (index, line) in lines.enumerated() {
      let parts = line.split(separator: " ")
      guard parts.count == 3, let reason = SigningGuard.Reason(rawValue: String(parts[0])),
        let forcedThrough = UInt64(parts[1]), let bytes = try? Hex.decode(String(parts[2])),
        let block = SignerStore.block(bytes)
      else {
        throw .files(
          path: path.string, cause: "line \(index + 1) is damaged; without it nothing may be signed")
      }
      permissions.append(SigningGuard.Permission(block: block, reason: reason, forcedThrough: forcedThrough))
    }
    return permissions
  }

  /// Keeps a permission. Returns when it is durable.
  package func append(_ permission: SigningGuard.Permission) throws(NodeError) {
    var writer = RLPWriter()
    permission.block.append(to: &writer)
    let fields = [permission.reason.rawValue, "\(permission.forcedThrough)", Hex.encode(writer.bytes)]
    try file.append(fields.joined(separator: " "))
  }

  private static func block(_ bytes: [UInt8]) -> RollupBlock? {
    var reader = RLPReader(bytes.rawSpan)
    return try? RollupBlock(&reader)
  }
}
