package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.graphbert.interop.OnnxGraphs;
import org.graphbert.interop.OnnxGraphs.Form;
import org.graphbert.interop.OnnxGraphs.Heads;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** ONNX models at the command line: imported, looked into, refused. */
class OnnxImportTest {

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    @Test
    void anEncoderBecomesARunWhoseMissingHeadsAreInitialisedAndNamed() throws IOException {
        Path onnx = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11.with(Heads.NONE), 1).write(directory.resolve("encoder.onnx"));
        Path run = directory.resolve("run");
        console.exits(0, "import", "--from", onnx.toString(), "--output", run.toString(),
                "--tokenizer", Tiny.vocabulary(directory.resolve("tokenizer")).toString());
        console.printsToErr("initialised: bert/pooler/dense/kernel, bert/pooler/dense/bias, cls/predictions/");
        console.printsToErr("37 of the model's 46 variables are from");
        console.exits(0, "predict", "mask", "--run", run.toString(), "[MASK].");
        console.exits(0, "export", "--run", run.toString(), "--output", directory.resolve("hf").toString(),
                "--format", "huggingface");
        assertTrue(Files.exists(directory.resolve("hf").resolve("model.safetensors")));
        console.exits(0, "inspect", "--diff", onnx.toString(), run.toString(), "--json");
        assertEquals(37, console.json().get("identical").asInt(), console::printed);
        assertEquals(9, console.json().get("only_in_b").asInt(), console::printed);
    }

    @Test
    void kernelsOfAnotherShapeAreNamedAndRefused() throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 2);
        Path onnx = graph.writeWith(directory.resolve("bent.onnx"), "encoder.layer_1.output.dense.bias", 17);
        Path run = directory.resolve("run");
        console.exitsPrinting(3, "bert/encoder/layer_1/output/dense/bias [17] instead of [16]",
                "import", "--from", onnx.toString(), "--output", run.toString());
        assertTrue(Files.notExists(run));
    }

    @Test
    void inspectSaysWhatItIs() throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 3);
        Path onnx = graph.write(directory.resolve("model.onnx"));
        console.exits(0, "inspect", onnx.toString(), "--json");
        JsonNode report = console.json();
        assertEquals("onnx", report.get("kind").asText());
        assertEquals(2, report.get("model").get("num_attention_heads").asInt());
        assertEquals(2, report.get("operators").get("Softmax").asInt());
        boolean named = false;
        for (JsonNode tensor : report.get("tensors")) {
            named |= tensor.path("variable").asText().equals("bert/encoder/layer_0/attention/self/query/kernel");
        }
        assertTrue(named, console::printed);
        console.exits(0, "inspect", onnx.toString());
        console.prints("2 layers, hidden 16, 2 heads, intermediate 32, vocabulary 50, 32 positions, gelu");
        graph.graph().getNodeBuilderList().stream().filter(node -> node.getOpType().equals("Erf")).forEach(node ->
                node.setOpType("Tanh"));
        console.exits(0, "inspect", graph.write(directory.resolve("other.onnx")).toString());
        console.prints("no: " + directory.resolve("other.onnx") + ": layer 0: what lies between the dense layers");
    }
}
