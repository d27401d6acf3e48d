// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let linear = Operator(
    "aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor")
  package static let conv1d = Operator(
    """
    aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] \
    padding=[0], SymInt[1] dilation=[1], SymInt groups=1) -> Tensor
    """)
  package static let conv2d = Operator(
    """
    aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], \
    SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1], SymInt groups=1) -> Tensor
    """)
  package static let conv3d = Operator(
    """
    aten::conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], \
    SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1], SymInt groups=1) -> Tensor
    """)
  package static let convTranspose2d = Operator(
    """
    aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] \
    stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt groups=1, \
    SymInt[2] dilation=[1, 1]) -> Tensor
    """)
  package static let maxPool1d = Operator(
    """
    aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], \
    int[1] dilation=[1], bool ceil_mode=False) -> Tensor
    """)
  package static let maxPool2d = Operator(
    """
    aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] \
    dilation=1, bool ceil_mode=False) -> Tensor
    """)
  package static let avgPool1d = Operator(
    """
    aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool \
    ceil_mode=False, bool count_include_pad=True) -> Tensor
    """)
  package static let avgPool2d = Operator(
    """
    aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool \
    ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor
    """)
  package static let adaptiveAvgPool2d = Operator(
    """
    aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor
    """)
  package static let adaptiveMaxPool2d = Operator(
    """
    aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)
    """)
  package static let batchNorm = Operator(
    """
    aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? \
    running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor
    """)
  package static let layerNorm = Operator(
    """
    aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? \
    bias=None, float eps=1.0000000000000001e-05, bool cudnn_enable=True) -> Tensor
    """)
  package static let groupNorm = Operator(
    """
    aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float \
    eps=1.0000000000000001e-05, bool cudnn_enabled=True) -> Tensor
    """)
  /// Our own, registered by CTorch.
  package static let groupNormSiLU = Operator(
    """
    touchstone::group_norm_silu(Tensor input, Tensor? shift, int groups, Tensor weight, Tensor \
    bias, float eps) -> Tensor
    """)
  package static let instanceNorm = Operator(
    """
    aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, \
    Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> \
    Tensor
    """)
  package static let relu = Operator("aten::relu(Tensor self) -> Tensor")
  package static let leakyRelu = Operator(
    """
    aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor
    """)
  package static let elu = Operator(
    """
    aten::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor
    """)
  package static let gelu = Operator(
    """
    aten::gelu(Tensor self, *, str approximate="none") -> Tensor
    """)
  package static let silu = Operator("aten::silu(Tensor self) -> Tensor")
  package static let sigmoid = Operator("aten::sigmoid(Tensor self) -> Tensor")
  package static let softplus = Operator(
    """
    aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor
    """)
  package static let hardtanh = Operator(
    """
    aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor
    """)
  package static let softmax = Operator(
    """
    aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor
    """)
  package static let logSoftmax = Operator(
    """
    aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor
    """)
  package static let scaledDotProductAttention = Operator(
    """
    aten::scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? \
    attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool \
    enable_gqa=False) -> Tensor
    """)
  package static let lstm = Operator(
    """
    aten::lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int \
    num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, \
    Tensor, Tensor)
    """)
  package static let gru = Operator(
    """
    aten::gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, \
    float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)
    """)
  package static let upsampleNearest2d = Operator(
    """
    aten::upsample_nearest2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> \
    Tensor
    """)
  package static let upsampleBilinear2d = Operator(
    """
    aten::upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, \
    float[]? scale_factors) -> Tensor
    """)
  package static let gridSampler = Operator(
    """
    aten::grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool \
    align_corners) -> Tensor
    """)
  package static let affineGridGenerator = Operator(
    """
    aten::affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor
    """)
  package static let nllLoss = Operator(
    """
    aten::nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt \
    ignore_index=-100) -> Tensor
    """)
  package static let crossEntropyLoss = Operator(
    """
    aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, \
    SymInt ignore_index=-100, float label_smoothing=0.) -> Tensor
    """)
  package static let mseLoss = Operator(
    """
    aten::mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor
    """)
  package static let l1Loss = Operator(
    """
    aten::l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor
    """)
  package static let smoothL1Loss = Operator(
    """
    aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor
    """)
  package static let huberLoss = Operator(
    """
    aten::huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor
    """)
  package static let binaryCrossEntropyWithLogits = Operator(
    """
    aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, \
    Tensor? pos_weight=None, int reduction=1) -> Tensor
    """)
  package static let klDiv = Operator(
    """
    aten::kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> \
    Tensor
    """)
  package static let cosineSimilarity = Operator(
    """
    aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor
    """)

  static let network: [Operator] = [
    .linear, .conv1d, .conv2d, .conv3d, .convTranspose2d, .maxPool1d, .maxPool2d, .avgPool1d,
    .avgPool2d,
    .adaptiveAvgPool2d, .adaptiveMaxPool2d, .batchNorm, .layerNorm, .groupNorm, .groupNormSiLU,
    .instanceNorm,
    .relu, .leakyRelu, .elu, .gelu, .silu, .sigmoid, .softplus, .hardtanh, .softmax, .logSoftmax,
    .scaledDotProductAttention, .lstm, .gru, .upsampleNearest2d, .upsampleBilinear2d, .gridSampler,
    .affineGridGenerator, .nllLoss, .crossEntropyLoss, .mseLoss, .l1Loss, .smoothL1Loss, .huberLoss,
    .binaryCrossEntropyWithLogits, .klDiv, .cosineSimilarity,
  ]
}
