import ArgumentParser
import Datasets
import Foundation
import Perturbations
import Torch

/// What a perturbation may be.
struct BallOptions: ParsableArguments {
  /// Which values features can take.
  enum Values: String, CaseIterable, ExpressibleByArgument {
    case real
    case integers
    case eightBit = "8-bit"
  }

  @Option(help: "The norm: \(Norms.all.map(\.name).joined(separator: ", ")).")
  var norm = "linf"

  @Option(
    help: """
      The largest perturbation, in the data's own units; attacks for the shortest need none, and hotflip \
      has --flips instead.
      """)
  var radius: Double?

  @Option(
    help: """
      What features can be: real, integers, or 8-bit: pixels in 0...1 that survive being saved as PNG.
      """)
  var domain: Values = .real

  @Option(
    help: ArgumentHelp(
      "An .npz with 'mask' (1 where a feature may change), 'scale' (what a unit of radius is for each) "
        + "or both, in the shape of one example.", valueName: "file"))
  var features: String?

  /// Checks what can be checked before model and data are read.
  func check(for attack: any Attack) throws {
    if radius == nil, needsRadius(attack) {
      throw ValidationError("\(attack.name) needs a --radius, in the data's own units")
    }
    try attack.validate(for: Ball(Norms.named(norm), radius: radius ?? .infinity))
  }

  private func needsRadius(_ attack: any Attack) -> Bool {
    !attack.about.findsShortest && !attack.about.norms.isEmpty
  }

  func make(for data: Dataset) throws -> Ball {
    let box =
      data.range == Dataset.unbounded
      ? nil : Double(data.range.lowerBound)...Double(data.range.upperBound)
    if let radius, let box, radius > box.upperBound - box.lowerBound, norm == "linf" {
      throw ValidationError(
        "the radius \(radius) is larger than the box from \(box.lowerBound) to \(box.upperBound), "
          + "in which pixels are; give it in the data's own units")
    }
    let features = try features.map { try NPZ.read(URL(filePath: $0)) } ?? [:]
    let known: Domain =
      switch domain {
      case .real: .real
      case .integers: .integers
      case .eightBit: .eightBit
      }
    return try Ball(
      Norms.named(norm), radius: radius ?? .infinity, box: box,
      mask: features["mask"]?.to(.float32), scale: features["scale"]?.to(.float32), domain: known)
  }

  /// The ball in a line.
  func text(for attack: any Attack) -> String {
    if let words = attack as? HotFlip { return "\(words.flips) flips" }
    return radius.map { "\(norm) \($0)" } ?? "\(norm), any radius"
  }
}
