/// The generators that are known by name.
public let proceduralSources: [ProceduralSource] = []
