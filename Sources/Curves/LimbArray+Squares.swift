// Squares are written out word by word: as loops over pairs of words they go through memory, and take longer than
// products (measured in several forms).

extension LimbArray {
  @inline(__always)
  func squaredFullWidth() -> (high: Self, low: Self) {
    switch width {
    case 4: squaredFourWords()
    case 6: squaredSixWords()
    default: multipliedFullWidth(by: self)
    }
  }

  @inline(__always)
  private func squaredFourWords() -> (high: Self, low: Self) {
    // Each pair of different words once.
    var carry0: UInt64 = 0
    let p1 = Word.multiplyAdd(0, words[0], words[1], carry: &carry0)
    let p2 = Word.multiplyAdd(0, words[0], words[2], carry: &carry0)
    var p3 = Word.multiplyAdd(0, words[0], words[3], carry: &carry0)
    var p4 = carry0
    var carry1: UInt64 = 0
    p3 = Word.multiplyAdd(p3, words[1], words[2], carry: &carry1)
    p4 = Word.multiplyAdd(p4, words[1], words[3], carry: &carry1)
    var p5 = carry1
    var carry2: UInt64 = 0
    p5 = Word.multiplyAdd(p5, words[2], words[3], carry: &carry2)
    let p6 = carry2
    // Twice that, and the squares of the words.
    var carry: UInt64 = 0
    let (square0, low0) = words[0].multipliedFullWidth(by: words[0])
    let r0 = low0
    let r1 = Word.sum(p1 << 1, square0, carry: &carry)
    let (square1, low1) = words[1].multipliedFullWidth(by: words[1])
    let r2 = Word.sum(p2 << 1 | p1 >> 63, low1, carry: &carry)
    let r3 = Word.sum(p3 << 1 | p2 >> 63, square1, carry: &carry)
    let (square2, low2) = words[2].multipliedFullWidth(by: words[2])
    let r4 = Word.sum(p4 << 1 | p3 >> 63, low2, carry: &carry)
    let r5 = Word.sum(p5 << 1 | p4 >> 63, square2, carry: &carry)
    let (square3, low3) = words[3].multipliedFullWidth(by: words[3])
    let r6 = Word.sum(p6 << 1 | p5 >> 63, low3, carry: &carry)
    let r7 = Word.sum(p6 >> 63, square3, carry: &carry)
    let columns: InlineArray<8, UInt64> = [r0, r1, r2, r3, r4, r5, r6, r7]
    return (Self { columns[4 + $0] }, Self { columns[$0] })
  }

  @inline(__always)
  private func squaredSixWords() -> (high: Self, low: Self) {
    // Each pair of different words once.
    var carry0: UInt64 = 0
    let p1 = Word.multiplyAdd(0, words[0], words[1], carry: &carry0)
    let p2 = Word.multiplyAdd(0, words[0], words[2], carry: &carry0)
    var p3 = Word.multiplyAdd(0, words[0], words[3], carry: &carry0)
    var p4 = Word.multiplyAdd(0, words[0], words[4], carry: &carry0)
    var p5 = Word.multiplyAdd(0, words[0], words[5], carry: &carry0)
    var p6 = carry0
    var carry1: UInt64 = 0
    p3 = Word.multiplyAdd(p3, words[1], words[2], carry: &carry1)
    p4 = Word.multiplyAdd(p4, words[1], words[3], carry: &carry1)
    p5 = Word.multiplyAdd(p5, words[1], words[4], carry: &carry1)
    p6 = Word.multiplyAdd(p6, words[1], words[5], carry: &carry1)
    var p7 = carry1
    var carry2: UInt64 = 0
    p5 = Word.multiplyAdd(p5, words[2], words[3], carry: &carry2)
    p6 = Word.multiplyAdd(p6, words[2], words[4], carry: &carry2)
    p7 = Word.multiplyAdd(p7, words[2], words[5], carry: &carry2)
    var p8 = carry2
    var carry3: UInt64 = 0
    p7 = Word.multiplyAdd(p7, words[3], words[4], carry: &carry3)
    p8 = Word.multiplyAdd(p8, words[3], words[5], carry: &carry3)
    var p9 = carry3
    var carry4: UInt64 = 0
    p9 = Word.multiplyAdd(p9, words[4], words[5], carry: &carry4)
    let p10 = carry4
    // Twice that, and the squares of the words.
    var carry: UInt64 = 0
    let (square0, low0) = words[0].multipliedFullWidth(by: words[0])
    let r0 = low0
    let r1 = Word.sum(p1 << 1, square0, carry: &carry)
    let (square1, low1) = words[1].multipliedFullWidth(by: words[1])
    let r2 = Word.sum(p2 << 1 | p1 >> 63, low1, carry: &carry)
    let r3 = Word.sum(p3 << 1 | p2 >> 63, square1, carry: &carry)
    let (square2, low2) = words[2].multipliedFullWidth(by: words[2])
    let r4 = Word.sum(p4 << 1 | p3 >> 63, low2, carry: &carry)
    let r5 = Word.sum(p5 << 1 | p4 >> 63, square2, carry: &carry)
    let (square3, low3) = words[3].multipliedFullWidth(by: words[3])
    let r6 = Word.sum(p6 << 1 | p5 >> 63, low3, carry: &carry)
    let r7 = Word.sum(p7 << 1 | p6 >> 63, square3, carry: &carry)
    let (square4, low4) = words[4].multipliedFullWidth(by: words[4])
    let r8 = Word.sum(p8 << 1 | p7 >> 63, low4, carry: &carry)
    let r9 = Word.sum(p9 << 1 | p8 >> 63, square4, carry: &carry)
    let (square5, low5) = words[5].multipliedFullWidth(by: words[5])
    let r10 = Word.sum(p10 << 1 | p9 >> 63, low5, carry: &carry)
    let r11 = Word.sum(p10 >> 63, square5, carry: &carry)
    let columns: InlineArray<12, UInt64> = [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11]
    return (Self { columns[6 + $0] }, Self { columns[$0] })
  }
}
