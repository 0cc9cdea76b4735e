package org.graphbert.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.serve.Batching;
import org.graphbert.serve.Call;
import org.graphbert.serve.Exports;
import org.graphbert.serve.ServedModel;
import org.graphbert.serve.Values;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server speaks TF Serving's REST API, answers questions in words, and refuses all else with a line and a 4xx. */
class RestServerTest {

    private static final String GOLDEN = "/v1/models/golden";
    private static final int LARGEST_BODY = 1 << 20;

    @TempDir
    private static Path directory;

    private static Path export;
    private static RestServer server;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        export = Exports.golden(directory);
        server = RestServer.start(List.of(export), new ServerOptions("127.0.0.1", 0, 1,
                new Batching(8, Duration.ofMillis(1), 64), LARGEST_BODY, 64, Duration.ofSeconds(1), 1100, Duration.ofSeconds(60)),
                Progress.SILENT);
        client = new Client(server.uri());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void statusAndMetadataAreTfServings() throws Exception {
        assertEquals("{\"model_version_status\":[{\"version\":\"1\",\"state\":\"AVAILABLE\","
                + "\"status\":{\"error_code\":\"OK\",\"error_message\":\"\"}}]}", client.get(GOLDEN).body());
        assertEquals(200, client.get(GOLDEN + "/versions/1").statusCode());
        assertError(404, "Could not find version 7 of model golden", client.get(GOLDEN + "/versions/7"));
        assertError(404, "Servable not found for request: Latest(none)", client.get("/v1/models/none"));
        assertError(400, "Missing model name in request.", client.get("/v1/models"));
        JsonNode metadata = Client.json(client.get(GOLDEN + "/metadata"));
        assertEquals("golden", metadata.at("/model_spec/name").asText());
        assertEquals("1", metadata.at("/model_spec/version").asText());
        JsonNode signatures = metadata.at("/metadata/signature_def/signature_def");
        assertEquals("DT_INT32", signatures.at("/masked_lm/inputs/masked_lm_positions/dtype").asText());
        assertEquals("[{\"size\":\"-1\",\"name\":\"\"},{\"size\":\"-1\",\"name\":\"\"},{\"size\":\"97\",\"name\":\"\"}]",
                signatures.at("/masked_lm/outputs/logits/tensor_shape/dim").toString());
        assertEquals("tensorflow/serving/predict", signatures.at("/serving_default/method_name").asText());
    }

    @Test
    void predictByRowAndByColumnIsTheModels() throws Exception {
        int[] ids = {2, 9, 8, 3, 2, 7, 3, 0};
        int[] mask = {1, 1, 1, 1, 1, 1, 1, 0};
        int[] segments = new int[8];
        int[] positions = {1, 2, 1, 0};
        Map<String, Values> expected;
        Map<String, Values> pairs;
        try (ServedModel model = ServedModel.open(export)) {
            expected = model.call(new Call("masked_lm", 2, 4, 2, Map.of("input_ids", ids, "input_mask", mask, "segment_ids", segments,
                    "masked_lm_positions", positions)));
            pairs = model.call(new Call("next_sentence", 2, 4, 0, Map.of("input_ids", ids, "input_mask", mask, "segment_ids", segments)));
        }
        String columns = "{\"signature_name\":\"%s\",\"inputs\":{\"input_ids\":" + rows(ids, 4) + ",\"input_mask\":" + rows(mask, 4)
                + ",\"segment_ids\":" + rows(segments, 4) + "%s}}";
        // An only output stands without its name.
        JsonNode outputs = Client.json(client.post(GOLDEN + ":predict",
                columns.formatted("masked_lm", ",\"masked_lm_positions\":" + rows(positions, 2)))).get("outputs");
        assertNumbers(expected.get("logits"), outputs);
        JsonNode named = Client.json(client.post(GOLDEN + "/versions/1:predict", columns.formatted("next_sentence", ""))).get("outputs");
        assertNumbers(pairs.get("logits"), named.get("logits"));
        assertNumbers(pairs.get("probabilities"), named.get("probabilities"));

        String instances = IntStream.range(0, 2).mapToObj(i -> "{\"input_ids\":" + row(ids, 4, i) + ",\"input_mask\":" + row(mask, 4, i)
                + ",\"segment_ids\":" + row(segments, 4, i) + "}").collect(Collectors.joining(","));
        JsonNode predictions = Client.json(client.post(GOLDEN + ":predict",
                "{\"instances\":[" + instances + "],\"signature_name\":\"next_sentence\"}")).get("predictions");
        assertEquals(2, predictions.size());
        for (int i = 0; i < 2; i++) {
            assertEquals(pairs.get("logits").row(i)[1], predictions.get(i).get("logits").get(1).floatValue(), 1e-5);
        }
        JsonNode features = Client.json(client.post(GOLDEN + ":predict", "{\"instances\":[" + instances + "]}")).get("predictions");
        assertEquals(4, features.get(1).get("sequence_output").size(), "serving_default is features");
    }

