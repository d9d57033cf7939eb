package import Primitives

/// Prepared code by its hash. Holds at most a certain number of bytes, and starts afresh when that is reached.
package struct CodeCache {
  private var codes: [Hash256: Code] = [:]
  private var byteCount = 0

  private static let limit = 32 << 20

  package init() {}

  package subscript(hash: Hash256) -> Code? {
    codes[hash]
  }

  package mutating func insert(_ bytes: [UInt8], _ hash: Hash256) -> Code {
    let code = Code.prepared(bytes)
    if byteCount + code.count > CodeCache.limit {
      codes.removeAll(keepingCapacity: true)
      byteCount = 0
    }
    codes[hash] = code
    byteCount += code.count
    return code
  }
}
