package org.graphbert.interop;

import java.util.List;
import java.util.Random;
import org.graphbert.config.ModelConfig;
import org.graphbert.interop.proto.OnnxProto.ValueInfoProto;

/**
 * For tests: ONNX graphs of BERT as exporters write them, in one of many forms, with random weights. Of the graph all is there
 * that computes the states; what computes shapes of batches is left out.
 */
public final class OnnxGraphs extends OnnxWriter {

    /** How the weights are stored. */
    public enum Storage { RAW, NUMBERS, FLOAT16, BFLOAT16, EXTERNAL }

    /** What stands on the encoder. */
    public enum Heads { NONE, POOLER, ALL }

    /**
     * How an exporter writes a graph.
     *
     * @param wholeNorm one operator LayerNormalization, as from operator set 17 on, instead of its parts
     * @param scaledInputs queries and keys are scaled and NaN is caught (scaled_dot_product_attention), instead of the scores
     * @param gemm dense layers as Gemm with a transposed kernel over flattened states, instead of MatMul and Add
     * @param turned kernels are stored [out, in] and transposed by an operator
     * @param copied weights are taken through Identity
     * @param constantShape the shape of heads is a constant, instead of put together
     * @param named biases and tables have their names, instead of numbers
     */
    public record Form(
            boolean wholeNorm,
            boolean scaledInputs,
            boolean gemm,
            boolean turned,
            boolean copied,
            boolean constantShape,
            boolean named,
            Storage storage,
            Heads heads) {

        /** As torch.onnx writes BertModel at operator set 11. */
        public static final Form TORCH_11 =
                new Form(false, false, false, false, false, false, true, Storage.RAW, Heads.POOLER);

        static Form random(Random random) {
            return new Form(random.nextBoolean(), random.nextBoolean(), random.nextBoolean(), random.nextBoolean(),
                    random.nextBoolean(), random.nextBoolean(), random.nextBoolean(),
                    Storage.values()[random.nextInt(Storage.values().length)],
                    Heads.values()[random.nextInt(Heads.values().length)]);
        }

        Form with(Storage other) {
            return new Form(wholeNorm, scaledInputs, gemm, turned, copied, constantShape, named, other, heads);
        }

        public Form with(Heads other) {
            return new Form(wholeNorm, scaledInputs, gemm, turned, copied, constantShape, named, storage, other);
        }
    }

    private final ModelConfig config;
    private final Form form;

    private OnnxGraphs(ModelConfig config, Form form, long seed) {
        super(form, seed);
        this.config = config;
        this.form = form;
    }

    /** A graph of that model, complete. */
    public static OnnxGraphs of(ModelConfig config, Form form, long seed) {
        OnnxGraphs graphs = new OnnxGraphs(config, form, seed);
        graphs.build();
        return graphs;
    }