    private static void assertNumbers(Values expected, JsonNode found) {
        int[] i = {0};
        check(expected, 0, found, i);
        assertEquals(expected.data().length, i[0]);
    }

    private static void check(Values expected, int level, JsonNode node, int[] i) {
        if (level == expected.shape().length) {
            assertEquals(expected.data()[i[0]++], node.floatValue(), 1e-5);
            return;
        }
        assertEquals(expected.shape()[level], node.size());
        node.forEach(inner -> check(expected, level + 1, inner, i));
    }

    private static String rows(int[] values, int width) {
        return IntStream.range(0, values.length / width).mapToObj(i -> row(values, width, i)).collect(Collectors.joining(",", "[", "]"));
    }

    private static String row(int[] values, int width, int i) {
        return Arrays.toString(Arrays.copyOfRange(values, i * width, (i + 1) * width));
    }

    @Test
    void questionsInWordsAreAnswered() throws Exception {
        JsonNode filled = Client.json(client.post(GOLDEN + ":fill_mask", "{\"text\":\"a [MASK] b\",\"top_k\":3}"));
        assertEquals(3, filled.at("/masks/0").size());
        assertTrue(filled.at("/masks/0/0/probability").asDouble() >= filled.at("/masks/0/1/probability").asDouble());
        JsonNode pair = Client.json(client.post(GOLDEN + ":next_sentence", "{\"first\":\"a\",\"second\":\"b\"}"));
        assertEquals(1, pair.at("/labels/0/probability").asDouble() + pair.at("/labels/1/probability").asDouble(), 1e-9);
        assertTrue(List.of("IsNext", "NotNext").contains(pair.get("label").asText()));
        JsonNode vector = Client.json(client.post(GOLDEN + ":embed", "{\"text\":\"a\",\"pooling\":\"cls\"}")).get("vector");
        assertTrue(vector.size() > 0);
        JsonNode listed = Client.json(client.post(GOLDEN + ":embed",
                "{\"instances\":[{\"text\":\"b b\"},{\"text\":\"a\"}],\"pooling\":\"cls\"}")).get("predictions");
        assertEquals(2, listed.size());
        for (int i = 0; i < vector.size(); i++) {
            assertEquals(vector.get(i).floatValue(), listed.get(1).get("vector").get(i).floatValue(), 1e-5);
        }
        assertEquals(3, Client.json(client.post(GOLDEN + ":fill_mask",
                "{\"instances\":[{\"text\":\"a [MASK] b\"}],\"top_k\":3}")).at("/predictions/0/masks/0").size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            predict       | `` | JSON Parse error: The document is empty
            predict       | {"instances": [ | JSON Parse error: Unexpected end-of-input
            predict       | [] | Is not object
            predict       | {} | Missing 'inputs' or 'instances' key
            predict       | {"instances": []} | No values in 'instances' array
            predict       | {"instances": [1]} | instances is a plain list
            predict       | {"inputs": [[1]]} | inputs is a plain value/list
            predict       | {"inputs": {"input_ids": [[1]]}, "instances": [{"a": 1}]} | expecting only one of
            predict       | {"inputs": {"input_ids": [[1]]}} | Missing named input: input_mask in 'inputs' object.
            predict       | {"instances": [{"input_ids": [1]}]} | keys must be equal to: input_ids,input_mask,segment_ids
            predict       | {"inputs": {"input_ids": [[1]], "input_mask": [[1]], "segment_ids": [[0]], "x": [[0]]}} | Unexpected named input: x in 'inputs'
            predict       | {"inputs": {"input_ids": [[1, 2], [3]], "input_mask": [[1]], "segment_ids": [[0]]}} | Encountered list at unexpected size: 1 at level: 1 expected size: 2
            predict       | {"inputs": {"input_ids": [[1, 2]], "input_mask": [[1]], "segment_ids": [[0, 0]]}} | input_mask: expecting shape [1,2] but got: [1,1]
            predict       | {"inputs": {"input_ids": [1], "input_mask": [[1]], "segment_ids": [[0]]}} | expecting shape [batch,length] but got: [1]
            predict       | {"inputs": {"input_ids": [[1.5]], "input_mask": [[1]], "segment_ids": [[0]]}} | JSON Value: 1.5 Type: Number is not of expected type: int32
            predict       | {"inputs": {"input_ids": [["a"]], "input_mask": [[1]], "segment_ids": [[0]]}} | JSON Value: "a" Type: String is not of expected type: int32
            predict       | {"inputs": {"input_ids": [[5000000000]], "input_mask": [[1]], "segment_ids": [[0]]}} | JSON Value: 5000000000 Type: Number
            predict       | {"inputs": {"input_ids": [[97]], "input_mask": [[1]], "segment_ids": [[0]]}} | input_ids: row 0, place 0: found 97, expected 0 to 96
            predict       | {"inputs": {"input_ids": [[1]], "input_mask": [[1]], "segment_ids": [[2]]}} | segment_ids: row 0, place 0: found 2, expected 0 to 1
            predict       | {"inputs": {"input_ids": [[]], "input_mask": [[]], "segment_ids": [[]]}} | expected at least one of each
            predict       | {"signature_name": "none", "inputs": {"input_ids": [[1]]}} | Serving signature name: "none" not found in signature def
            predict       | {"signature_name": 3, "inputs": {}} | 'signature_name' key must be a string value
            predict       | {"inputs": {"input_ids": [[1]], "input_ids": [[1]]}} | Duplicate field 'input_ids'
            fill_mask     | {"text": "nothing"} | has no [MASK]
            fill_mask     | {"text": 3} | "text" is 3, expected a text
            fill_mask     | {} | found no "text"
            fill_mask     | {"text": "[MASK]", "topk": 3} | unknown key 'topk'; did you mean 'top_k'?
            fill_mask     | {"text": "[MASK]", "top_k": 0} | top_k is 0, expected 1 to 1000
            fill_mask     | "a" | the body is no JSON object
            fill_mask     | {"text": "[MASK]"} x | JSON Parse error
            predict       | {"inputs": {"input_ids": [[NaN]]}} | Non-standard token 'NaN', line 1
            next_sentence | {"first": "a"} | found no "second"
            embed         | {"instances": []} | "instances" is a list of 0, expected a list of 1 to 1,024 objects
            embed         | {"instances": {"text": "a"}} | "instances" is {"text":"a"}, expected a list
            embed         | {"instances": ["a"]} | instance 0 is "a", expected an object with text
            embed         | {"instances": [{"text": "a"}, {"txt": "a"}]} | instance 1: unknown key 'txt'
            embed         | {"instances": [{"text": "a"}], "text": "a"} | unknown key 'text'
            tag           | {"text": "a"} | this model's head is pretraining, not tag; what it answers: fill_mask, next_sentence, embed
            answer        | {"question": "a", "text": "b"} | this model's head is pretraining, not qa; what it answers: fill_mask, next_sentence, embed
            classify      | {"text": "a"} | this model's head is pretraining, not classify; what it answers: fill_mask, next_sentence, embed
            embed         | {"text": "a", "pooling": "max"} | pooling is 'max', expected mean, cls or pooled
            """)
    void whatIsNoQuestionIsRefused(String method, String body, String expected) throws Exception {
        assertError(400, expected, client.post(GOLDEN + ":" + method, body == null ? "" : body));
    }

    @Test
    void whatIsTooLongIsRefused() throws Exception {
        String ids = "[[" + "5,".repeat(40) + "5]]";
        String inputs = "{\"inputs\":{\"input_ids\":" + ids + ",\"input_mask\":" + ids.replace('5', '1') + ",\"segment_ids\":"
                + ids.replace('5', '0') + "}}";
        assertError(400, "the inputs have 41 tokens a row; this model takes at most 40", client.post(GOLDEN + ":predict", inputs));
        assertError(400, "takes at most 3", client.post(GOLDEN + ":fill_mask", "{\"text\":\"" + "[MASK] ".repeat(60) + "\"}"));
        assertError(400, "\"text\" has 200,001 characters, expected at most 200,000",
                client.post(GOLDEN + ":embed", "{\"text\":\"" + "a".repeat(200_001) + "\"}"));
        assertError(400, "the answer would have 300,000 tokens", client.post(GOLDEN + ":fill_mask",
                "{\"top_k\":1000,\"instances\":[" + "{\"text\":\"[MASK] [MASK] [MASK]\"},".repeat(99) + "{\"text\":\"[MASK] [MASK] [MASK]\"}]}"));
        // Deep enough for a recursive parser's stack.
        assertError(400, "", client.post(GOLDEN + ":predict", "[".repeat(100_000)));
        assertError(400, "Encountered list at unexpected level", client.post(GOLDEN + ":predict",
                "{\"inputs\":{\"input_ids\":" + "[".repeat(100_000)));
        assertError(400, "nested deeper", client.post(GOLDEN + ":predict", "{\"x\":" + "[".repeat(100_000)));
        assertError(400, "", client.post(GOLDEN + ":fill_mask", "{\"text\":".repeat(100_000)));
    }

    @Test
    void wrongMethodsAndPathsAreRefused() throws Exception {
        assertError(404, "Malformed request: POST /v1/models/golden:regress; expected one of :predict", client.post(GOLDEN + ":regress", "{}"));
        assertError(404, "Servable not found for request: Latest(none)", client.post("/v1/models/none:predict", "{}"));
        assertError(404, "Servable not found for request: Specific(golden, 9)", client.post(GOLDEN + "/versions/9:predict", "{\"inputs\":{}}"));
        assertError(400, "Failed to convert version", client.post(GOLDEN + "/versions/99999999999999999999:predict", "{}"));
        assertError(405, "is to be asked with POST", client.get(GOLDEN + ":predict"));
        assertError(404, "nothing is at /nowhere", client.get("/nowhere"));
        assertError(404, "Could not find version 0 of model golden", client.get(GOLDEN + "/versions/0"));
        HttpResponse<String> read = client.post(GOLDEN, "{}");
        assertError(405, "/v1/models/golden is to be read with GET; a model is asked at /v1/models/NAME:METHOD, METHOD one of predict", read);
        assertEquals("GET, HEAD", read.headers().firstValue("allow").orElse(""));
        assertEquals("POST", client.get(GOLDEN + ":predict").headers().firstValue("allow").orElse(""));
        String put = client.raw("PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertTrue(put.contains("Malformed request: PUT /; expected GET, HEAD or POST"), put);
        String packed = client.raw("POST " + GOLDEN + ":embed HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n"
                + "Connection: close\r\n\r\n{}");
        assertTrue(packed.startsWith("HTTP/1.1 415") && packed.contains("the body is encoded as gzip, expected none"), packed);
        for (String path : List.of("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/v1/models/..%2f..%2fetc", "/v1/models/golden/..;/x",
                "//etc/passwd", "/page.html%00", "\\..\\..", "/v1/models/" + "x".repeat(9000))) {
            String answer = client.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 4"), path + ": " + answer.lines().findFirst().orElse(""));
            assertTrue(answer.contains("{\"error\":\""), answer);
            assertFalse(answer.contains("root:") || answer.contains("Exception") || answer.contains("jetty"), answer);
        }
        for (String request : List.of("PUT " + GOLDEN + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "garbage\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n",
                "POST " + GOLDEN + ":predict HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST " + GOLDEN + ":predict HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")) {
            String answer = client.raw(request);
            assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
            assertTrue(answer.contains("{\"error\":\""), answer);
        }
    }

    @Test
    void hugeBodiesAreRefusedBeforeTheyAreRead() throws Exception {
        // A common client sends all of it before it looks at the answer.
        assertError(413, "the body has more than 1,048,576 bytes", client.post(GOLDEN + ":predict", " ".repeat(LARGEST_BODY * 3)));
        String announced = client.raw("POST " + GOLDEN + ":predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{");
        assertTrue(announced.startsWith("HTTP/1.1 413"), announced);
        assertTrue(announced.contains("the body has more than 1,048,576 bytes"), announced);
        String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
        String chunked = client.raw("POST " + GOLDEN + ":predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(4 * LARGEST_BODY / 0x10000) + "1\r\n \r\n");
        assertTrue(chunked.startsWith("HTTP/1.1 413"), chunked);
    }

    @Test
    void slowClientsAreCutOffAndOthersAnsweredMeanwhile() throws Exception {
        try (Socket header = client.connect();
                Socket body = client.connect()) {
            long begun = System.nanoTime();
            header.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            body.getOutputStream().write(("POST " + GOLDEN + ":predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
                    .getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, client.get(GOLDEN).statusCode());
            Thread drip = new Thread(() -> {
                try {
                    while (true) {
                        Thread.sleep(100);
                        header.getOutputStream().write('s');
                    }
                } catch (IOException | InterruptedException e) {
                    // the server has closed
                }
            });
            drip.start();
            String answer = Client.rest(body);
            assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
            assertTrue(answer.contains("the body did not come within 1 s"), answer);
            try {
                assertEquals("", Client.rest(header));
            } catch (IOException reset) {
                // closed with what was dripped in unread
            }
            assertTrue(System.nanoTime() - begun < Duration.ofSeconds(10).toNanos());
            drip.interrupt();
        }
    }

    @Test
    void aThousandIdleConnectionsHoldNobodyUp() throws Exception {
        Socket[] idle = new Socket[1000];
        try {
            for (int i = 0; i < idle.length; i++) {
                idle[i] = client.connect();
            }
            assertEquals(200, client.post(GOLDEN + ":embed", "{\"text\":\"a\"}").statusCode());
        } finally {
            for (Socket socket : idle) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void metricsCountWhatWasAsked() throws Exception {
        client.post(GOLDEN + ":embed", "{\"text\":\"a\"}");
        for (String path : List.of("/metrics", "/monitoring/prometheus/metrics")) {
            HttpResponse<String> metrics = client.get(path);
            assertTrue(metrics.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
            assertTrue(metrics.body().contains("graphbert_requests_total{model=\"golden\",method=\"embed\",code=\"200\"} "));
            assertTrue(metrics.body().contains("graphbert_request_seconds_bucket{model=\"golden\",method=\"embed\",le=\"0.001\"} "));
            assertTrue(metrics.body().contains("graphbert_batch_sequences_count{model=\"golden\"} "));
            assertTrue(metrics.body().contains("graphbert_model_version{model=\"golden\"} 1\n"));
            metrics.body().lines().filter(line -> !line.startsWith("#")).forEach(line ->
                    assertTrue(line.matches("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.E+-]+"), line));
        }
    }

    @Test
    void thePageLoadsNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = client.get("/");
        assertTrue(page.headers().firstValue("content-security-policy").orElse("").startsWith("default-src 'none'"));
        for (String path : List.of("/", "/page.css", "/page.js")) {
            String text = client.get(path).body();
            assertTrue(text.length() > 500, path);
            assertFalse(text.contains("http:") || text.contains("https:") || text.contains("//cdn"), path);
        }
        JsonNode models = Client.json(client.get("/models"));
        assertEquals("[\"fill_mask\",\"next_sentence\",\"embed\"]", models.at("/models/0/questions").toString());
    }

    @Test
    void aTakenPortIsRefused() {
        Failure taken = assertThrows(Failure.class, () -> RestServer.start(List.of(export),
                ServerOptions.at(server.uri().getPort()), Progress.SILENT).close());
        assertTrue(taken.getMessage().startsWith("cannot listen at 127.0.0.1:" + server.uri().getPort()), taken.getMessage());
        Failure twice = assertThrows(Failure.class, () -> RestServer.start(List.of(export, export.resolve("1")),
                ServerOptions.at(0), Progress.SILENT).close());
        assertTrue(twice.getMessage().contains("two of the models are named 'golden'"), twice.getMessage());
    }

    private static void assertError(int status, String expected, HttpResponse<String> response) throws IOException {
        assertEquals(status, response.statusCode(), response.body());
        JsonNode error = Client.json(response);
        assertEquals(1, error.size(), response.body());
        assertTrue(error.get("error").asText().contains(expected), response.body());
        assertFalse(response.body().contains("Exception") || response.body().contains("\\n\\tat "), response.body());
    }
}
