@testable import Curves
import TestSupport

extension NaiveInteger {
  init(_ number: some Limbs) {
    self.init(
      digits: (0..<type(of: number).count).flatMap { [number.word(at: $0) & 0xffff_ffff, number.word(at: $0) >> 32] })
  }

  /// The number in limbs. Traps when it does not fit.
  func limbs<Words: Limbs>(_: Words.Type = Words.self) -> Words {
    precondition((2 * Words.count..<2 * Words.count + 64).allSatisfy { digit($0) == 0 }, "the number fits")
    return Words { index in digit(2 * index) | digit(2 * index + 1) << 32 }
  }
}
