/// One movement of the pen: the points it passes, and at which of them it may turn sharply.
struct GlyphStroke: Sendable {
  let points: [SIMD2<Float>]
  let isCorner: [Bool]

  /// A stroke through points given as x, y pairs; `corners` are the indices of sharp turns.
  init(_ points: [(Float, Float)], corners: Set<Int> = []) {
    self.points = points.map { SIMD2($0.0, $0.1) }
    isCorner = points.indices.map { corners.contains($0) }
  }
}

/// The ways to write the ten digits, in a box from (-0.6, -1) at the top left to (0.6, 1).
enum GlyphShapes {
  /// For each digit its variants, each a list of strokes.
  static let digits: [[[GlyphStroke]]] = [
    zero, one, two, three, four, five, six, seven, eight, nine,
  ]

  private static let zero: [[GlyphStroke]] = {
    let oval: [(Float, Float)] = [
      (0.12, -0.97), (-0.3, -0.88), (-0.58, -0.35), (-0.58, 0.35), (-0.3, 0.88), (0.1, 0.98),
      (0.48, 0.68), (0.6, 0), (0.45, -0.68), (0.05, -0.97),
    ]
    let narrow: [(Float, Float)] = [
      (0.25, -0.85), (-0.05, -1), (-0.35, -0.7), (-0.44, 0), (-0.3, 0.75), (0, 1), (0.3, 0.75),
      (0.42, 0), (0.3, -0.7), (0, -0.98), (-0.2, -0.8),
    ]
    return [
      [GlyphStroke(oval)],
      [GlyphStroke(narrow)],
      [GlyphStroke(oval), GlyphStroke([(0.42, -0.72), (-0.4, 0.74)])],
    ]
  }()

  private static let one: [[GlyphStroke]] = [
    [GlyphStroke([(0, -1), (0.02, 0), (0, 1)])],
    [GlyphStroke([(-0.35, -0.55), (0.08, -1), (0.05, 1)], corners: [1])],
    [
      GlyphStroke([(-0.32, -0.62), (0.02, -1), (0.02, 0.95)], corners: [1]),
      GlyphStroke([(-0.42, 0.97), (0.45, 0.95)]),
    ],
  ]

  private static let two: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          (-0.52, -0.55), (-0.3, -0.9), (0.08, -1), (0.45, -0.75), (0.42, -0.3), (0, 0.3),
          (-0.56, 0.95), (0.58, 0.93),
        ], corners: [6])
    ],
    [
      GlyphStroke([
        (-0.5, -0.6), (-0.25, -0.93), (0.12, -0.98), (0.44, -0.7), (0.36, -0.2), (0, 0.4),
        (-0.38, 0.88), (-0.58, 0.78), (-0.4, 0.58), (-0.05, 0.78), (0.25, 0.95), (0.6, 0.8),
      ])
    ],
  ]

  private static let three: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          (-0.5, -0.72), (-0.15, -1), (0.35, -0.85), (0.42, -0.45), (0.12, -0.12), (-0.18, -0.06),
          (0.22, 0.02), (0.52, 0.38), (0.38, 0.82), (-0.05, 1), (-0.52, 0.72),
        ], corners: [5])
    ],
    [
      GlyphStroke(
        [
          (-0.48, -0.95), (0.45, -0.95), (-0.05, -0.2), (0.38, 0.05), (0.5, 0.48), (0.25, 0.9),
          (-0.15, 1), (-0.52, 0.8),
        ], corners: [1, 2])
    ],
  ]

  private static let four: [[GlyphStroke]] = [
    [
      GlyphStroke([(-0.32, -0.95), (-0.5, 0.12), (0.58, 0.1)], corners: [1]),
      GlyphStroke([(0.3, -0.8), (0.24, 1)]),
    ],
    [
      GlyphStroke([(0.22, -0.98), (-0.58, 0.32), (0.6, 0.3)], corners: [1]),
      GlyphStroke([(0.22, -0.98), (0.2, 1)]),
    ],
  ]

  private static let five: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          (-0.32, -0.95), (-0.4, -0.12), (0, -0.28), (0.42, -0.02), (0.5, 0.45), (0.18, 0.92),
          (-0.5, 0.82),
        ], corners: [1]),
      GlyphStroke([(-0.32, -0.95), (0.52, -0.98)]),
    ],
    [
      GlyphStroke(
        [
          (0.5, -0.96), (-0.35, -0.9), (-0.42, -0.2), (0.08, -0.28), (0.46, 0.05), (0.44, 0.6),
          (0.05, 0.96), (-0.52, 0.75),
        ], corners: [1, 2])
    ],
  ]

  private static let six: [[GlyphStroke]] = [
    [
      GlyphStroke([
        (0.36, -0.95), (-0.15, -0.6), (-0.48, 0.05), (-0.44, 0.65), (0, 0.98), (0.42, 0.72),
        (0.42, 0.28), (0.08, 0.04), (-0.3, 0.24), (-0.44, 0.55),
      ])
    ],
    [
      GlyphStroke([
        (-0.1, -1), (-0.34, -0.4), (-0.42, 0.25), (-0.3, 0.82), (0.1, 0.98), (0.44, 0.7),
        (0.36, 0.3), (0, 0.2), (-0.36, 0.48),
      ])
    ],
  ]

  private static let seven: [[GlyphStroke]] = [
    [GlyphStroke([(-0.5, -0.9), (0.52, -0.92), (0.12, 0), (-0.12, 1)], corners: [1])],
    [
      GlyphStroke([(-0.5, -0.92), (0.5, -0.9), (-0.15, 1)], corners: [1]),
      GlyphStroke([(-0.28, 0.08), (0.44, 0)]),
    ],
    [
      GlyphStroke(
        [(-0.52, -0.6), (-0.5, -0.92), (0.5, -0.9), (0.1, -0.1), (0, 1)], corners: [1, 2])
    ],
  ]

  private static let eight: [[GlyphStroke]] = [
    [
      GlyphStroke([
        (0.4, -0.72), (0.05, -1), (-0.38, -0.72), (-0.22, -0.28), (0.22, 0.08), (0.48, 0.52),
        (0.2, 0.94), (-0.2, 0.94), (-0.48, 0.52), (-0.22, 0.08), (0.24, -0.28), (0.42, -0.66),
      ])
    ],
    [
      GlyphStroke([
        (0.05, -1), (-0.32, -0.8), (-0.36, -0.4), (0, -0.12), (0.36, -0.4), (0.34, -0.8), (0, -1),
      ]),
      GlyphStroke([
        (0, -0.12), (-0.42, 0.12), (-0.5, 0.6), (0, 0.98), (0.5, 0.6), (0.44, 0.12), (0.02, -0.12),
      ]),
    ],
  ]

  private static let nine: [[GlyphStroke]] = [
    [
      GlyphStroke(
        [
          (0.42, -0.6), (0.12, -0.98), (-0.32, -0.82), (-0.44, -0.42), (-0.12, -0.1), (0.26, -0.28),
          (0.44, -0.68), (0.4, 0.2), (0.3, 1),
        ], corners: [6])
    ],
    [
      GlyphStroke([
        (0.4, -0.62), (0.08, -0.97), (-0.36, -0.78), (-0.42, -0.36), (-0.06, -0.1), (0.32, -0.32),
        (0.44, -0.6), (0.46, 0), (0.34, 0.6), (0, 0.96), (-0.42, 0.78),
      ])
    ],
  ]
}
