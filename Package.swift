// swift-tools-version: 6.2
import PackageDescription

/// Where libtorch may be, best first. `Scripts/setup` makes the first; folders that do not exist
/// are ignored, so nothing here probes the disk.
let libtorch: [String] =
  if let folder = Context.environment["LIBTORCH"] {
    [folder]
  } else {
    [
      "\(Context.packageDirectory)/.libtorch",
      "\(Context.environment["HOME"] ?? "")/.local/share/libtorch-2.13.0",
      "/opt/libtorch",
    ]
  }

let style: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A room of the house: the table in Documentation/Architecture.md says what each may import.
func room(_ name: String, _ rooms: [String] = [], products: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: rooms.map { .byName(name: $0) } + products, swiftSettings: style)
}

func tests(of name: String, _ rooms: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: ([name] + rooms).map { .byName(name: $0) },
    swiftSettings: style)
}

let package = Package(
  name: "touchstone",
  products: [
    .library(
      name: "Touchstone",
      targets: [
        "Torch", "Networks", "Datasets", "Perturbations", "Certificates", "Explanations",
        "Training", "Diffusion", "Inversion", "LinearGeometry", "Statistics", "Transport",
        "Reports", "Runs",
        "Audit",
      ]),
    .library(name: "Torch", targets: ["Torch"]),
    .library(name: "Networks", targets: ["Networks"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Perturbations", targets: ["Perturbations"]),
    .library(name: "Certificates", targets: ["Certificates"]),
    .library(name: "Explanations", targets: ["Explanations"]),
    .library(name: "LinearGeometry", targets: ["LinearGeometry"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "Diffusion", targets: ["Diffusion"]),
    .library(name: "Inversion", targets: ["Inversion"]),
    .library(name: "Statistics", targets: ["Statistics"]),
    .library(name: "Transport", targets: ["Transport"]),
    .library(name: "Reports", targets: ["Reports"]),
    .library(name: "Runs", targets: ["Runs"]),
    .library(name: "Audit", targets: ["Audit"]),
    .library(name: "Dashboard", targets: ["Dashboard"]),
    .executable(name: "touchstone", targets: ["touchstone"]),
  ],
  traits: [
    .trait(name: "Dashboard", description: "touchstone serve: the run store in a browser."),
    .default(enabledTraits: ["Dashboard"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.5"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    .target(
      name: "CTorch",
      exclude: ["gloo-names"],
      cxxSettings: [
        .headerSearchPath("gloo-names"),
        .unsafeFlags(
          ["-O2"]
            + libtorch.flatMap {
              ["-isystem", "\($0)/include", "-isystem", "\($0)/include/torch/csrc/api/include"]
            }),
      ],
      linkerSettings: [
        .unsafeFlags(
          libtorch.flatMap { ["-L\($0)/lib", "-Xlinker", "-rpath", "-Xlinker", "\($0)/lib"] }),
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCLP", providers: [.apt(["coinor-libclp-dev"])]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    room("Torch", ["CTorch", "CZlib"]),
    room("Networks", ["Torch"]),
    room("Files", ["CCrypto"]),
    room("Datasets", ["Torch", "Files", "CPNG", "CJPEG", "CZlib"]),
    room("Perturbations", ["Torch", "Networks"]),
    room(
      "Training",
      [
        "Torch", "Networks", "Datasets", "Perturbations", "Statistics", "Certificates",
        "Explanations",
      ]),
    room("Diffusion", ["Torch", "Networks", "Datasets", "Training"]),
    room(
      "Inversion",
      [
        "Files", "Torch", "Networks", "Datasets", "Perturbations", "Training", "Diffusion",
        "Statistics",
      ]),
    room("LinearGeometry", ["Torch", "Networks", "Datasets"]),
    room("Statistics"),
    room("Transport", ["CCLP"]),
    room("Certificates", ["Torch", "Networks", "Perturbations", "Statistics"]),
    room("Explanations", ["Torch", "Networks", "Perturbations", "CJPEG"]),
    room("Reports", ["Statistics", "CPNG"]),
    room(
      "Runs", ["Files", "Statistics", "Reports"],
      products: [
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Yams", package: "Yams"),
      ]),
    room(
      "Audit",
      [
        "Files", "Torch", "Networks", "Datasets", "Perturbations", "Certificates",
        "Explanations", "Training", "Diffusion", "Inversion", "LinearGeometry", "Statistics",
        "Transport", "Reports", "Runs",
      ]),
    room(
      "Dashboard", ["Reports", "Runs"],
      products: [
        .product(
          name: "FlyingSocks", package: "FlyingFox", condition: .when(traits: ["Dashboard"]))
      ]),
    .executableTarget(
      name: "touchstone",
      dependencies: [
        "Files", "Torch", "Networks", "Datasets", "Perturbations", "Certificates",
        "Explanations", "Training", "Diffusion", "Inversion", "LinearGeometry", "Statistics",
        "Transport", "Reports", "Runs", "Audit", "Dashboard",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: style),
    .target(name: "Ranks", dependencies: ["Torch"], path: "Tests/Ranks", swiftSettings: style),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["touchstone", "Datasets", "Networks", "Ranks", "Runs", "Torch"],
      swiftSettings: style),
    tests(of: "Torch", ["Ranks"]),
    tests(of: "Networks", ["Torch"]),
    tests(of: "Datasets", ["Torch", "Files"]),
    tests(of: "Perturbations", ["Torch", "Networks"]),
    tests(
      of: "Training",
      ["Torch", "Networks", "Datasets", "Perturbations", "Ranks", "Statistics", "Explanations"]),
    tests(of: "Diffusion", ["Torch", "Networks", "Datasets", "Training"]),
    tests(
      of: "Inversion", ["Torch", "Networks", "Datasets", "Training", "Diffusion", "Statistics"]),
    tests(of: "LinearGeometry", ["Torch", "Networks", "Datasets"]),
    tests(of: "Statistics"),
    tests(of: "Transport", ["Torch", "Networks", "Datasets", "Perturbations", "Training"]),
    tests(of: "Certificates", ["Torch", "Networks", "Perturbations", "Statistics"]),
    tests(of: "Explanations", ["Torch", "Networks", "Perturbations"]),
    tests(of: "Reports", ["Statistics"]),
    .testTarget(
      name: "RunsTests",
      dependencies: [
        "Runs", "Reports", "Statistics", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: style),
    tests(of: "Dashboard", ["Reports", "Runs", "Statistics"]),
    tests(
      of: "Audit",
      [
        "Torch", "Networks", "Datasets", "Perturbations", "Certificates", "Explanations",
        "Training", "Diffusion", "Inversion", "Statistics", "Reports", "Runs",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