    private void build() {
        for (String input : List.of("input_ids", "attention_mask", "token_type_ids")) {
            graph().addInput(ValueInfoProto.newBuilder().setName(input));
        }
        int h = config.hiddenSize();
        String words = table("bert/embeddings/word_embeddings", config.vocabSize());
        String types = table("bert/embeddings/token_type_embeddings", config.typeVocabSize());
        String positions = table("bert/embeddings/position_embeddings", config.maxPositionEmbeddings());
        String ids = node("Slice", integers(0, 1, 2), integer(0), node("Shape", "input_ids"));
        String sum = node("Add", node("Gather", words, "input_ids"), node("Gather", types, "token_type_ids"));
        String x = norm("bert/embeddings/LayerNorm", node("Add", sum, node("Gather", positions, ids)));
        String mask = node("Mul", node("Sub", number(1), node("Cast", "attention_mask")), number(-10000));
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            x = layer("bert/encoder/layer_" + i + "/", x, mask);
        }
        graph().addOutput(ValueInfoProto.newBuilder().setName(x));
        if (form.heads() != Heads.NONE) {
            String first = node(withAxis("Gather", 1), x, integer(0));
            String pooled = node("Tanh", dense("bert/pooler/dense", first, h, h));
            graph().addOutput(ValueInfoProto.newBuilder().setName(pooled));
            if (form.heads() == Heads.ALL) {
                String transformed = activation(dense("cls/predictions/transform/dense", x, h, h));
                maskedLm(norm("cls/predictions/transform/LayerNorm", transformed));
                float[] values = fill("cls/seq_relationship/output_weights", 2 * h);
                node("Add", vector("cls/seq_relationship/output_bias", 2),
                        node("MatMul", pooled, weight("onnx::MatMul", transposed(values, 2, h), h, 2)));
            }
        }
    }

    /** The product with a copy of the table of words, transposed, as torch.onnx writes the tied output. */
    private void maskedLm(String x) {
        int v = config.vocabSize();
        int h = config.hiddenSize();
        String table = weight("onnx::MatMul", transposed(variables().get("bert/embeddings/word_embeddings"), v, h), h, v);
        String logits = node("Add", vector("cls/predictions/output_bias", v), node("MatMul", x, table));
        graph().addOutput(ValueInfoProto.newBuilder().setName(logits));
    }

    private String layer(String at, String x, String mask) {
        int h = config.hiddenSize();
        int d = config.headSize();
        String q = heads(dense(at + "attention/self/query", x, h, h), 0, 2, 1, 3);
        String k = heads(dense(at + "attention/self/key", x, h, h), 0, 2, 3, 1);
        String v = heads(dense(at + "attention/self/value", x, h, h), 0, 2, 1, 3);
        String probabilities;
        if (form.scaledInputs()) {
            float root = (float) Math.pow(d, -0.25);
            String scores = node("MatMul", node("Mul", q, number(root)), node("Mul", k, number(root)));
            String softmax = node(withAxis("Softmax", -1), node("Add", scores, mask));
            probabilities = node("Where", node("IsNaN", softmax), number(0), softmax);
        } else {
            String scores = node("Div", node("MatMul", q, k), number((float) Math.sqrt(d)));
            probabilities = node(withAxis("Softmax", 3), node("Add", scores, mask));
        }
        String context = node(transpose(0, 2, 1, 3), node("MatMul", probabilities, v));
        String side = node("Reshape", context, integers(0, 0, h));
        String attended = dense(at + "attention/output/dense", side, h, h);
        String y = norm(at + "attention/output/LayerNorm", node("Add", attended, x));
        String wide = activation(dense(at + "intermediate/dense", y, h, config.intermediateSize()));
        String narrow = dense(at + "output/dense", wide, config.intermediateSize(), h);
        return norm(at + "output/LayerNorm", node("Add", narrow, y));
    }

    private String heads(String x, long... permutation) {
        int n = config.numAttentionHeads();
        int d = config.headSize();
        String shape = form.constantShape()
                ? integers(0, 0, n, d)
                : node(withAxis("Concat", 0), integers(0), integers(0), integers(n), integers(d));
        return node(transpose(permutation), node("Reshape", x, shape));
    }

    private String dense(String name, String x, int in, int out) {
        float[] kernel = fill(name + "/kernel", in * out);
        if (form.gemm()) {
            String stored = weight(name + "/kernel", transposed(kernel, in, out), out, in);
            return node(List.of("Gemm", "transB"), node("Reshape", x, integers(-1, in)), stored, vector(name + "/bias", out));
        }
        String matrix = form.turned()
                ? node(transpose(1, 0), weight("onnx::Transpose", transposed(kernel, in, out), out, in))
                : weight("onnx::MatMul", kernel, in, out);
        return node("Add", vector(name + "/bias", out), node("MatMul", x, matrix));
    }

    private String norm(String name, String x) {
        String gamma = vector(name + "/gamma", config.hiddenSize());
        String beta = vector(name + "/beta", config.hiddenSize());
        if (form.wholeNorm()) {
            return node(List.of("LayerNormalization", "epsilon", Float.toString((float) config.layerNormEps())), x, gamma, beta);
        }
        String centred = node("Sub", x, node("ReduceMean", x));
        String variance = node("ReduceMean", node("Pow", centred, number(2)));
        String deviation = node("Sqrt", node("Add", variance, number((float) config.layerNormEps())));
        return node("Add", node("Mul", node("Div", centred, deviation), gamma), beta);
    }

    private String activation(String x) {
        return switch (config.hiddenAct()) {
            case GELU -> node("Mul", node("Mul", x,
                    node("Add", node("Erf", node("Div", x, number((float) Math.sqrt(2)))), number(1))), number(0.5f));
            case GELU_NEW -> {
                String cubic = node("Add", x, node("Mul", number(0.044715f), node("Pow", x, number(3))));
                String tanh = node("Tanh", node("Mul", number((float) Math.sqrt(2 / Math.PI)), cubic));
                yield node("Mul", node("Mul", number(0.5f), x), node("Add", number(1), tanh));
            }
            case RELU -> node("Relu", x);
            case SILU -> node("Mul", x, node("Sigmoid", x));
        };
    }

    private String table(String name, int rows) {
        return weight(name, fill(name, rows * config.hiddenSize()), rows, config.hiddenSize());
    }
}
