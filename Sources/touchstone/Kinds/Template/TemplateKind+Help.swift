import Runs

extension TemplateKind {
  static var help: [String: String] {
    var help = own
    for (key, text) in PriorKind.help {
      if ["training", "network", "noise"].contains(where: { key.hasPrefix($0) }) {
        help[key] = text
      }
      if key.hasPrefix("samples.sampler") {
        help["reconstruction" + key.dropFirst("samples".count)] = text
      }
    }
    for (role, text) in roles {
      help["encoders.\(role)"] = text
      for (key, text) in encoder { help["encoders.\(role).\(key)"] = text }
      for (key, text) in TrainingKind.help where key.hasPrefix("training") {
        help["encoders.\(role).\(key)"] = text
      }
    }
    return help
  }

  private static let roles = [
    "system": "What made the templates: the model that is audited.",
    "attack": "What the attack computes its loss with, a black box; the system's own by default.",
    "evaluation": "What judges independently.",
    "perception.network": "The identity-cnn that is trained where no file is given.",
  ]

  private static let encoder = [
    "path":
      "The folder of a run of an encoder's recipe, or a TorchScript file; trained by default.",
    "model": "The name of the network.",
    "options": "Numbers that change it, such as width and embedding.",
    "scale": "The scale of ArcFace.",
    "margin": "The margin of ArcFace in radians.",
    "startMargin": "The margin at the start.",
    "ramp": "The share of the training over which the margin grows.",
    "shift": "By how many pixels images are shifted at most, at random.",
    "flip": "Whether images are mirrored at random.",
    "training": "How it is trained.",
    "seed": "The seed of its weights and order; the run's seed is the attack's.",
  ]

  private static let own = [
    "data": "Who is public, private, and who thresholds are chosen on.",
    "data.source": "A folder, an archive, or the name of a built-in set, such as portraits.",
    "data.portraits": "Who is drawn and how, of portraits.",
    "data.portraits.pool": "Left out: both pools are used.",
    "data.portraits.privateIdentities": "How many people are in the private pool.",
    "data.portraits.publicIdentities": "How many people are in the public pool.",
    "data.portraits.size": "The side of the pictures in pixels.",
    "data.portraits.color": "Whether pictures have colours.",
    "data.portraits.minimumDistance": "The smallest distance between two people.",
    "data.portraits.train": "How many pictures of each person are for training.",
    "data.portraits.test": "How many pictures of each person are for testing.",
    "data.publicNames": "The public people by name; all others by default.",
    "data.privateNames": "The private people by name.",
    "data.thresholdNames": "The people for thresholds by name.",
    "data.privateIdentities": "How many people are private; of portraits the whole private pool.",
    "data.thresholdIdentities": "How many people thresholds are chosen on, the last ones.",
    "data.train": "How many public images are used, the first ones; all by default.",
    "data.perPerson": "Images of each private person and each one for thresholds; all by default.",
    "data.targets": "How many templates of each private person are stolen.",
    "data.side": "The side of the middle square that images in files are reduced to.",
    "data.padding": "How many black pixels are put round images.",
    "data.drawSeed": "What portraits are drawn from.",
    "encoders": "The encoders in their roles.",
    "encoders.perception": "The network by whose layers images are compared.",
    "encoders.perception.lpips": "A TorchScript file that is LPIPS.",
    "encoders.perception.script": "A TorchScript file whose layers are compared.",
    "encoders.perception.layers": "Those layers, three.",
    "protection": "What is done to templates before they are stored.",
    "protection.projection": "The width of a random projection.",
    "protection.levels": "The levels of a quantisation, after the projection.",
    "protection.seed": "The secret of the projection.",
    "loss": "What is added to the denoising error.",
    "loss.feature": "How far templates are from one another: l2, cosine or infonce.",
    "loss.temperature": "The temperature of infonce.",
    "loss.negatives": "The negatives of infonce: batch, queue, or the hardest of both.",
    "loss.queue": "How many templates the queue holds.",
    "loss.hardest": "How many of the most alike negatives count.",
    "loss.weight": "The weight of the distance of templates over the run.",
    "loss.gate": "How much each noise level counts: open, share or below.",
    "loss.gateLevel": "The level of the gate below.",
    "loss.perceptual": "The weight of the perceptual distance over the run; none by default.",
    "dataDeviation": "The standard deviation of images in [-1, 1]; measured by default.",
    "dropout": "The probability with which an image loses its template while training.",
    "reconstruction": "How templates are inverted with the finished prior.",
    "reconstruction.count":
      "Images of each template, of which the most like it by the system is handed in.",
    "reconstruction.guidance": "How far templates are exaggerated; 1 takes them as they are.",
    "reconstruction.concentration":
      "How closely samples are led to the stolen template by the system's gradient; 0 not at all.",
    "reconstruction.sampler": "How images are sampled.",
    "reconstruction.guidances": "Other strengths of guidance that are judged as well.",
    "reconstruction.concentrations": "Other concentrations that are judged as well.",
    "reconstruction.steps": "Other numbers of steps that are judged as well.",
    "oracle": "A network that reads traits off portraits.",
    "oracle.people": "Of how many people it learns.",
    "oracle.pictures": "From how many pictures.",
    "oracle.epochs": "How often it sees each.",
    "oracle.width": "The channels of its first convolution.",
    "resamples": "Resamples of every bootstrap.",
    "pictures": "Whether reports have pictures; of drawn people alone by default.",
    "seed": "The seed of the attack.",
    "threads": "Threads inside one operator; the same number gives the same bits.",
  ]
}
