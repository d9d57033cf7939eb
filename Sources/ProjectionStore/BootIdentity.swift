import FoundationEssentials

/// Which run of the operating system this is: different after every restart of the machine.
///
/// What a process wrote without syncing outlives the process, as the kernel holds it, but not the kernel. So an unsynced
/// environment may be opened again in the same boot, and never in another one.
package struct BootIdentity: Hashable, Sendable {
  /// Empty when the system does not tell; an unknown boot is like no other, itself included.
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// The kernel's own identity of this boot.
  package static var current: BootIdentity {
    let path = "/proc/sys/kernel/random/boot_id"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return BootIdentity(String(text.prefix { !$0.isNewline }))
  }

  /// Whether both are known to be the same boot.
  package func isSameBoot(as other: BootIdentity) -> Bool {
    !text.isEmpty && text == other.text
  }
}
