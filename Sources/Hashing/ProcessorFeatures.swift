import CHashing

/// What the processor offers, as the bits of `VARVE_FEATURE_…`; asked once.
let processorFeatures = varve_processor_features()
