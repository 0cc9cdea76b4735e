package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.graphbert.config.Failure;
import org.graphbert.interop.OnnxGraphs.Form;
import org.graphbert.interop.OnnxGraphs.Heads;
import org.graphbert.interop.OnnxGraphs.Storage;
import org.graphbert.interop.proto.OnnxProto.GraphProto;
import org.graphbert.interop.proto.OnnxProto.NodeProto;
import org.graphbert.interop.proto.OnnxProto.TensorProto;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no ONNX model, and models that are no BERT encoder: one line each, and nothing else. */
class OnnxRefusedTest {

    @TempDir
    private Path directory;

    @Test
    void everyCutIsAFailureThatNamesTheFile() throws IOException {
        Path file = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 1).write(directory.resolve("model.onnx"));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 199) {
            assertTrue(refused(Arrays.copyOf(whole, length)).contains("cut.onnx"), "read from " + length + " bytes");
        }
        for (int length = whole.length - 30; length < whole.length; length++) {
            assertTrue(refused(Arrays.copyOf(whole, length)).contains("cut.onnx"), "read from " + length + " bytes");
        }
    }

    private String refused(byte[] bytes) throws IOException {
        Path cut = Files.write(directory.resolve("cut.onnx"), bytes);
        Failure failure = assertThrows(Failure.class, () -> ForeignModels.open(cut, ForeignOptions.NONE).close());
        assertEquals(Failure.Kind.DATA, failure.kind());
        return failure.getMessage();
    }

    /** Damage may by chance leave a model; nothing but a Failure of one line may come of it otherwise. */
    @Test
    void damagedBytesAreAFailureOrAreRead() throws IOException {
        Path file = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11.with(Heads.ALL), 2).write(directory.resolve("model.onnx"));
        byte[] whole = Files.readAllBytes(file);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                int at = random.nextInt(whole.length);
                damaged[at] = (byte) random.nextInt(256);
                // Lengths are varints: these make one of them enormous.
                if (random.nextBoolean()) {
                    Arrays.fill(damaged, at, Math.min(at + 1 + random.nextInt(9), whole.length), (byte) 0xff);
                }
            }
            Path cut = Files.write(directory.resolve("damaged.onnx"), damaged);
            try (ForeignModel model = ForeignModels.open(cut, ForeignOptions.NONE)) {
                for (String name : model.variables().keySet()) {
                    model.floats(name);
                }
            } catch (Failure e) {
                refused++;
                assertFalse(e.getMessage().contains("\n"), "seed " + seed + ", round " + round + ": " + e.getMessage());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
        assertTrue(refused > 20, "refused " + refused);
    }

    @Test
    void otherFiles() throws IOException {
        for (String text : List.of("", "{\"a\": 1}", "version https://git-lfs.github.com/spec/v1\n", "<html></html>")) {
            Path file = Files.writeString(directory.resolve("text.onnx"), text);
            assertFailure(file, "not an ONNX model, or not the whole of one");
        }
        Failure failure = assertThrows(Failure.class, () -> OnnxFile.open(directory.resolve("none.onnx")));
        assertEquals(Failure.Kind.USAGE, failure.kind());
    }

    @Test
    void tensorsThatLie() throws IOException {
        changed(Storage.RAW, tensor -> tensor.setDims(0, 1L << 40), "which has shape|holds 3,200 bytes, expected");
        changed(Storage.RAW, tensor -> tensor.setDims(0, Long.MAX_VALUE), "which no tensor has");
        changed(Storage.RAW, tensor -> tensor.setDims(0, -50), "which no tensor has");
        changed(Storage.RAW, tensor -> tensor.setRawData(ByteString.copyFrom(new byte[7])), "holds 7 bytes, expected 3,200");
        changed(Storage.RAW, tensor -> tensor.setDataType(8), "ONNX's type number 8");
        changed(Storage.NUMBERS, tensor -> tensor.addFloatData(1), "holds 801 numbers, expected 800");
        changed(Storage.NUMBERS, TensorProto.Builder::clearFloatData, "holds 0 numbers, expected 800");
    }

    @Test
    void weightsInFilesThatAreNotThereOrNotTheModels() throws IOException {
        changed(Storage.EXTERNAL, tensor -> location(tensor, "location", "other.bin"), "other.bin, which is not beside the model");
        for (String path : List.of("../weights.bin", "/etc/hosts", "..", "", "a\nb/c", "a\\b", "sub/weights.bin")) {
            changed(Storage.EXTERNAL, tensor -> location(tensor, "location", path), "expected the name of a file beside");
        }
        changed(Storage.EXTERNAL, tensor -> location(tensor, "offset", "-1"), "from byte -1 on");
        changed(Storage.EXTERNAL, tensor -> location(tensor, "offset", "x"), "from byte x on");
        changed(Storage.EXTERNAL, tensor -> location(tensor, "offset", "999999999999"), "expected the whole file");
    }

    private static void location(TensorProto.Builder tensor, String key, String value) {
        for (int i = 0; i < tensor.getExternalDataCount(); i++) {
            if (tensor.getExternalData(i).getKey().equals(key)) {
                tensor.setExternalData(i, OnnxGraphs.entry(key, value));
            }
        }
    }

    /** A model whose table of words, [50, 16], is changed. */
    private void changed(Storage storage, Consumer<TensorProto.Builder> change, String message) throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11.with(storage), 3);
        change.accept(graph.graph().getInitializerBuilder(0));
        assertFailure(graph.write(directory.resolve("changed.onnx")), message);
    }

    @Test
    void quantisedOptimisedAndCausalGraphsAreNamedAsSuch() throws IOException {
        refusedWith(node("DynamicQuantizeLinear", ""), "the model is quantised");
        refusedWith(node("MatMulInteger", ""), "the model is quantised");
        refusedWith(node("Attention", "com.microsoft"), "com.microsoft.Attention 'it': an operator of ONNX Runtime's optimiser");
        refusedWith(node("Trilu", ""), "makes a causal mask");
        refusedWith(node("LessOrEqual", "").addInput("token_type_ids"), "LessOrEqual 'it': makes a causal mask");
        refusedWith(node("CumSum", ""), "as RoBERTa does");
        refusedWith(node("Neg", "").setName("a\nb"), "a name with a control character");
        refusedWith(node("Neg", "").clearInput().addInput("nowhere"), "takes 'nowhere', which nothing before it gives");
    }

    private static NodeProto.Builder node(String op, String domain) {
        return NodeProto.newBuilder().setOpType(op).setDomain(domain).setName("it").addInput("input_ids").addOutput("out");
    }

    private void refusedWith(NodeProto.Builder node, String message) throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 4);
        List<NodeProto> nodes = List.copyOf(graph.graph().getNodeList());
        graph.graph().clearNode().addNode(node).addAllNode(nodes);
        assertFailure(graph.write(directory.resolve("node.onnx")), message);
    }

    @Test
    void graphsOfOtherModels() throws IOException {
        edited("Div", "Sub", "found no self-attention|found no LayerNorm over a sum of rows");
        // quick_gelu and the like: x · erf(x) is none of the four.
        edited("Erf", "Tanh", "none of the activations gelu, gelu_new, relu and silu");
        edited("Softmax", "Sigmoid", "found no self-attention over the embeddings");
        edited("Gather", "Einsum", "found no LayerNorm over a sum of rows of tables");
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 5);
        GraphProto.Builder twoTables = graph.graph();
        for (NodeProto.Builder node : twoTables.getNodeBuilderList()) {
            boolean words = node.getOpType().equals("Add") && twoTables.getNodeList().stream()
                    .anyMatch(other -> other.getOpType().equals("Gather") && other.getOutput(0).equals(node.getInput(1))
                            && other.getInput(1).equals("token_type_ids"));
            if (words) {
                node.setOpType("Identity").clearInput().addInput(twoTables.getNodeList().stream()
                        .filter(other -> other.getOpType().equals("Gather")).findFirst().orElseThrow().getOutput(0));
            }
        }
        assertFailure(graph.write(directory.resolve("gpt.onnx")), "rows of 2 tables");
    }

    /** A scale of the scores that is not 1/sqrt(D): other heads, or another attention. */
    @Test
    void headsAndScaleMustAgree() throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 6);
        for (NodeProto.Builder node : graph.graph().getNodeBuilderList()) {
            if (node.getOpType().equals("Constant") && node.getAttribute(0).getT().getFloatDataCount() == 1
                    && node.getAttribute(0).getT().getFloatData(0) == (float) Math.sqrt(8)) {
                node.getAttributeBuilder(0).getTBuilder().setFloatData(0, 4);
            }
        }
        assertFailure(graph.write(directory.resolve("scale.onnx")), "has 2 heads and its scores are multiplied by 0.25");
    }

    private void edited(String op, String other, String message) throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 7);
        graph.graph().getNodeBuilderList().stream().filter(node -> node.getOpType().equals(op)).forEach(node ->
                node.setOpType(other));
        assertFailure(graph.write(directory.resolve("edited.onnx")), message);
    }

    /** @param messages one of which it must hold, separated by bars */
    private static void assertFailure(Path file, String messages) {
        Failure failure = assertThrows(Failure.class, () -> ForeignModels.open(file, ForeignOptions.NONE).close());
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(Arrays.stream(messages.split("\\|")).anyMatch(failure.getMessage()::contains),
                () -> "expected: " + messages + "; found: " + failure.getMessage());
        assertTrue(failure.getMessage().startsWith(file.toString()), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
    }
}
