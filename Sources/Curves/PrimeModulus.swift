/// An odd prime, and what Montgomery arithmetic modulo it needs. R is 2^(64·count of words).
///
/// The members are constants that a release build folds into the code of each field. `Tools/fixtures/curve_constants.py`
/// derives them.
protocol PrimeModulus: Sendable {
  associatedtype Words: Limbs

  static var modulus: Words { get }

  /// −modulus⁻¹ mod 2⁶⁴.
  static var negatedInverse: UInt64 { get }

  /// R mod modulus: the Montgomery form of one.
  static var radix: Words { get }

  /// R² mod modulus: what takes a number into Montgomery form.
  static var radixSquared: Words { get }

  /// Whether the highest bit of the highest word is clear, so that a sum of two reduced numbers has no carry.
  static var hasSpareBit: Bool { get }
}
