import Rollup

extension Genesis {
  /// Names of forks in `blobSchedule`, in lower case.
  private static let blobForks: [(key: String, fork: Fork)] = [
    ("cancun", .cancun), ("prague", .prague), ("osaka", .osaka), ("bpo1", .bpo1), ("bpo2", .bpo2), ("bpo3", .bpo3),
    ("bpo4", .bpo4), ("bpo5", .bpo5),
  ]

  /// What holds when a file that schedules the fork says nothing (EIP-4844, EIP-7691, and Osaka as Prague).
  private static let standardBlobs: [BlobParameters] = [
    BlobParameters(fork: .cancun, target: 3, max: 6, baseFeeUpdateFraction: 3_338_477),
    BlobParameters(fork: .prague, target: 6, max: 9, baseFeeUpdateFraction: 5_007_716),
    BlobParameters(fork: .osaka, target: 6, max: 9, baseFeeUpdateFraction: 5_007_716),
  ]

  /// Blob limits of every scheduled fork that sets them, in the order of forks.
  static func blobSchedule(
    _ config: JSONObject, activations: [ForkSchedule.Activation]
  ) throws(GenesisError) -> [BlobParameters] {
    let stated = try statedBlobs(config)
    var schedule = [BlobParameters]()
    for activation in activations where activation.fork >= .cancun {
      let isStated = stated.first { $0.fork == activation.fork }
      let parameters = isStated ?? standardBlobs.first { $0.fork == activation.fork }
      schedule.append(try config.required("blobSchedule for \(activation.fork)", parameters))
    }
    return schedule
  }

  private static func statedBlobs(_ config: JSONObject) throws(GenesisError) -> [BlobParameters] {
    guard let object = try config.object("blobSchedule") else { return [] }
    var stated = [BlobParameters]()
    for key in object.keys {
      guard let fork = blobForks.first(where: { $0.key == key.lowercased() })?.fork else {
        throw .unsupported(field: object.name(of: key), reason: "unknown to this program")
      }
      let limits = try object.required(key, try object.object(key))
      stated.append(
        BlobParameters(
          fork: fork,
          target: try limits.required("target", try limits.integer("target")),
          max: try limits.required("max", try limits.integer("max")),
          baseFeeUpdateFraction: try limits.required(
            "baseFeeUpdateFraction", try limits.integer("baseFeeUpdateFraction"))))
    }
    return stated
  }
}
