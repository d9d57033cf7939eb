import Primitives

extension SplitMix64 {
  /// Whether something happens that happens `percent` times in a hundred.
  mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }

  /// A number below `limit`.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// One of a list that is not empty.
  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}
