/// What is done to a store while it is disturbed, each by a command of this same program.
enum Work: String, CaseIterable {
  /// Several threads append to a log.
  case append
  /// A log is appended to, signed, exported, copied and mirrored.
  case upkeep
  /// A projection is folded, made live, folded anew beside what is live, and switched to.
  case rebuild
  /// An index is folded anew, whose rows are set aside in small parts; these are made fewer, and appended.
  case index
  /// A damaged ledger is made anew and put in place.
  case repair
}
