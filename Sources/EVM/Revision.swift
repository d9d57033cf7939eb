/// The forks that changed what the virtual machine does, oldest first.
///
/// A fork that changes nothing here (the difficulty delays, the forks that only move blob parameters) has the revision
/// of the fork before it.
package enum Revision: UInt8, CaseIterable, Comparable, Sendable {
  case frontier
  case homestead
  /// EIP-150.
  case tangerineWhistle
  /// EIP-155, 158 (as 160, 161, 170).
  case spuriousDragon
  case byzantium
  /// With net gas metering as EIP-1283 has it.
  case constantinople
  /// Constantinople without EIP-1283.
  case petersburg
  case istanbul
  case berlin
  case london
  case paris
  case shanghai
  case cancun
  case prague
  case osaka

  @inlinable
  package static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }
}
