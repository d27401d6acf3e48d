// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "examples",
  dependencies: [.package(name: "touchstone", path: "..", traits: [])],
  targets: ["LinearAttack", "TrainGlyphs", "AuditYourModel"].map { name in
    .executableTarget(
      name: name, dependencies: [.product(name: "Touchstone", package: "touchstone")])
  },
  swiftLanguageModes: [.v6]
)
