import Primitives
import Rollup

extension DemoChain {
  /// The chain export: the blocks' RLP one after the other, from block 1.
  package var blocksFile: [UInt8] {
    blocks.flatMap { $0.encode() }
  }

  /// The genesis file, in geth's form.
  package var genesisFile: String {
    let header = configuration.genesisHeader
    let accounts = configuration.allocation.map { account in
      #"    "\#(digits(account.address.bytes))": { "balance": "\#(account.balance.hex)" }"#
    }
    return """
      {
        "config": {
          "chainId": \(configuration.chainID),
      \(DemoChain.forkFields.map { "    \"\($0)\": \($1)," }.joined(separator: "\n"))
          "ethash": {}
        },
        "nonce": "0x0",
        "timestamp": "\(hex(header.timestamp))",
        "extraData": "\(Hex.encode(header.extraData))",
        "gasLimit": "\(hex(header.gasLimit))",
        "difficulty": "\(header.difficulty.hex)",
        "mixHash": "\(header.mixHash)",
        "coinbase": "\(header.beneficiary)",
        "alloc": {
      \(accounts.joined(separator: ",\n"))
        }
      }

      """
  }

  /// Geth's names of the forks.
  private static var forkFields: [(String, UInt64)] {
    forks.flatMap { fork, start -> [(String, UInt64)] in
      switch fork {
      case .homestead: [("homesteadBlock", start)]
      case .tangerineWhistle: [("eip150Block", start)]
      case .spuriousDragon: [("eip155Block", start), ("eip158Block", start)]
      case .byzantium: [("byzantiumBlock", start)]
      default: preconditionFailure("the recipe has no other forks")
      }
    }
  }

  private func hex(_ value: UInt64) -> String { UInt256(value).hex }

  private func digits(_ bytes: [UInt8]) -> Substring { Hex.encode(bytes).dropFirst(2) }
}
