// swift-tools-version: 6.2
import PackageDescription

/// The libtorch of the package that is measured.
let libtorch = Context.environment["LIBTORCH"] ?? "\(Context.packageDirectory)/../.libtorch"

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "touchstone", path: "..", traits: [])],
  targets: [
    .target(
      name: "DirectCalls",
      cxxSettings: [
        .unsafeFlags([
          "-O2", "-isystem", "\(libtorch)/include", "-isystem",
          "\(libtorch)/include/torch/csrc/api/include",
        ])
      ]),
    .target(name: "Harness"),
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "DirectCalls", "Harness",
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Perturbations", package: "touchstone"),
      ],
      path: "Sources/Benchmarks"),
    .executableTarget(
      name: "smoothness-conformance",
      dependencies: [
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Perturbations", package: "touchstone"),
        .product(name: "Training", package: "touchstone"),
      ],
      path: "Sources/SmoothnessConformance"),
    .executableTarget(
      name: "evasion-benchmark",
      dependencies: [
        "Harness",
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Perturbations", package: "touchstone"),
        .product(name: "Audit", package: "touchstone"),
      ],
      path: "Sources/EvasionBenchmark"),
    .executableTarget(
      name: "explanation-benchmark",
      dependencies: [
        "Harness",
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Perturbations", package: "touchstone"),
        .product(name: "Explanations", package: "touchstone"),
      ],
      path: "Sources/ExplanationBenchmark"),
    .executableTarget(
      name: "geometry-benchmark",
      dependencies: [
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "LinearGeometry", package: "touchstone"),
      ],
      path: "Sources/GeometryBenchmark"),
    .executableTarget(
      name: "scaling-benchmark",
      dependencies: [
        "Harness",
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Perturbations", package: "touchstone"),
        .product(name: "Training", package: "touchstone"),
        .product(name: "Reports", package: "touchstone"),
      ],
      path: "Sources/ScalingBenchmark"),
    .executableTarget(
      name: "store-benchmark",
      dependencies: [
        .product(name: "Runs", package: "touchstone"),
        .product(name: "Reports", package: "touchstone"),
      ],
      path: "Sources/StoreBenchmark"),
    .executableTarget(
      name: "lipschitz-conformance",
      dependencies: [
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Certificates", package: "touchstone"),
      ],
      path: "Sources/LipschitzConformance"),
    .executableTarget(
      name: "inversion-conformance",
      dependencies: [
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Inversion", package: "touchstone"),
      ],
      path: "Sources/InversionConformance"),
    .executableTarget(
      name: "lipschitz-benchmark",
      dependencies: [
        "Harness",
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Training", package: "touchstone"),
      ],
      path: "Sources/LipschitzBenchmark"),
    .executableTarget(
      name: "diffusion-benchmark",
      dependencies: [
        "Harness",
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Training", package: "touchstone"),
        .product(name: "Diffusion", package: "touchstone"),
      ],
      path: "Sources/DiffusionBenchmark"),
    .executableTarget(
      name: "step-benchmark",
      dependencies: [
        "Harness",
        .product(name: "Torch", package: "touchstone"),
        .product(name: "Networks", package: "touchstone"),
        .product(name: "Datasets", package: "touchstone"),
        .product(name: "Perturbations", package: "touchstone"),
        .product(name: "Training", package: "touchstone"),
      ],
      path: "Sources/StepBenchmark"),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
