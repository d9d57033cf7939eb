import EVM

/// What instructions cost before anything is known of their operands, and which there are: by the groups of the yellow
/// paper's appendix G and the EIPs since. Written down for itself: the first machine's rows are what is judged by it.
struct Prices {
  let revision: Revision

  /// Gas that instructions are to cost too much, so that somebody may find it.
  private let planted: [UInt8: Int]

  init(_ revision: Revision, planted: [UInt8: Int] = [:]) {
    self.revision = revision
    self.planted = planted
  }

  /// nil where there is no such instruction.
  func base(of opcode: UInt8) -> Int? {
    exists(opcode) ? group(opcode) + planted[opcode, default: 0] : nil
  }

  func exists(_ opcode: UInt8) -> Bool {
    switch opcode {
    case 0x00...0x0b, 0x10...0x1a, 0x20, 0x30...0x3c, 0x40...0x45, 0x50...0x5b, 0x60...0xa4, 0xf0...0xf3, 0xff: true
    // EIP-7.
    case 0xf4: revision >= .homestead
    // EIP-140, 211, 214.
    case 0x3d, 0x3e, 0xfa, 0xfd: revision >= .byzantium
    // EIP-145, 1014, 1052.
    case 0x1b...0x1d, 0x3f, 0xf5: revision >= .constantinople
    // EIP-1344, 1884.
    case 0x46, 0x47: revision >= .istanbul
    // EIP-3198.
    case 0x48: revision >= .london
    // EIP-3855.
    case 0x5f: revision >= .shanghai
    // EIP-1153, 4844, 5656, 7516.
    case 0x49, 0x4a, 0x5c...0x5e: revision >= .cancun
    // EIP-7939.
    case 0x1e: revision >= .osaka
    default: false
    }
  }

  private func group(_ opcode: UInt8) -> Int {
    switch opcode {
    case 0x5b: 1
    case 0x30, 0x32...0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41...0x46, 0x48, 0x4a, 0x50, 0x58...0x5a, 0x5f: 2
    case 0x01, 0x03, 0x10...0x1d, 0x35, 0x37, 0x39, 0x3e, 0x49, 0x51...0x53, 0x5e, 0x60...0x9f: 3
    case 0x02, 0x04...0x07, 0x0b, 0x1e, 0x47: 5
    case 0x08, 0x09, 0x56: 8
    case 0x0a, 0x57: 10
    case 0x20: 30
    case 0x40: 20
    case 0x5c, 0x5d: 100
    case 0xa0...0xa4: 375 * (Int(opcode) - 0x9f)
    case 0xf0, 0xf5: 32000
    default: access(opcode)
    }
  }

  /// Looking at another account or at a slot: EIP-150, 1884. From Berlin on it depends on the operand (EIP-2929).
  private func access(_ opcode: UInt8) -> Int {
    switch opcode {
    case 0xff: revision >= .tangerineWhistle ? 5000 : 0
    case _ where revision >= .berlin: 0
    case 0x31: revision >= .istanbul ? 700 : revision >= .tangerineWhistle ? 400 : 20
    case 0x3b, 0x3c: revision >= .tangerineWhistle ? 700 : 20
    case 0x3f: revision >= .istanbul ? 700 : 400
    case 0x54: revision >= .istanbul ? 800 : revision >= .tangerineWhistle ? 200 : 50
    case 0xf1, 0xf2, 0xf4, 0xfa: revision >= .tangerineWhistle ? 700 : 40
    // STOP, RETURN, REVERT; SSTORE, whose price depends on the slot.
    default: 0
    }
  }
}
