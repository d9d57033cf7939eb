/// A decoded node (yellow paper, appendix D).
enum TrieNode {
  /// The value of the key that goes on from here with `suffix`.
  case leaf(suffix: NibblePath, value: [UInt8])

  /// All keys go on from here with `suffix`, to a branch.
  case `extension`(suffix: NibblePath, child: NodeReference)

  /// Keys part here.
  case branch(Branch)

  /// The sixteen ways on from a node, and the value of the key that ends here (empty: none does).
  struct Branch {
    var children: InlineArray<16, NodeReference>
    var value: [UInt8]

    static var empty: Branch { Branch(children: InlineArray(repeating: .empty), value: []) }

    /// How many children there are, and the value if there is one.
    var occupancy: Int {
      var count = value.isEmpty ? 0 : 1
      for nibble in 0..<16 where !children[nibble].isEmpty {
        count += 1
      }
      return count
    }
  }
}
