import Datasets
import Inversion
import Reports
import Torch

/// Pictures of the first people whose templates were stolen: the stolen image, the nearest public one and the
/// reconstruction.
package struct TemplatePictures {
  private static let names = ["stolen", "nearest public", "reconstruction"]
  private let inversion: TemplateInversion
  private let leakage: TemplateLeakage

  /// `nil` where none may be shown: drawn people are nobody, and others are shown only when somebody asks.
  package init?(_ inversion: TemplateInversion, _ leakage: TemplateLeakage) {
    guard inversion.recipe.pictures ?? inversion.recipe.data.isPortraits else { return nil }
    self.inversion = inversion
    self.leakage = leakage
  }

  private var shown: Int { min(10, inversion.targets.count) }

  /// Three images a person, `[3 P, C, H, W]`.
  package var images: Tensor {
    .stacked(
      (0..<shown).flatMap {
        [inversion.targets.images[$0], leakage.nearest.images[$0], leakage.best.images[$0]]
      })
  }

  /// A row a person.
  package func strips() throws -> [PictureStrip] {
    let shape = inversion.data.privateImages.inputShape
    let images = images
    return try (0..<shown).map { place in
      PictureStrip(
        caption: inversion.data.privateImages.classNames[inversion.targets.identities[place]],
        panels: try Self.names.indices.map { column in
          .init(
            Self.names[column],
            try Bitmap(
              channelsFirst: images[3 * place + column].contiguous().values(as: Float.self),
              channels: shape[0], height: shape[1], width: shape[2]))
        })
    }
  }
}
