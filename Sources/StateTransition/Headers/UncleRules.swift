package import Primitives
package import Rollup

/// Which stale headers a block may name (yellow paper, section 11.1).
package struct UncleRules: Sendable {
  /// A block before the one that names uncles.
  package struct Ancestor: Sendable {
    package let header: BlockHeader
    package let hash: Hash256

    /// Hashes of the uncles that it names.
    package let uncles: [Hash256]

    package init(header: BlockHeader, hash: Hash256, uncles: [Hash256]) {
      self.header = header
      self.hash = hash
      self.uncles = uncles
    }
  }

  /// How many ancestors have to be given: the parents of the oldest uncles are that far back.
  package static let ancestorCount = 7

  private let headerRules: HeaderRules

  package init(forks: ForkSchedule) {
    headerRules = HeaderRules(forks: forks)
  }

  /// Holds the uncles of the block with `header` against the rules: at most two, each a valid sibling of an ancestor, up
  /// to six blocks older than the block, not named before.
  ///
  /// - Parameter ancestors: the parent first, `ancestorCount` of them or all there are.
  /// - Complexity: one hash for each uncle.
  package func validate(
    _ uncles: [BlockHeader], of header: BlockHeader, ancestors: [Ancestor]
  ) throws(BlockError) {
    if uncles.isEmpty { return }
    func refuse(_ index: Int, _ reason: UncleError) -> BlockError {
      .invalidUncle(block: header.number, index: index, reason: reason)
    }
    guard uncles.count <= BlockReward.greatestUncleCount else {
      throw refuse(BlockReward.greatestUncleCount, .tooMany(uncles.count))
    }
    var named = Set(ancestors.flatMap(\.uncles))
    for (index, uncle) in uncles.enumerated() {
      let hash = uncle.hash
      guard named.insert(hash).inserted else { throw refuse(index, .namedBefore) }
      guard !ancestors.contains(where: { $0.hash == hash }) else { throw refuse(index, .isAncestor) }
      guard let parent = ancestors.first(where: { $0.hash == uncle.parentHash }), parent.hash != header.parentHash
      else { throw refuse(index, .noSibling) }
      do {
        try headerRules.validate(uncle, parent: parent.header, parentHash: parent.hash)
      } catch {
        throw refuse(index, .header(error))
      }
    }
  }
}
