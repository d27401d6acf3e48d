import Foundation

/// Where the parts of a face are, in units of half the image, y downwards, from the face's centre.
struct PortraitGeometry {
  let halfWidth: Float
  let halfHeight: Float
  let jaw: Float
  let eye: SIMD2<Float>
  let eyeRadius: Float
  let browHalfThickness: Float
  let browSlope: Float
  let noseTip: Float
  let noseHalfWidth: Float
  let mouth: Float
  let mouthHalfWidth: Float
  let hairline: Float

  init(_ identity: PortraitIdentity) {
    func value(_ trait: PortraitIdentity.Trait, _ middle: Float, _ spread: Float) -> Float {
      middle + spread * Float(identity[trait])
    }
    halfWidth = value(.faceWidth, 0.5, 0.08)
    halfHeight = value(.faceLength, 0.68, 0.08)
    jaw = value(.jaw, 0.02, 0.2)
    eye = SIMD2(value(.eyeSpacing, 0.215, 0.045), value(.eyeHeight, -0.09, 0.06))
    eyeRadius = value(.eyeSize, 0.1, 0.03)
    browHalfThickness = value(.browThickness, 0.032, 0.02)
    browSlope = value(.browAngle, 0, -0.3)
    noseTip = eye.y + value(.noseLength, 0.28, 0.08)
    noseHalfWidth = value(.noseWidth, 0.1, 0.055)
    mouth = noseTip + 0.42 * (halfHeight - noseTip)
    mouthHalfWidth = value(.mouthWidth, 0.195, 0.085)
    hairline = value(.hairline, -0.46, -0.1)
  }

  /// Half the width of the head at a height, without the rounding at the top and the chin.
  func width(at y: Float) -> Float {
    let share = min(max(y / halfHeight, 0), 1)
    return halfWidth * (1 + jaw * share * share * (3 - 2 * share))
  }
}

/// The colours of a face: red, green and blue in [0, 1].
struct PortraitColors {
  typealias Color = SIMD4<Float>
  let skin: Color
  let hair: Color
  let brow: Color
  let lips: Color
  let beard: Color
  static let sclera = Color(0.93, 0.93, 0.92, 0)
  static let iris = Color(0.16, 0.12, 0.1, 0)
  static let teeth = Color(0.93, 0.91, 0.86, 0)
  static let frame = Color(0.05, 0.05, 0.07, 0)
  static let cloth = Color(0.22, 0.27, 0.36, 0)

  init(_ identity: PortraitIdentity) {
    func share(_ trait: PortraitIdentity.Trait) -> Float { Float(identity[trait] + 1) / 2 }
    let darkSkin = Color(0.38, 0.24, 0.17, 0)
    let lightSkin = Color(0.98, 0.82, 0.72, 0)
    skin = blend(darkSkin, lightSkin, share(.skin))
    hair = blend(Color(0.06, 0.05, 0.05, 0), Color(0.84, 0.66, 0.4, 0), share(.hairTone))
    brow = blend(hair * 0.55, skin * 0.4, 0.2)
    lips = skin * Color(0.78, 0.46, 0.47, 0)
    beard = blend(hair * 0.8, skin * 0.6, 0.15)
  }
}

/// `from` for a share of 0, `to` for 1.
@inline(__always)
func blend(_ from: SIMD4<Float>, _ to: SIMD4<Float>, _ share: Float) -> SIMD4<Float> {
  // At 1 the sum may differ from `to` by rounding, and then what is hidden would shine through.
  share < 1 ? from + (to - from) * share : to
}
