import EVM

/// Keeps a machine from one block to the next, with the memory of its frames and the code that it has prepared.
///
/// Nothing that it keeps changes a result. Used by one thread at a time.
package final class MachineShelf {
  private var machine: Machine?

  package init() {}

  /// The machine of a revision; chains leave a revision for good, so one is enough.
  func machine(of revision: Revision) -> Machine {
    if let machine, machine.revision == revision { return machine }
    let made = Machine(revision: revision)
    machine = made
    return made
  }
}
