import Foundation
package import Primitives
package import Roles
import Rollup
package import SystemPackage

/// Everything a sequencer was ever permitted to sign, in a file that is only appended to and never restored from a backup.
///
/// One line for each permission: the reason, the L1 block of the forced inclusion that the block builds on, and the block
/// in hexadecimal RLP. A line is durable before the signature is made.
package struct SignerStore {
  private let path: FilePath

  package init(directory: FilePath) throws(NodeError) {
    path = directory.appending("permissions")
    do {
      try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    } catch { throw .files(path: directory.string, cause: error.localizedDescription) }
  }

  /// What was permitted, in order. A line that a crash left unfinished at the end was never acted on.
  package func permissions() throws(NodeError) -> [SigningGuard.Permission] {
    guard FileManager.default.fileExists(atPath: path.string) else { return [] }
    let text: String
    do { text = try String(contentsOfFile: path.string, encoding: .utf8) } catch {
      throw .files(path: path.string, cause: error.localizedDescription)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return try lines.map { (line) throws(NodeError) in
      let parts = line.split(separator: " ")
      guard parts.count == 3, let reason = SigningGuard.Reason(rawValue: String(parts[0])),
        let forcedThrough = UInt64(parts[1]), let bytes = try? Hex.decode(String(parts[2])),
        let block = SignerStore.block(bytes)
      else { throw .files(path: path.string, cause: "a line is damaged; without it nothing may be signed") }
      return SigningGuard.Permission(block: block, reason: reason, forcedThrough: forcedThrough)
    }
  }

  /// Keeps a permission. Returns when it is durable.
  package func append(_ permission: SigningGuard.Permission) throws(NodeError) {
    var writer = RLPWriter()
    permission.block.append(to: &writer)
    let fields = [permission.reason.rawValue, "\(permission.forcedThrough)", Hex.encode(writer.bytes)]
    try DurableFile.append(fields.joined(separator: " ") + "\n", to: path)
  }

  private static func block(_ bytes: [UInt8]) -> RollupBlock? {
    var reader = RLPReader(bytes.rawSpan)
    return try? RollupBlock(&reader)
  }
}

/// The idempotency keys of transactions that were sent, each durable before its transaction leaves.
package struct Outbox {
  private let path: FilePath

  package init(directory: FilePath) {
    path = directory.appending("outbox")
  }

  package func note(_ key: Hash256, _ rule: Intent.Rule) throws(NodeError) {
    try DurableFile.append("\(key) \(rule.rawValue)\n", to: path)
  }
}

private enum DurableFile {
  static func append(_ text: String, to path: FilePath) throws(NodeError) {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .append, .closeOnExec], permissions: [.ownerReadWrite])
      try file.closeAfter {
        _ = try file.writeAll([UInt8](text.utf8))
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
    } catch { throw .files(path: path.string, cause: "\(error)") }
  }
}
