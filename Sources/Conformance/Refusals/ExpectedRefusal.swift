/// What a fixture says of a transaction or a block that has to be refused.
struct ExpectedRefusal: CustomStringConvertible {
  /// The exceptions' names as the fixture has them, `A|B` for either; nil where it names none.
  private let names: String?

  /// - Parameter names: as the fixture has them; nil where all that it says is that there is a refusal.
  init(_ names: String?) {
    self.names = names
  }

  var description: String { names ?? "a refusal" }

  /// How a refusal differs from the expected one, nil when it does not. Without a name any will do that is about the
  /// transaction or the block.
  func difference(from error: any Error) -> String? {
    let broken = Refusal.rules(brokenBy: error)
    if broken.isEmpty { return "\(error)" }
    guard let names else { return nil }
    var expected: [Refusal] = []
    for name in names.split(separator: "|", omittingEmptySubsequences: false).map(String.init) {
      guard let rules = ExceptionNames.rules(of: name) else {
        return "unknown exception \(name): add it to ExceptionNames; refused: \(error)"
      }
      expected += rules
    }
    if broken.contains(where: expected.contains) { return nil }
    let found = broken.map { "\($0)" }.joined(separator: ", ")
    return "refused for \(found), expected is \(names): \(error)"
  }
}
