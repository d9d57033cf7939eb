import Hashing
import Primitives
import Rollup
import Signatures
import StateTransition

/// The accounts of a load chain, and what they sign.
struct LoadWallet {
  private let recipe: LoadChain.Recipe
  private let chainID: UInt64
  private let addresses: [Address]
  private var nonces: [UInt64]
  private var draw: SplitMix64
  private var blocksLeft: Int

  /// Only accounts that will sign need a key behind their address; which these are, the draws say.
  init(_ recipe: LoadChain.Recipe, chainID: UInt64, map: any OrderedMap) {
    self.recipe = recipe
    self.chainID = chainID
    draw = SplitMix64(seed: recipe.seed)
    nonces = Array(repeating: 0, count: recipe.accounts)
    blocksLeft = recipe.blocks
    var rehearsal = draw
    var signs = [Bool](repeating: false, count: recipe.accounts)
    for _ in 0..<recipe.blocks * recipe.transactionsPerBlock {
      signs[Self.payment(of: recipe.accounts, &rehearsal).payer] = true
    }
    let isSigner = signs
    addresses = map.map(recipe.accounts) { index in
      let name = Self.key(index, seed: recipe.seed)
      guard isSigner[index], let address = try? Secp256k1.address(of: name) else { return Address(lastBytesOf: name) }
      return address
    }
  }

  /// Everybody has an ether, and of the token as much.
  var allocation: [GenesisAccount] {
    var accounts = addresses.map { GenesisAccount(address: $0, balance: ForkRules.ether) }
    if recipe.load == .tokens { accounts.append(LoadToken.account(holders: addresses, each: ForkRules.ether)) }
    return accounts
  }

  /// Of a block: twice what its transactions use at most.
  var gasLimit: UInt64 { UInt64(recipe.transactionsPerBlock) * transactionGas * 2 }

  /// The next block's transactions, and who signed them.
  mutating func nextBlock(map: any OrderedMap) throws -> (transactions: [Transaction], signers: [Address?])? {
    if blocksLeft == 0 { return nil }
    blocksLeft -= 1
    var unsigned: [Transaction] = []
    var payers: [Int] = []
    for _ in 0..<recipe.transactionsPerBlock {
      let (payer, payee, amount) = Self.payment(of: recipe.accounts, &draw)
      unsigned.append(transaction(from: payer, to: addresses[payee], UInt256(amount)))
      nonces[payer] += 1
      payers.append(payer)
    }
    let (drafts, keys, seed, chainID) = (unsigned, payers, recipe.seed, chainID)
    let signed = map.map(drafts.count) { index in
      Result { try drafts[index].signed(by: Self.key(keys[index], seed: seed), chainID: chainID) }
    }
    return (try signed.map { try $0.get() }, payers.map { addresses[$0] })
  }

  private func transaction(from payer: Int, to payee: Address, _ amount: UInt256) -> Transaction {
    Transaction(
      chainID: chainID, nonce: nonces[payer], maxPriorityFeePerGas: 1, maxFeePerGas: HeaderRules.initialBaseFee * 2,
      gasLimit: transactionGas, to: recipe.load == .tokens ? LoadToken.address : payee,
      value: recipe.load == .tokens ? .zero : amount,
      data: recipe.load == .tokens ? LoadToken.transfer(amount, to: payee) : [])
  }

  /// Gas limit of a transaction.
  private var transactionGas: UInt64 { recipe.load == .tokens ? 60_000 : ForkRules.transactionGas }

  private static func payment(
    of accounts: Int, _ draw: inout SplitMix64
  ) -> (payer: Int, payee: Int, amount: UInt64) {
    (Int(draw.below(UInt64(accounts))), Int(draw.below(UInt64(accounts))), draw.below(1_000_000) + 1)
  }

  private static func key(_ index: Int, seed: UInt64) -> Hash256 {
    var bytes = [UInt8]("Varve load".utf8)
    bytes.append(bigEndian: seed)
    bytes.append(bigEndian: UInt64(index))
    return Keccak256.hash(bytes)
  }
}
