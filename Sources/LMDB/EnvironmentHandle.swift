internal import CLMDB

/// LMDB's environment pointer. Never leaves this module.
///
/// `@unchecked Sendable`: LMDB serialises what is done with it (reader slots and the write lock are in shared memory);
/// the two calls that LMDB does not guard, closing and resizing the map, are made by ``Environment`` when no
/// transaction runs.
@safe
struct EnvironmentHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }
}
