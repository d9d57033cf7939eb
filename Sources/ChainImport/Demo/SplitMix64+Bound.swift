import Primitives

extension SplitMix64 {
  /// The next number, modulo `bound`.
  mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
