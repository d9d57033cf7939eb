/// A decoded node (yellow paper, appendix D).
enum TrieNode {
  /// The value of the key that goes on from here with `suffix`.
  case leaf(suffix: NibblePath, value: [UInt8])

  /// All keys go on from here with `suffix`, to a branch.
  case `extension`(suffix: NibblePath, child: NodeReference)

  /// Keys part here.
  case branch(Branch)

  /// The ways on from a node, and the value of the key that ends here (empty: none does).
  struct Branch {
    /// Sixteen, by nibble.
    var children: [NodeReference]

    var value: [UInt8]

    static var empty: Branch { Branch(children: Array(repeating: .empty, count: 16), value: []) }

    /// How many children there are, and the value if there is one.
    var occupancy: Int {
      children.count { !$0.isEmpty } + (value.isEmpty ? 0 : 1)
    }
  }
}
